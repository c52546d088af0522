"""Forgetting the merges of somebody who is erased: their journal holds customers as they were."""

from __future__ import annotations

from typing import Final

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
            for key in keys:
                unit.remove_all(MergeMove, journal(key))
            unit.remove_all(MergeChange, stored("merge_id").one_of(keys))
            unit.remove(*merges)
