"""Checks that every storage makes before it runs a query, so that all refuse the same queries in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar

from loyaltycore.kernel.criteria import (
    MOST_VALUES,
    And,
    Compare,
    Criterion,
    Everything,
    Exists,
    HasKey,
    IsNull,
    KeyBetween,
    Not,
    OneOf,
    Op,
    Or,
    Query,
)
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import is_storable
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import RecordType, Registry, StoredField, Storing

T = TypeVar("T")

MAX_DEPTH: Final = 20
"""How deep a criterion may be nested."""

_GREATEST: Final = 2**63 - 1
_BAD_TEXT: Final = "holds NUL or half of a character"
_ORDERED: Final = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})


def check_query(query: Query, record_type: RecordType[T], registry: Registry) -> None:
    """Refuse a query that cannot be answered.

    Raises:
        InvalidInput: Names every fault with its place in the expression, for example ``where.parts[1].field``.
    """
    with Faults() as faults:
        _check(query.where, record_type, registry, faults, "where", 0)
        for position, name in enumerate(query.order_by):
            stored = record_type.field_map.get(name.removeprefix("-"))
            if stored is None:
                _unknown_field(faults, f"order_by[{position}]", name.removeprefix("-"), record_type)
            elif stored.nullable or stored.storing in {Storing.DOCUMENT, Storing.LONG_TEXT}:
                faults.note(f"order_by[{position}]", "not_sortable", f"{name!r} may be None or is no scalar")
        if query.after is not None:
            _check_after(query, record_type, faults)
        if query.limit is not None and (type(query.limit) is not int or query.limit < 0):
            faults.note("limit", "out_of_range", "must be an integer from 0")


def check_record(record_type: RecordType[T], record: T) -> None:
    """Refuse a record with a value that does not fit its field, or that some engine cannot hold.

    No storage cuts or replaces silently, and none takes what another would refuse.

    Raises:
        InvalidInput: One fault for each such field.
    """
    with Faults() as faults:
        for stored in record_type.fields:
            value = getattr(record, stored.name)
            if not (value is None and stored.nullable):
                _CHECKS[stored.storing](stored, value, faults)
        for lookup, keys in record_type.keys_of(record).items() if not faults.found else ():
            if not all(map(is_storable, keys)):
                faults.note(lookup, "bad_text", _BAD_TEXT)


def _check_text(stored: StoredField, value: Any, faults: Faults) -> None:
    if not isinstance(value, str):
        faults.note(stored.name, "wrong_type", f"must be text, not {type(value).__name__}")
    elif stored.storing is Storing.TEXT and len(value) > stored.length:
        faults.note(stored.name, "too_long", f"is longer than {stored.length} characters")
    elif not is_storable(value):
        faults.note(stored.name, "bad_text", _BAD_TEXT)


def _check_document(stored: StoredField, value: Any, faults: Faults) -> None:
    try:
        text = to_json(value, stored.type)
    except Exception:  # noqa: BLE001  it may hold anything, of any depth
        faults.note(stored.name, "bad_document", "cannot be written as JSON")
        return
    if not is_storable(text):
        faults.note(stored.name, "bad_text", _BAD_TEXT)


def _check_integer(stored: StoredField, value: Any, faults: Faults) -> None:
    if type(value) is not int:
        _check_kind(stored, value, faults)
    elif not -_GREATEST - 1 <= value <= _GREATEST:
        faults.note(stored.name, "out_of_range", "does not fit 64 bits")


def _check_instant(stored: StoredField, value: Any, faults: Faults) -> None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        faults.note(stored.name, "wrong_type", "must be an instant with a time zone")
    elif Faults().instant(stored.name, value) is None:
        faults.note(stored.name, "out_of_range", "lies outside the calendar in UTC")


def _check_kind(stored: StoredField, value: Any, faults: Faults) -> None:
    if type(value) is not stored.type:
        name = type(value).__name__
        faults.note(stored.name, "wrong_type", f"must be {stored.type.__name__}, not {name}")


_CHECKS: Final[Mapping[Storing, Callable[[StoredField, Any, Faults], None]]] = {
    Storing.TEXT: _check_text,
    Storing.LONG_TEXT: _check_text,
    Storing.DOCUMENT: _check_document,
    Storing.INTEGER: _check_integer,
    Storing.INSTANT: _check_instant,
    Storing.BOOLEAN: _check_kind,
    Storing.DATE: _check_kind,
    Storing.CHOICE: _check_kind,
}


def _check_after(query: Query, record_type: RecordType[Any], faults: Faults) -> None:
    after = query.after or ()
    if len(after) != len(query.order_by) + 1:
        faults.note("after", "wrong_length", "must hold the order_by values and the key")
        return
    order = query.total_order(record_type.key)
    for position, ((name, _), value) in enumerate(zip(order, after, strict=True)):
        stored = record_type.field_map.get(name)
        if stored is not None:
            _check_value(stored, value, faults, f"after[{position}]")


def _check(
    criteria: Criterion,
    record_type: RecordType[Any],
    registry: Registry,
    faults: Faults,
    path: str,
    depth: int,
) -> None:
    if depth > MAX_DEPTH:
        faults.note(path, "too_deep", f"is nested deeper than {MAX_DEPTH}")
        return
    match criteria:
        case Everything():
            pass
        case Compare(name, op, value):
            _check_compare(name, op, value, record_type, faults, path)
        case IsNull(name):
            _stored(name, record_type, faults, path)
        case OneOf(name, values):
            _check_one_of(name, values, record_type, faults, path)
        case HasKey(lookup, value, _):
            _check_lookup(lookup, (value,), record_type, faults, path)
        case KeyBetween(lookup, first, end):
            _check_lookup(lookup, (first,) if end is None else (first, end), record_type, faults, path)
        case Exists(table, refers_by, where):
            _check_exists(table, refers_by, where, registry, faults, path, depth)
        case And(parts) | Or(parts):
            for position, part in enumerate(parts):
                _check(part, record_type, registry, faults, f"{path}.parts[{position}]", depth + 1)
        case Not(part):
            _check(part, record_type, registry, faults, f"{path}.part", depth + 1)
        case _:
            faults.note(path, "wrong_type", "is not a criterion")


def _check_lookup(
    lookup: str, values: tuple[Any, ...], record_type: RecordType[Any], faults: Faults, path: str
) -> None:
    if lookup not in record_type.lookups:
        kind = f"lookup of {record_type.table}"
        faults.unknown(path, "unknown_lookup", kind, lookup, record_type.lookups)
    if not all(isinstance(value, str) and value for value in values):
        faults.note(path, "wrong_type", "a lookup key is text and not empty")
    elif not all(map(is_storable, values)):
        faults.note(path, "bad_text", _BAD_TEXT)


def _check_exists(
    table: str, refers_by: str, where: Criterion, registry: Registry, faults: Faults, path: str, depth: int
) -> None:
    other = next((candidate for candidate in registry if candidate.table == table), None)
    if other is None:
        faults.unknown(path, "unknown_table", "table", table, (each.table for each in registry))
        return
    _stored(refers_by, other, faults, path)
    _check(where, other, registry, faults, f"{path}.where", depth + 1)


def _stored(name: str, record_type: RecordType[Any], faults: Faults, path: str) -> StoredField | None:
    stored = record_type.field_map.get(name)
    if stored is None:
        _unknown_field(faults, path, name, record_type)
    return stored


def _unknown_field(faults: Faults, path: str, name: str, record_type: RecordType[Any]) -> None:
    faults.unknown(path, "unknown_field", f"field of {record_type.table}", name, record_type.field_map)


def _check_compare(
    name: str, op: Op, value: Any, record_type: RecordType[Any], faults: Faults, path: str
) -> None:
    stored = _stored(name, record_type, faults, path)
    if stored is None:
        return
    if op in _ORDERED and stored.storing in {Storing.BOOLEAN, Storing.CHOICE}:
        faults.note(path, "not_sortable", f"{name!r} has no order")
    _check_value(stored, value, faults, path)


def _check_one_of(
    name: str, values: tuple[Any, ...], record_type: RecordType[Any], faults: Faults, path: str
) -> None:
    stored = _stored(name, record_type, faults, path)
    if len(values) > MOST_VALUES:
        faults.note(path, "too_many", f"lists more than {MOST_VALUES} values")
    elif stored is not None and not _are_usual_texts(stored, values):
        for value in values:
            _check_value(stored, value, faults, path)


def _are_usual_texts(stored: StoredField, values: tuple[Any, ...]) -> bool:
    """Whether nothing is wrong with any of some texts, of which there may be very many."""
    is_text = stored.storing is Storing.TEXT and {str}.issuperset(map(type, values))
    return is_text and is_storable("".join(values))


def _check_value(stored: StoredField, value: Any, faults: Faults, path: str) -> None:
    if stored.storing in {Storing.DOCUMENT, Storing.LONG_TEXT}:
        faults.note(path, "not_comparable", f"{stored.name!r} is not a short scalar")
    elif not _fits(stored, value):
        faults.note(path, "wrong_type", f"{stored.name!r} is compared with {type(value).__name__}")
    elif isinstance(value, str) and not is_storable(value):
        faults.note(path, "bad_text", _BAD_TEXT)


def _fits(stored: StoredField, value: Any) -> bool:
    if stored.storing is Storing.INSTANT:
        return isinstance(value, datetime) and value.tzinfo is not None
    if stored.storing is Storing.CHOICE:
        if isinstance(value, Enum):
            return isinstance(value, stored.type)
        return isinstance(value, str) and value in _choices(stored)
    if stored.storing is Storing.TEXT:
        return issubclass(type(value), str)
    return type(value) is stored.type


def _choices(stored: StoredField) -> set[Any]:
    return {member.value for member in stored.type}
