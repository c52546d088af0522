"""For storages that look at every record: from the records that match to the page asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from loyaltycore.kernel.criteria import Query, plain
from loyaltycore.storing.registry import RecordType

T = TypeVar("T")


def answer(matching: Iterable[T], query: Query, record_type: RecordType[T]) -> list[T]:
    """Sort the records that match a query, and keep those after its mark, up to its limit."""
    order = query.total_order(record_type.key)
    found = list(matching)
    # Python sorts stably, so the last name comes first.
    for name, descending in reversed(order):
        found.sort(key=_by(name), reverse=descending)
    if query.after is not None:
        found = [record for record in found if _comes_after(record, order, query.after)]
    return found[: query.limit]


def _comes_after(record: object, order: Iterable[tuple[str, bool]], mark: tuple[Any, ...]) -> bool:
    for (name, descending), value in zip(order, mark, strict=True):
        held, marked = plain(getattr(record, name)), plain(value)
        if held != marked:
            return bool((held < marked) is descending)
    return False


def _by(name: str) -> Callable[[object], Any]:
    return lambda record: plain(getattr(record, name))
