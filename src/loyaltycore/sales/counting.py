"""Reading tallies: what was used of limits, as an order finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loyaltycore.kernel.criteria import in_portions, stored
from loyaltycore.kernel.pricing.parts import Use
from loyaltycore.sales.rules.counting import Counts, Limited, Owner
from loyaltycore.sales.rules.tally import Tally
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit


def tallies_of(unit: Unit, owners: Iterable[Owner]) -> dict[Owner, Tally]:
    """The tallies that there are, those of everybody first."""
    wanted = tuple(owners)
    everybodys = [program for program, customer_id in wanted if customer_id is None]
    customers = dict.fromkeys(customer_id for _, customer_id in wanted if customer_id is not None)
    found = [each for some in in_portions(everybodys) for each in unit.find(Tally, stored("id").one_of(some))]
    for customer_id in customers:
        found += unit.find(Tally, stored("customer_id") == customer_id, order_by=("program",))
    return {(each.program, each.customer_id): each for each in found}


class Counting(Service):
    """What `Sales` knows of limits."""

    def _counts(self, limits: Sequence[Limited], hold_id: str = "") -> Counts:
        owners = dict.fromkeys(each.owner for each in limits)
        return Counts(self.unit.now, self.unit.ids.new, tallies_of(self.unit, owners), hold_id)

    def _lock(self, limits: Sequence[Limited], counts: Counts, uses: Iterable[Use]) -> bool:
        """Read the tallies of which something is used once more, for writing; whether any has changed."""
        used = {use.key for use in uses}
        owners = {each.owner for each in limits if each.key in used}
        ids = {counts.tallies[owner].id: owner for owner in owners if owner in counts.tallies}
        changed = False
        for key in sorted(ids):
            tally = self.unit.get(Tally, key, for_update=True)
            changed |= tally != counts.tallies[ids[key]]
            counts.tallies[ids[key]] = tally
        return changed
