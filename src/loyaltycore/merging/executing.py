"""Carrying out a plan: the loser goes, everything that referred to it refers to the survivor, and a journal keeps how it was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from attrs import evolve, frozen

from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.merging.clashing import combined, repointed
from loyaltycore.merging.planning import Clash
from loyaltycore.merging.rules.merge import Merge, MergeChange, MergeMove, Moved, part_of
from loyaltycore.merging.rules.plan import MergePlan
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import Registry
from loyaltycore.work.holding import references
from loyaltycore.work.journal import Alias
from loyaltycore.work.unit import Unit


@frozen
class Executing:
    """Merges in one unit of work."""

    unit: Unit
    registry: Registry
    plan: MergePlan
    """As it stands now."""
    merge_id: str

    def run(self, clashes: tuple[Clash, ...], reason: str) -> Merge:
        """Merge.

        Args:
            clashes: The records that cannot both stand.
        """
        survivor, loser = self.plan.survivor, self.plan.loser
        after = self.plan.result
        # First of all the loser goes: whoever is writing about it is waited for, and whoever comes later finds the alias.
        self.unit.remove(loser)
        self.unit.add(self._alias(after.number))
        note = Note("customer.merged", survivor, after, reason)
        self.unit.apply(Decision(None, save=(after,), notes=(note,)))
        self._combine(clashes)
        merge = Merge(
            id=self.merge_id,
            survivor_id=survivor.id,
            loser_id=loser.id,
            at=self.unit.now,
            by=self.unit.acting.actor,
            reason=reason,
            survivor_before=survivor,
            survivor_after=evolve(after, version=after.version + 1),
            loser_before=loser,
            moved=tuple(self._move()),
            survivor_version=survivor.version,
        )
        done = Note("merge.done", about=merge, comment=reason)
        return self.unit.apply(Decision(merge, add=(merge,), notes=(done,)))

    def _alias(self, kept_number: str) -> Alias:
        """What answers to the id that goes, and to the numbers that nobody has any more."""
        survivor, loser = self.plan.survivor, self.plan.loser
        number = survivor.number if kept_number == loser.number else loser.number
        return Alias(loser.id, survivor.id, number_key(number), self._lost_external_number(), self.unit.now)

    def _lost_external_number(self) -> str:
        kept = self.plan.result.external_number
        both = (self.plan.loser.external_number, self.plan.survivor.external_number)
        return next((each for each in both if each != kept), "")

    def _combine(self, clashes: tuple[Clash, ...]) -> None:
        numbers = count(1)
        current: dict[tuple[str, str], Any] = {}
        by = Combining(self.unit.acting.actor, self.unit.now)
        for clash in clashes:
            record_type = clash.kind.record_type
            places = [(record_type.table, record_type.key_of(each)) for each in (clash.mine, clash.theirs)]
            mine, theirs = (
                current.get(place, each)
                for place, each in zip(places, (clash.mine, clash.theirs), strict=True)
            )
            mine_after, theirs_after = combined(clash.kind, mine, theirs, by)
            change = MergeChange(
                id=f"{self.merge_id}-c-{next(numbers):08d}",
                merge_id=self.merge_id,
                changed_table=record_type.table,
                mine_before=to_json(mine),
                mine_after=to_json(mine_after),
                theirs_before=to_json(theirs),
                theirs_after="" if theirs_after is None else to_json(theirs_after),
            )
            self._write(clash, mine, mine_after)
            self._write(clash, theirs, theirs_after)
            self.unit.add(change)
            for place, before, each in zip(places, (mine, theirs), (mine_after, theirs_after), strict=True):
                if each is not None:
                    current[place] = each if each == before else evolve(each, version=each.version + 1)

    def _write(self, clash: Clash, before: Any, after: Any | None) -> None:
        if after is None:
            # The feed shows it with the survivor, as all that was the loser's.
            kind = clash.kind
            moved = repointed(kind.record_type, before, kind.survivor, kind.loser)
            note = Note("merge.combined", before=moved)
            self.unit.apply(Decision(None, remove=(before,), notes=(note,)))
        elif after != before:
            note = Note("merge.combined", before, after)
            self.unit.apply(Decision(None, save=(after,), notes=(note,)))

    def _move(self) -> Iterator[Moved]:
        for place, each in enumerate(references(self.registry)):
            where = stored(each.field) == self.plan.loser.id
            entry = MergeMove(part_of(self.merge_id, place), "")
            if self.unit.list_all(each.cls, where, entry, "moved_key"):
                moved = self.unit.change_all(each.cls, where, {each.field: self.plan.survivor.id})
                yield Moved(each.table, each.field, moved, place)
