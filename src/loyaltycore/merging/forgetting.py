"""Forgetting merges, of somebody who is erased or of long ago: their journal holds customers as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.kernel.criteria import stored
from loyaltycore.merging.rules.merge import Merge, MergeChange, MergeMove
from loyaltycore.merging.undoing import journal
from loyaltycore.work.unit import Unit

_PORTION: Final = 500


def forget_merges(unit: Unit, ids: tuple[str, ...]) -> None:
    """Remove all merges in which a customer took part, under any of its ids, with their journal."""
    for start in range(0, len(ids), _PORTION):
        some = ids[start : start + _PORTION]
        where = stored("survivor_id").one_of(some) | stored("loser_id").one_of(some)
        while merges := list(unit.find(Merge, where, limit=_PORTION)):
            keys = tuple(each.id for each in merges)
            _forget_journal(unit, keys)
            unit.remove(*merges)


def kept() -> Iterator[Retention]:
    """How long a merge can be undone; the merged id and number answer for ever."""
    yield Retention("merges", Merge, "at", HISTORY, also=_forget_journal)


def _forget_journal(unit: Unit, merges: tuple[str, ...]) -> None:
    for key in merges:
        unit.remove_all(MergeMove, journal(key))
    unit.remove_all(MergeChange, stored("merge_id").one_of(merges))
