"""Reading any number of records in portions, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from loyaltycore.kernel.criteria import Criterion
from loyaltycore.work.running import run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

T = TypeVar("T")


def portions(session: Session, cls: type[T], where: Criterion, size: int) -> Iterator[tuple[T, ...]]:
    """The records that match, by their ids.

    Nothing is held up and memory stays flat, however many there are. A record that changes in the meantime comes once
    or, if it no longer matches, not at all.

    Args:
        cls: A record class with the key ``id``.
    """
    after: tuple[str] | None = None
    while True:
        found = run_query(session, partial(_portion, cls=cls, where=where, after=after, size=size))
        yield found
        if len(found) < size:
            return
        after = (found[-1].id,)  # type: ignore[attr-defined]  # such a class is asked for


def _portion(
    unit: Unit, cls: type[T], where: Criterion, after: tuple[str] | None, size: int
) -> tuple[T, ...]:
    return tuple(unit.find(cls, where, after=after, limit=size))
