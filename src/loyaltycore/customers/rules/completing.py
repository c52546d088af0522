"""Filling empty fields of a known customer with what a row says."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.kernel.contact import ConsentState

_LEFT: Final = frozenset(
    {
        *("kind", "last_name", "first_name", "company", "external_number"),
        *("branch_id", "privacy_date", "custom"),
    }
)
"""By what a customer is recognised, what an import sets itself, and what is filled in another way."""
_FILLED: Final = tuple(field for field in CUSTOMER_FIELDS.values() if field.given and field.key not in _LEFT)


def completed(customer: Customer, draft: Customer) -> tuple[Customer, tuple[str, ...]]:
    """Fill the empty fields of a customer; nothing that is there changes.

    Names and numbers stay as they are, since the customer is recognised by them. Phones and addresses are each one field:
    a customer who has one gets no others.

    Args:
        customer: Whom a row means.
        draft: The row, read.

    Returns:
        The customer afterwards, and the names of the fields that were filled.
    """
    values = {
        field.key: getattr(draft, field.key)
        for field in _FILLED
        if field.only in {None, customer.kind}
        and getattr(customer, field.key) == field.default
        and getattr(draft, field.key) != field.default
    }
    if values.get("privacy", ConsentState.OPEN) is not ConsentState.OPEN:
        values["privacy_date"] = draft.privacy_date
    custom = {**draft.custom, **customer.custom}
    if custom != customer.custom:
        values["custom"] = {key: custom[key] for key in sorted(custom)}
    if not values:
        return customer, ()
    return with_derived(evolve(customer, **values)), tuple(values)
