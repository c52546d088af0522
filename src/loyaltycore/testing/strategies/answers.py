"""What a query must return, worked out from lists: the model that a storage's answers are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from loyaltycore.kernel.criteria import Criterion, View, matches, plain
from loyaltycore.storing.registry import RecordType, Registry

T = TypeVar("T")


def matching(
    record_type: RecordType[T], registry: Registry, where: Criterion, stored: Sequence[object]
) -> list[T]:
    """The records of one type that match, in the order of their keys, by the domain's own evaluation.

    Args:
        record_type: What is asked for.
        registry: All types.
        stored: Everything that there is, of all types.
    """
    view = View(
        keys=lambda record: registry.of(type(record)).keys_of(record),
        key=lambda record: registry.of(type(record)).key_of(record),
        related=lambda table, name, key: _referring(stored, registry.named(table).cls, name, key),
    )
    asked = [record for record in stored if isinstance(record, record_type.cls)]
    return in_order([record for record in asked if matches(where, record, view)], record_type, ())


def in_order(records: Iterable[T], record_type: RecordType[T], order_by: tuple[str, ...]) -> list[T]:
    """The records in the order of a query: by Python's stable sorting, from the last criterion to the first."""
    last = f"-{record_type.key}" if order_by and order_by[-1].startswith("-") else record_type.key
    answer = list(records)
    for name in reversed((*order_by, last)):
        answer.sort(key=_by(name.removeprefix("-")), reverse=name.startswith("-"))
    return answer


def _by(name: str) -> Callable[[object], Any]:
    return lambda record: plain(getattr(record, name))


def place_of(record: object, record_type: RecordType[Any], order_by: tuple[str, ...]) -> tuple[Any, ...]:
    """The place of a record in an order, as in `Query.after`."""
    return tuple(getattr(record, name.removeprefix("-")) for name in (*order_by, record_type.key))


def _referring(stored: Iterable[object], cls: type, name: str, key: str) -> list[object]:
    return [other for other in stored if isinstance(other, cls) and getattr(other, name) == key]
