"""Record types of customers and of the numbers that are given to them."""

from __future__ import annotations

from collections.abc import Mapping

from loyaltycore.customers.rules.customer import LENGTHS, LONG_TEXTS, Customer, NumberRange
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.customers.rules.likeness import likeness_keys
from loyaltycore.customers.rules.search import lookup_keys
from loyaltycore.storing.registry import CustomerLink, OnErase, OnExport, OnMerge, RecordType


def _keys(customer: Customer) -> Mapping[str, tuple[str, ...]]:
    return {**lookup_keys(customer), "likeness": likeness_keys(customer)}


CUSTOMERS = RecordType(
    cls=Customer,
    table="customers",
    unique=(("number_key",),),
    indexes=(("sort_name", "id"), ("birth_date",), ("external_number",), ("birthday",), ("postal_code",)),
    # No engine indexes a long text: it is kept without a limit of its own.
    lengths={**LENGTHS, **dict.fromkeys(LONG_TEXTS, 0)},
    lookups=("name", "email", "phone", "city", "custom", "likeness"),
    lookup_keys=_keys,
    derived=tuple(each.key for each in CUSTOMER_FIELDS.values() if not each.given and each.key != "number"),
    customer=CustomerLink(
        field="id", merge=OnMerge.SURVIVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE, selectable=False
    ),
)

NUMBER_RANGES = RecordType(cls=NumberRange, table="number_ranges")
