"""Customers: the record, its numbers, search, and the import of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.customers.records import CUSTOMERS, NUMBER_RANGES
from loyaltycore.customers.rules.options import CUSTOMER_OPTIONS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.customers.service import Customers


def _service() -> type[Customers]:
    from loyaltycore.customers.service import Customers

    return Customers


CAPABILITY: Final = Capability(
    name="customers", service=_service, records=(CUSTOMERS, NUMBER_RANGES), options=CUSTOMER_OPTIONS
)
