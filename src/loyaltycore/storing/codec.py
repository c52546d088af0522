"""The only cattrs configuration: values to plain JSON data and back, strictly.

* dates and instants become ISO 8601 text; instants must be aware and come back in UTC
* enumerations become their value
* bytes become base64 text, Decimals become text
* tuples and frozen sets become lists (sets are sorted, so that equal values give equal text)
* the value of a custom field becomes itself, or ``{"$date": "2026-01-31"}`` if it is a date
* scalars are never converted into one another: ``"1"`` is not an integer, ``1`` not a text, ``True`` not an integer
* unknown keys are refused
"""

from __future__ import annotations

import base64
import binascii
import json
import typing
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_hetero_tuple_unstructure_fn
from cattrs.v import transform_error

from loyaltycore.errors import LONGEST_FAULT, Fault, InvalidInput
from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.words import as_text
from loyaltycore.storing.texts import Write, for_all, writer

T = TypeVar("T")

_DATE = "$date"
_PLAIN = frozenset({type(None), bool, int, str})
"""What is its own plain form."""


def make_converter(*, detailed: bool = True) -> Converter:
    """Make a fresh converter with the rules above; hosts may add hooks for their own types.

    Args:
        detailed: Whether it says of each place what does not fit; what fits is read faster by one that stops at the first.
    """
    converter = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={frozenset: _sorted},
        detailed_validation=detailed,
    )
    for scalar in (str, int, bool, float):
        converter.register_structure_hook(scalar, _exactly(scalar))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda value, _: _day(value))
    converter.register_unstructure_hook(datetime, _instant_text)
    converter.register_structure_hook(datetime, lambda value, _: _instant(value))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(_text(value)))
    converter.register_unstructure_hook(bytes, lambda value: base64.b64encode(value).decode("ascii"))
    converter.register_structure_hook(bytes, lambda value, _: _bytes(value))
    converter.register_unstructure_hook_func(
        lambda kind: kind is Any,
        lambda value: value if type(value) in _PLAIN else converter.unstructure(value),
    )
    converter.register_unstructure_hook_factory(
        _is_pair, lambda kind, made: make_hetero_tuple_unstructure_fn(kind, made, unstructure_to=list)
    )
    converter.register_unstructure_hook(CustomValue, _custom_data)
    converter.register_structure_hook(CustomValue, lambda value, _: _custom_value(value))
    return converter


def _is_pair(kind: Any) -> bool:
    """Whether it is a tuple that declares each of its values, such as ``tuple[str, int]``."""
    return typing.get_origin(kind) is tuple and typing.get_args(kind)[-1:] != (Ellipsis,)


@cache
def converter() -> Converter:
    """The converter of the library itself."""
    return make_converter()


@cache
def _quick() -> Converter:
    made = make_converter(detailed=False)
    made.register_structure_hook_factory(_is_sequence, _sequence)
    return made


def _is_sequence(kind: Any) -> bool:
    """Whether it is a tuple of any number of values of one kind."""
    return typing.get_origin(kind) is tuple and typing.get_args(kind)[1:] == (...,)


def _sequence(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    """How a tuple is read, with what reads its values found once."""
    each = typing.get_args(kind)[0]
    read = made.get_structure_hook(each)

    def structure(given: Any, _: Any) -> Any:
        if type(given) is not list:
            raise TypeError
        return tuple([read(value, each) for value in given])

    return structure


def to_data(value: Any, kind: Any = None) -> Any:
    """Turn a value into plain data: None, truth values, integers, texts, lists and dictionaries with text keys.

    Args:
        kind: What it is declared as; by default its own class. A record declares its fields itself.
    """
    return converter().unstructure(value, unstructure_as=kind)


def from_data(data: Any, kind: type[T]) -> T:
    """Turn plain data back into a value of `kind`.

    Raises:
        InvalidInput: One fault per place in the data that does not fit.
    """
    try:
        return _quick().structure(data, kind)
    except Exception:  # noqa: BLE001  whatever was wrong, the other converter says where
        return _explained(data, kind)


def _explained(data: Any, kind: type[T]) -> T:
    try:
        return converter().structure(data, kind)
    except BaseValidationError as error:
        raise InvalidInput(_fault(line) for line in transform_error(error)) from error
    except RecursionError:
        raise InvalidInput([Fault("$", "too_deep", "is nested too deep")]) from None
    except Exception as error:
        # What is no plain data may fail in any way.
        raise InvalidInput([Fault("$", "bad_data", as_text(error, LONGEST_FAULT))]) from error


def to_json(value: Any, kind: Any = None) -> str:
    """Turn a value into JSON; see `to_data` and `canonical_json`."""
    usual, rest = _writers(value.__class__ if kind is None else kind)
    try:
        return usual(value)
    except (AttributeError, TypeError):
        return rest(value)


def all_to_json(values: Sequence[Any], kind: Any) -> list[str]:
    """Turn many values of a kind into JSON, each as `to_json` does, in a fraction of the time."""
    usual, _ = _writers(kind)
    try:
        return list(for_all(usual)(values))
    except (AttributeError, TypeError):
        return [to_json(value, kind) for value in values]


@cache
def _writers(kind: Any) -> tuple[Write, Write]:
    """How values that are of a kind are written, and how all others that are declared so."""
    return writer(kind, _rest), _rest(kind)


def _rest(kind: Any) -> Write:
    if kind is datetime:
        return lambda value: f'"{_instant_text(value)}"'
    return lambda value: canonical_json(to_data(value, None if kind is Any else kind))


def from_json(text: str, kind: type[T]) -> T:
    """Turn JSON into a value of `kind`.

    Raises:
        InvalidInput: The text is not JSON, or does not fit.
    """
    given = text_of(text)
    if given is None:
        raise InvalidInput([Fault("$", "bad_json", "is no text")])
    try:
        data = json.loads(given)
    except RecursionError:
        raise InvalidInput([Fault("$", "too_deep", "is nested too deep")]) from None
    except ValueError as error:
        raise InvalidInput([Fault("$", "bad_json", str(error))]) from error
    return from_data(data, kind)


def _exactly(scalar: type) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not scalar:
            raise TypeError(f"expected {scalar.__name__}, got {type(value).__name__}")
        return value

    return structure


def _sorted(values: Any) -> list[Any]:
    return sorted(values, key=lambda value: value.value if isinstance(value, Enum) else value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return value


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _instant_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return value.astimezone(UTC).isoformat()


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return instant.astimezone(UTC)


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _custom_data(value: Any) -> Any:
    return {_DATE: value.isoformat()} if isinstance(value, date) else value


def _custom_value(value: Any) -> Any:
    if isinstance(value, dict) and list(value) == [_DATE]:
        return _day(value[_DATE])
    if type(value) not in {str, int, bool}:
        raise TypeError(f"expected text, integer, truth value or date, got {type(value).__name__}")
    return value


def _fault(line: str) -> Fault:
    message, _, path = line.rpartition(" @ ")
    return Fault(path, "bad_data", message)
