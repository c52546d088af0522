"""Making the plan of a merge: what is there of either customer, and what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from loyaltycore.customers.leaving import FORBIDS_MERGE
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.merging.clashing import Uniqueness, can_combine, cannot_combine, uniquenesses
from loyaltycore.merging.rules.options import MUST_CHOOSE
from loyaltycore.merging.rules.plan import MergePlan, Move, read_must_choose, require_own_id, require_two
from loyaltycore.work.holding import references
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_PORTION: Final = 500


@frozen
class Clash:
    """Two records that cannot both stand."""

    kind: Uniqueness
    mine: Any
    theirs: Any


@frozen
class Planning:
    """Makes plans in one unit of work."""

    session: Session
    unit: Unit

    def both(self, survivor: str, loser: str, *, for_update: bool = False) -> tuple[Customer, Customer]:
        """The two customers.

        Raises:
            NotFound: There is no such customer.
            Refused: ``merge.same_customer`` or ``merge.merged_already``.
        """
        kept = require_own_id(survivor, self.unit.get(Customer, survivor, for_update=for_update))
        gone = require_own_id(loser, self.unit.get(Customer, loser, for_update=for_update))
        require_two(kept, gone)
        return kept, gone

    def plan(self, survivor: Customer, loser: Customer) -> MergePlan:
        """The plan, with nothing chosen."""
        house = self.session.house
        clashing: Counter[Any] = Counter(
            each.kind.record_type.table for each in self.clashes(survivor.id, loser.id)
        )
        return MergePlan(
            survivor,
            loser,
            moves=tuple(self._moves(loser, clashing)),
            found=tuple(self._blockers(survivor, loser, clashing)),
            must_choose=read_must_choose(self.session.options[MUST_CHOOSE]),
            labels={each.key: each.label for each in house.custom_fields.all},
        )

    def clashes(self, survivor: str, loser: str) -> Iterator[Clash]:
        """The records that would share a unique tuple afterwards, found without reading more than the loser's."""
        for kind in uniquenesses(self.session.house.registry, survivor, loser):
            yield from self._clashes(kind)

    def _clashes(self, kind: Uniqueness) -> Iterator[Clash]:
        key_of = kind.record_type.key_of
        among: dict[Any, Any] = {}
        for portion in self._portions(kind):
            wanted = {key_of(each): held for each in portion if (held := kind.after(each)) is not None}
            if not wanted:
                continue
            holders = {
                kind.held(each): each
                for each in self.unit.find(kind.record_type.cls, kind.holders(tuple(wanted.values())))
            }
            for theirs in portion:
                held = wanted.get(key_of(theirs))
                mine = among.get(held, holders.get(held)) if held is not None else None
                if mine is not None and key_of(mine) != key_of(theirs):
                    yield Clash(kind, mine, theirs)
                elif held is not None and len(kind.references) > 1:
                    # Two of the loser's own may meet, where each refers to both customers.
                    among[held] = theirs

    def _portions(self, kind: Uniqueness) -> Iterator[list[Any]]:
        """The loser's records, each once; field by field, because an engine finds those of one by an index."""
        record_type = kind.record_type
        for field in kind.references:
            after: tuple[Any, ...] | None = None
            mine = stored(field) == kind.loser
            while portion := list(self.unit.find(record_type.cls, mine, after=after, limit=_PORTION)):
                yield [each for each in portion if kind.first_reference(each) == field]
                after = (record_type.key_of(portion[-1]),)

    def _moves(self, loser: Customer, clashing: Counter[Any]) -> Iterator[Move]:
        for each in references(self.session.house.registry):
            count = self.unit.count(each.cls, stored(each.field) == loser.id)
            combined = clashing[each.table] if each.is_link else 0
            if count:
                yield Move(each.table, each.noun, each.field, count - combined, combined)

    def _blockers(self, survivor: Customer, loser: Customer, clashing: Counter[Any]) -> Iterator[Blocker]:
        house = self.session.house
        for forbids in house.added(FORBIDS_MERGE):
            yield from forbids(self.unit, survivor, loser)
        for table, count in clashing.items():
            record_type = house.registry.named(table)
            if not can_combine(record_type):
                yield cannot_combine(record_type, count)
