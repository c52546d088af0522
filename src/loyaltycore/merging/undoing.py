"""Undoing a merge: both customers as they were, except for what was changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from attrs import define, evolve, field

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.kernel.criteria import Criterion, Exists, stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.merging.clashing import reference_fields
from loyaltycore.merging.rules.merge import (
    Conflict,
    Merge,
    MergeChange,
    MergeMove,
    MergeState,
    Moved,
    part_of,
)
from loyaltycore.merging.rules.undo import changed_back, given_back, undone
from loyaltycore.storing.codec import from_json
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.work.journal import Alias
from loyaltycore.work.unit import Unit

_MOST_CONFLICTS: Final = 100
_PORTION: Final = 500


def journal(part: str) -> Criterion:
    """The moved records whose keys begin with this and a hyphen: a range of keys, so that no other index is needed."""
    # In the order of characters the point comes next to the hyphen.
    return (stored("id") > f"{part}-") & (stored("id") < f"{part}.")


@define
class Undoing:
    """Undoes one merge in one unit of work."""

    unit: Unit
    registry: Registry
    merge: Merge
    conflicts: list[Conflict] = field(factory=list)

    def run(self, reason: str) -> Merge:
        """Undo."""
        self._customers(reason)
        # What was combined twice is parted in reverse order.
        changes = self.unit.find(MergeChange, stored("merge_id") == self.merge.id, order_by=("-id",))
        for change in list(changes):
            self._part(change)
        for moved in self.merge.moved:
            self._move_back(moved)
        self.unit.remove_all(MergeMove, journal(self.merge.id))
        self.unit.remove_all(MergeChange, stored("merge_id") == self.merge.id)
        after = undone(
            self.merge, self.unit.now, self.unit.acting.actor, tuple(self.conflicts[:_MOST_CONFLICTS])
        )
        note = Note("merge.undone", about=after, comment=reason)
        return self.unit.apply(Decision(after, save=(after,), notes=(note,)))

    def _customers(self, reason: str) -> None:
        merge = self.merge
        alias = self.unit.get(Alias, merge.loser_id)
        survivor = self.unit.get(Customer, merge.survivor_id, for_update=True)
        values, conflicts = given_back(merge, survivor)
        self._note(conflicts)
        after = with_derived(survivor, **values)
        note = Note("customer.parted", survivor, after, reason)
        self.unit.apply(Decision(None, save=(after,), remove=(alias,), notes=(note,)))
        self.unit.add(merge.loser_before)

    def _part(self, change: MergeChange) -> None:
        """Give two combined records their values back, both or neither."""
        record_type = self.registry.named(change.changed_table)
        cls = record_type.cls
        mine_before, mine_after = from_json(change.mine_before, cls), from_json(change.mine_after, cls)
        theirs_before = from_json(change.theirs_before, cls)
        theirs_after = from_json(change.theirs_after, cls) if change.theirs_after else None
        mine = self._changed_back(record_type, mine_before, mine_after)
        theirs = self._changed_back(record_type, theirs_before, theirs_after)
        if conflict := mine[1] or theirs[1]:
            return self._note([conflict])
        # The loser's first: the survivor may take back what only one of them can have.
        returned = theirs[0] if change.theirs_after else self._as_of_today(record_type, theirs[0])
        for after in (returned, mine[0]):
            self._restore(record_type, after)
        return None

    def _as_of_today(self, record_type: RecordType[Any], record: Any) -> Any:
        """A record that was away, as of whoever has it by now: a merge undone in the meantime did not find it."""
        missed = Conflict(record_type.table, record_type.key_of(record), "", "gone")
        for name in reference_fields(record_type):
            while (owner := self._parted(getattr(record, name), missed)) is not None:
                record = evolve(record, **{name: owner})
        return record

    def _parted(self, survivor: str | None, missed: Conflict) -> str | None:
        """Who was parted from a survivor while a record was away."""
        if survivor is None:
            return None
        meanwhile = (stored("id") < self.merge.id) & (stored("undone_at") >= self.merge.at)
        undone = (stored("survivor_id") == survivor) & (stored("state") == MergeState.UNDONE)
        found = self.unit.find(Merge, undone & meanwhile)
        return next((each.loser_id for each in found if missed in each.conflicts), None)

    def _changed_back(
        self, record_type: RecordType[Any], before: Any, after: Any | None
    ) -> tuple[Any, Conflict | None]:
        place = (record_type.table, record_type.key_of(before))
        return changed_back(place, record_type.field_map, self._now(record_type, before), before, after)

    def _now(self, record_type: RecordType[Any], before: Any) -> Any | None:
        return self.unit.seek(record_type.cls, record_type.key_of(before))

    def _restore(self, record_type: RecordType[Any], after: Any) -> None:
        before = self._now(record_type, after)
        if before is None:
            note = Note("merge.parted", after=after)
            self.unit.apply(Decision(None, add=(after,), notes=(note,)))
        elif before != after:
            note = Note("merge.parted", before, after)
            self.unit.apply(Decision(None, save=(after,), notes=(note,)))

    def _move_back(self, moved: Moved) -> None:
        record_type = self.registry.named(moved.table)
        mine = stored(moved.field) == self.merge.survivor_id
        listed = journal(part_of(self.merge.id, moved.place))
        where = mine & Exists("merge_moves", "moved_key", listed)
        back = self.unit.change_all(record_type.cls, where, {moved.field: self.merge.loser_id})
        if back != moved.count:
            found = self._left(record_type, moved, listed)
            self._note(islice(found, _MOST_CONFLICTS))

    def _left(self, record_type: RecordType[Any], moved: Moved, listed: Criterion) -> Iterator[Conflict]:
        """What was moved and does not refer to the survivor any more."""
        after: tuple[Any, ...] | None = None
        while portion := list(self.unit.find(MergeMove, listed, after=after, limit=_PORTION)):
            keys = [each.moved_key for each in portion]
            there = {
                record_type.key_of(each): each
                for each in self.unit.find(record_type.cls, stored(record_type.key).one_of(keys))
            }
            for key in keys:
                if key not in there:
                    yield Conflict(moved.table, key, "", "gone")
                elif getattr(there[key], moved.field) != self.merge.loser_id:
                    yield Conflict(moved.table, key, moved.field, "reassigned")
            after = (portion[-1].id,)

    def _note(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts += conflicts
