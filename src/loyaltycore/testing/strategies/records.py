"""Strategies for records of any registered type: from its declaration alone, within its lengths."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeVar, cast

import attrs
from hypothesis import strategies as st

from loyaltycore.kernel.contact import Address, Phone
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.printing import PostalAddress
from loyaltycore.storing.registry import RecordType, StoredField, Storing
from loyaltycore.testing.strategies.messages import postal_addresses
from loyaltycore.testing.strategies.values import (
    addresses,
    dates,
    instants,
    integers,
    keys,
    money,
    phones,
    texts,
)

T = TypeVar("T")

_LONGEST_GENERATED: Final = 40
"""Generated texts are short: length is tested once, and long ones hide what matters."""

_MOST_ITEMS: Final = 3


def record_of(record_type: RecordType[T], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Records of one type, at version 1.

    Args:
        **given: Strategies for some of its fields instead of the usual ones, for example ``id=st.just("k")``.
    """
    return _built(record_type.cls, {"version": st.just(1), **_stored(record_type), **given})


def records(record_types: Iterable[RecordType[Any]]) -> st.SearchStrategy[Any]:
    """Records of any of several types, or of a whole registry."""
    return st.one_of([record_of(record_type) for record_type in record_types])


def json_values() -> st.SearchStrategy[Any]:
    """Plain data as the codec writes it, for fields of any type."""
    scalars = st.none() | st.booleans() | integers() | texts()
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=_MOST_ITEMS) | st.dictionaries(texts(), inner, max_size=_MOST_ITEMS)
        ),
        max_leaves=5,
    )


def stored_values(stored: StoredField) -> st.SearchStrategy[Any]:
    """Values for one stored field, None among them where it may be."""
    values = present_values(stored)
    return st.none() | values if stored.nullable else values


def present_values(stored: StoredField) -> st.SearchStrategy[Any]:
    """Values for one stored field, without None."""
    match stored.storing:
        case Storing.TEXT:
            return texts(min(stored.length, _LONGEST_GENERATED))
        case Storing.LONG_TEXT:
            return texts(_LONGEST_GENERATED)
        case Storing.CHOICE:
            return st.sampled_from(stored.type)
        case _:
            return value_of(stored.type)


def value_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a type that a record may nest: scalars, tuples, mappings, attrs classes and unions of them."""
    if annotation in _KNOWN:
        return _KNOWN[annotation]
    if annotation is Any:
        return json_values()
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    if isinstance(annotation, type) and attrs.has(annotation):
        return _built(annotation, _nested(annotation))
    return _composed(typing.get_origin(annotation), typing.get_args(annotation), annotation)


def _composed(origin: Any, arguments: tuple[Any, ...], annotation: Any) -> st.SearchStrategy[Any]:
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([value_of(part) for part in sorted(arguments, key=_none_first)])
    if origin is tuple and arguments[-1:] == (Ellipsis,):
        return st.lists(value_of(arguments[0]), max_size=_MOST_ITEMS).map(tuple)
    if origin is tuple:
        return st.tuples(*map(value_of, arguments))
    if origin is frozenset:
        return st.frozensets(value_of(arguments[0]), max_size=_MOST_ITEMS)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(value_of(arguments[0]), value_of(arguments[1]), max_size=_MOST_ITEMS)
    raise TypeError(f"no strategy for {annotation!r}: give one for the field that holds it")


def _none_first(part: Any) -> bool:
    return part is not type(None)


def _stored(record_type: RecordType[Any]) -> dict[str, st.SearchStrategy[Any]]:
    fields = {stored.name: stored_values(stored) for stored in record_type.fields if stored.name != "version"}
    return {**fields, record_type.key: keys()}


def _nested(cls: type) -> dict[str, st.SearchStrategy[Any]]:
    return {name: value_of(hint) for name, hint in typing.get_type_hints(cls).items() if _is_field(cls, name)}


def _is_field(cls: type, name: str) -> bool:
    return any(attribute.name == name and attribute.init for attribute in _attributes(cls))


def _built(cls: type[T], values: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[T]:
    aliases = {attribute.name: attribute.alias or attribute.name for attribute in _attributes(cls)}
    return st.builds(cls, **{aliases[name]: strategy for name, strategy in values.items()})


def _attributes(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    return cast("tuple[attrs.Attribute[Any], ...]", attrs.fields(cast("type[attrs.AttrsInstance]", cls)))


_KNOWN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    type(None): st.none(),
    str: texts(),
    int: integers(),
    bool: st.booleans(),
    date: dates(),
    datetime: instants(),
    bytes: st.binary(max_size=20),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=4),
    Money: money(),
    Phone: phones(),
    Address: addresses(),
    PostalAddress: postal_addresses(),
}
