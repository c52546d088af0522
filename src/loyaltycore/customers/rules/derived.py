"""The derived fields of a customer, which selections and reports look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer, postal_address, with_changes
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.search import sort_name
from loyaltycore.kernel.contact import Address, Phone, PhoneKind


def with_derived(customer: Customer, **changes: Any) -> Customer:
    """The customer with some fields changed, and with every derived field computed from the others."""
    number, kind, last_name, first_name, company, addresses, phones, born = [
        changes[name] if name in changes else getattr(customer, name) for name in _SOURCES
    ]
    postal = postal_address(addresses)
    shown = postal or _likely_address(addresses)
    return with_changes(
        customer,
        **changes,
        number_key=number_key(number),
        sort_name=sort_name(kind, last_name, first_name, company),
        birthday=f"{born.month:02d}-{born.day:02d}" if born else "",
        postal_code=shown.postal_code if shown else "",
        country=shown.country if shown else "",
        has_post=postal is not None,
        mobile=_first_number(phones, PhoneKind.MOBILE),
        landline=_first_number(phones, PhoneKind.LANDLINE),
    )


_SOURCES: Final = (
    *("number", "kind", "last_name", "first_name", "company"),
    *("addresses", "phones", "birth_date"),
)
"""From which the derived fields are computed."""


def _likely_address(addresses: Iterable[Address]) -> Address | None:
    """An incomplete address of the kinds that things are sent to."""
    return next((a for kind in POSTAL_KINDS for a in addresses if a.kind is kind), None)


def _first_number(phones: Iterable[Phone], kind: PhoneKind) -> str:
    for phone in phones:
        if phone.kind is kind:
            return phone.number
    return ""
