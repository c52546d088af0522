"""Reading tallies: what was used of limits, as an order finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loyaltycore.kernel.criteria import in_portions, stored
from loyaltycore.kernel.pricing.parts import Use
from loyaltycore.sales.rules.counting import Counts, Limited, Owner
from loyaltycore.sales.rules.sharing import Kept, kept_of, own_place
from loyaltycore.sales.rules.tally import Tally
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit


def kept_for(unit: Unit, owners: Iterable[Owner]) -> dict[Owner, Kept]:
    """What is kept of what owners have used; of some of them that is nothing."""
    wanted = tuple(owners)
    everybodys = sorted({program for program, customer_id in wanted if customer_id is None})
    customers = dict.fromkeys(customer_id for _, customer_id in wanted if customer_id is not None)
    found: list[Tally] = []
    for some in in_portions(everybodys):
        of_programs = stored("customer_id").is_null() & stored("program").one_of(some)
        found += unit.find(Tally, of_programs, order_by=("program", "id"))
    for customer_id in customers:
        found += unit.find(Tally, stored("customer_id") == customer_id, order_by=("program",))
    return kept_of(found)


class Counting(Service):
    """What `Sales` knows of limits."""

    def _counts(self, limits: Sequence[Limited], order_number: str, hold_id: str) -> Counts:
        kept = kept_for(self.unit, [each.owner for each in limits])
        return Counts(self.unit.now, self.unit.ids.new, kept, hold_id, own_place(order_number))

    def _lock(self, limits: Sequence[Limited], counts: Counts, uses: Sequence[Use]) -> bool:
        """Read what is going to be saved once more, for writing; whether any of it has changed."""
        changed = False
        for before in counts.to_lock(limits, uses):
            changed |= self.unit.get(Tally, before.id, for_update=True) != before
        if changed:
            counts.kept = kept_for(self.unit, [each.owner for each in limits])
        return changed
