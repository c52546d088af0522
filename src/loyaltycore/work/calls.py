"""What tells two commands of one name apart."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from itertools import islice
from typing import Any, Final

import attrs

from loyaltycore.kernel.given import items_of, text_of
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.codec import to_data

DEEPEST: Final = 50
"""How deep the arguments of a keyed command may be nested: one that contains itself has no end."""

MOST_PARTS: Final = 100_000
"""How many parts one argument of a keyed command may consist of."""

_LONGEST_NUMBER: Final = 1000
"""Bits of a number that is written in decimal; Python refuses to write very long ones so."""


def digest_of(
    branch_id: str, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """What tells two commands of one name apart: the branch, and every argument by name, defaults included.

    The same call gives the same digest in every process, whether a choice is given as a member or as its value. Values
    of different classes are different, however alike they look as text.

    Args:
        branch_id: Where the command was given.
        method: The verb as it was written, with `self`.
        args: Without `self`.

    Raises:
        InvalidInput: An argument is nested too deep or has too many parts, or a repetition could not be told by it.
        TypeError: The arguments do not fit the method.
    """
    signature = inspect.signature(method)
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{method.__qualname__}() {error}") from None
    bound.apply_defaults()
    with Faults() as faults:
        given = {
            name: _written_form(faults, value)
            if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD
            else _written(faults, name, value)
            for name, value in list(bound.arguments.items())[1:]
        }
    text = json.dumps([branch_id, given], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _written_form(faults: Faults, form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _written(faults, name, value) for name, value in form.items()}


def _written(faults: Faults, name: str, value: Any) -> Any:
    try:
        return _Writing().plain(value)
    except _NotWritten as error:
        faults.note(name, error.code, str(error))
        return None


class _NotWritten(Exception):
    """An argument has no plain form."""

    def __init__(
        self, code: str = "not_plain", message: str = "cannot be recognised when the call is repeated"
    ) -> None:
        super().__init__(message)
        self.code = code


class _Writing:
    """Writes one argument as plain data, and counts its parts."""

    def __init__(self) -> None:
        self._parts = 0

    def plain(self, value: Any, depth: int = 0) -> Any:
        """A value as plain data: what cannot be written down by its value stands there by its key."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _NotWritten("too_many", f"has more than {MOST_PARTS:,} parts")
        if depth > DEEPEST:
            raise _NotWritten("too_deep", "is nested too deep")
        try:
            return self._written(value, depth + 1)
        except _NotWritten:
            raise
        except Exception:  # noqa: BLE001  it is somebody else's code
            raise _NotWritten from None

    def _written(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if issubclass(kind, Enum):
            return self.plain(value.value, depth)
        text = text_of(value)
        if text is not None or value is None or kind is bool:
            return value if text is None else text
        if issubclass(kind, int):
            return _number(int.__index__(value))
        if issubclass(kind, float):
            return float.__float__(value)
        if issubclass(kind, set | frozenset):
            return sorted((self.plain(part, depth) for part in self._few(set(value))), key=repr)
        return self._compound(value, depth)

    def _compound(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if isinstance(value, Option):
            return self.plain(value.key, depth)
        if issubclass(kind, Mapping):
            pairs = self._few(dict.items(value) if issubclass(kind, dict) else value.items())
            return {self._key(key, depth): self.plain(part, depth) for key, part in pairs}
        items = items_of(value, MOST_PARTS + 1)
        if items is not None:
            return [self.plain(item, depth) for item in self._few(items)]
        if attrs.has(kind):
            # Parts are named as well: two conditions may differ in the class of a part alone.
            parts = {
                field.name: self.plain(getattr(value, field.name), depth) for field in attrs.fields(kind)
            }
            return {kind.__name__: parts}
        if issubclass(kind, date):
            return _day(value)
        data = to_data(value)
        return _named(value) if data is value else {kind.__name__: self.plain(data, depth)}

    def _few(self, parts: Iterable[Any]) -> list[Any]:
        """Some parts, unless they are too many anyway."""
        found = list(islice(parts, MOST_PARTS + 1))
        if len(found) > MOST_PARTS - self._parts:
            raise _NotWritten("too_many", f"has more than {MOST_PARTS:,} parts")
        return found

    def _key(self, key: Any, depth: int) -> str:
        text = text_of(key)
        return f"{type(key).__name__} {json.dumps(self.plain(key, depth))}" if text is None else text


def _number(number: int) -> Any:
    return number if number.bit_length() <= _LONGEST_NUMBER else {"int": hex(number)}


def _day(value: date) -> Any:
    try:
        return {type(value).__name__: to_data(value)}
    except (ValueError, OverflowError):  # no time zone, or no instant of the calendar
        return repr(value)


def _named(value: Any) -> str:
    """What stands for a value of somebody else's class: the words in which it describes itself."""
    text = str.__str__(repr(value))
    if f"0x{id(value):x}" in text:
        raise _NotWritten
    return text
