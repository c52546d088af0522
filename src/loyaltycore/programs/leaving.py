"""What programs have against erasing a customer."""

from __future__ import annotations

from collections.abc import Iterator

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.leaving import unspent
from loyaltycore.work.unit import Unit


def unspent_value(unit: Unit, customer: Customer) -> Iterator[Blocker]:
    """What was paid for is owed, whoever it was."""
    yield from unspent(unit.find(ProgramAssignment, stored("customer_id") == customer.id), unit.now)
