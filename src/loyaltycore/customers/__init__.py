"""The customer record: master data, numbers, forms, search, and the import of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.customers.records import CUSTOMERS as CUSTOMERS
    from loyaltycore.customers.rules.customer import (
        Customer as Customer,
        CustomerKind as CustomerKind,
        Salutation as Salutation,
    )
    from loyaltycore.customers.rules.finding import CustomerFilters as CustomerFilters
    from loyaltycore.customers.rules.form import CustomerFields as CustomerFields
    from loyaltycore.customers.rules.import_report import (
        DroppedField as DroppedField,
        ImportProgress as ImportProgress,
        ImportReport as ImportReport,
        RejectedRow as RejectedRow,
        SkippedRow as SkippedRow,
    )
    from loyaltycore.customers.rules.options import NUMBER_PATTERN as NUMBER_PATTERN
    from loyaltycore.customers.service import Customers as Customers
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".records": "CUSTOMERS",
            ".rules.customer": "Customer CustomerKind Salutation",
            ".rules.finding": "CustomerFilters",
            ".rules.form": "CustomerFields",
            ".rules.import_report": "DroppedField ImportProgress ImportReport RejectedRow SkippedRow",
            ".rules.options": "NUMBER_PATTERN",
            ".service": "Customers",
        },
    )
