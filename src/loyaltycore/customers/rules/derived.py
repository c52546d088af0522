"""The derived fields of a customer, which selections and reports look at."""

from __future__ import annotations

from attrs import evolve

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer
from loyaltycore.customers.rules.search import sort_name
from loyaltycore.kernel.contact import Address, PhoneKind


def with_derived(customer: Customer) -> Customer:
    """The customer with every derived field computed from the others."""
    postal = customer.postal_address
    shown = postal or _likely_address(customer)
    return evolve(
        customer,
        sort_name=sort_name(customer.kind, customer.last_name, customer.first_name, customer.company),
        birthday=customer.birth_date.strftime("%m-%d") if customer.birth_date else "",
        postal_code=shown.postal_code if shown else "",
        country=shown.country if shown else "",
        has_post=postal is not None,
        mobile=_first_number(customer, PhoneKind.MOBILE),
        landline=_first_number(customer, PhoneKind.LANDLINE),
    )


def _likely_address(customer: Customer) -> Address | None:
    """An incomplete address of the kinds that things are sent to."""
    return next((a for kind in POSTAL_KINDS for a in customer.addresses if a.kind is kind), None)


def _first_number(customer: Customer, kind: PhoneKind) -> str:
    return next((phone.number for phone in customer.phones if phone.kind is kind), "")
