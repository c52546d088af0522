"""What speaks of a customer beside vouchers."""

from __future__ import annotations

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.programs.leaving import forget_remarks_about
from loyaltycore.vouchers.rules.voucher import Voucher
from loyaltycore.work.unit import Unit


def forget_remarks(unit: Unit, customer: Customer) -> None:
    """Forget what was remarked about the customer's vouchers, whoever had them at the time."""
    forget_remarks_about(Voucher, unit, customer)
