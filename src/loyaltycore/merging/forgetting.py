"""Forgetting merges, of somebody who is erased or of long ago: their journal holds customers as they were.

While a merge lasted that was undone since, the survivor had the loser's data. What was written about the survivor in that time
may hold them: activities, messages, and later merges with their journals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from attrs import frozen

from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.kernel.criteria import Criterion, in_portions, stored
from loyaltycore.merging.rules.merge import Merge, MergeChange, MergeMove, MergeState
from loyaltycore.merging.undoing import journal
from loyaltycore.work.unit import Unit

_PORTION: Final = 500
_UNDONE: Final = stored("state") == MergeState.UNDONE


@frozen
class Shared:
    """The time in which a customer was two people: from a merge to its undo."""

    survivor_id: str
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether something happened in it."""
        return self.since <= at <= self.until

    def by(self, field: str) -> Criterion:
        """What happened in it, by a field of records."""
        return (stored(field) >= self.since) & (stored(field) <= self.until)


def shared_by(unit: Unit, survivors: Iterable[str]) -> Iterator[Shared]:
    """When customers were two people, as survivors of merges that were undone."""
    for some in in_portions(sorted(survivors)):
        for each in unit.find(Merge, stored("survivor_id").one_of(some) & _UNDONE):
            yield from _shared(each)


def forget_merges(unit: Unit, ids: tuple[str, ...]) -> tuple[Shared, ...]:
    """Remove all merges in which a customer took part, under any of its ids, with their journal.

    Returns:
        When others had the customer's data.
    """
    shared: list[Shared] = []
    for some in in_portions(ids):
        took_part = stored("survivor_id").one_of(some) | stored("loser_id").one_of(some)
        shared += [each for each in _forget(unit, took_part) if each.survivor_id not in ids]
    waiting = list(shared)
    while waiting:
        more = list(_forget(unit, _within(waiting.pop())))
        shared += more
        waiting += more
    return tuple(shared)


def kept() -> Iterator[Retention]:
    """How long a merge can be undone; the merged id and number answer for ever."""
    yield Retention("merges", Merge, "at", HISTORY, also=_forget_journal)


def _within(shared: Shared) -> Criterion:
    """The merges, undone by its end, in which somebody took part who had another one's data."""
    survived = stored("survivor_id") == shared.survivor_id
    went = stored("loser_id") == shared.survivor_id
    return (survived | went) & shared.by("at") & _UNDONE


def _forget(unit: Unit, where: Criterion) -> Iterator[Shared]:
    while merges := list(unit.find(Merge, where, limit=_PORTION)):
        keys = tuple(each.id for each in merges)
        _forget_journal(unit, keys)
        unit.remove(*merges)
        for each in merges:
            yield from _shared(each)


def _shared(merge: Merge) -> Iterator[Shared]:
    if merge.undone_at is not None:
        yield Shared(merge.survivor_id, merge.at, merge.undone_at)


def _forget_journal(unit: Unit, merges: tuple[str, ...]) -> None:
    for key in merges:
        unit.remove_all(MergeMove, journal(key))
    unit.remove_all(MergeChange, stored("merge_id").one_of(merges))
