"""The derived fields of a customer, which selections and reports look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer, postal_address, with_changes
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.search import sort_name
from loyaltycore.kernel.contact import Address, Phone, PhoneKind


def with_derived(customer: Customer, **changes: Any) -> Customer:
    """The customer with some fields changed, and with every derived field computed from the others."""
    sources = {name: changes[name] if name in changes else getattr(customer, name) for name in _OF_NOBODY}
    return with_changes(customer, **changes, **_derived(sources))


def draft_of(**fields: Any) -> Customer:
    """A customer without id and instant who has some fields, and every derived field computed from them."""
    return Customer("", **fields, **_derived(_OF_NOBODY | fields))


_NOBODY: Final = Customer("")
_OF_NOBODY: Final = {
    name: getattr(_NOBODY, name)
    for name in (
        *("number", "kind", "last_name", "first_name", "company"),
        *("addresses", "phones", "birth_date"),
    )
}
"""The fields from which others are derived, as they are at first."""


def _derived(fields: Mapping[str, Any]) -> dict[str, Any]:
    addresses, phones, born = fields["addresses"], fields["phones"], fields["birth_date"]
    postal = postal_address(addresses)
    shown = postal or _likely_address(addresses)
    return {
        "number_key": number_key(fields["number"]),
        "sort_name": sort_name(fields["kind"], fields["last_name"], fields["first_name"], fields["company"]),
        "birthday": f"{born.month:02d}-{born.day:02d}" if born else "",
        "postal_code": shown.postal_code if shown else "",
        "country": shown.country if shown else "",
        "has_post": postal is not None,
        "mobile": _first_number(phones, PhoneKind.MOBILE),
        "landline": _first_number(phones, PhoneKind.LANDLINE),
    }


def _likely_address(addresses: Iterable[Address]) -> Address | None:
    """An incomplete address of the kinds that things are sent to."""
    return next((a for kind in POSTAL_KINDS for a in addresses if a.kind is kind), None)


def _first_number(phones: Iterable[Phone], kind: PhoneKind) -> str:
    for phone in phones:
        if phone.kind is kind:
            return phone.number
    return ""
