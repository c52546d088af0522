"""The fields of a customer that can be watched, and when one of them counts as filled.

Each field says this twice: as a function of a customer, which decides, and as a criterion, with which a storage narrows
the search for customers whose field is empty. The criterion never misses one; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.kernel.contact import ConsentState
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, Or, key_starts, stored
from loyaltycore.kernel.custom_fields import CustomFields

CUSTOM: Final = "custom."
"""Prefix of the key of a field that the host application declared."""

Filled = Callable[[Customer], object]


@frozen
class WatchedField:
    """A field that an option may watch."""

    key: str
    """Its name among the fields of a customer, the name of a data group, or ``custom.`` and the key of a
    field of the host application."""
    label: str
    group: str
    """The heading under which a form shows it."""
    is_filled: Filled = field(eq=False, repr=False)
    """Whether a customer has it; any true value counts."""
    empty: Criterion = field(eq=False, repr=False)
    """Matches every customer whose field is empty, and perhaps others that no storage can tell apart."""
    only: CustomerKind | None = None
    """The kind of customer that has the field; None for both."""

    def applies_to(self, customer: Customer) -> bool:
        """Whether a customer of this kind has such a field: a company has no date of birth."""
        return self.only is None or customer.kind is self.only

    @property
    def lacking(self) -> Criterion:
        """Matches every customer who has such a field, and it is empty."""
        return self.empty if self.only is None else self.empty & (stored("kind") == self.only)


@lru_cache(maxsize=8)
def watchable(custom_fields: CustomFields) -> dict[str, WatchedField]:
    """All fields that can be watched, by key, in form order; do not change the mapping."""
    further = CUSTOMER_FIELDS["custom"].group
    own = (_custom(each.key, each.shown_as, each.group or further) for each in custom_fields.all)
    return {each.key: each for each in (*_form(), *own)}


def _custom(key: str, label: str, group: str) -> WatchedField:
    # A flag that is False has been answered, so what counts is whether the value is there.
    return WatchedField(
        CUSTOM + key, label, group, lambda customer: key in customer.custom, ~key_starts("custom", f"{key}=")
    )


def _watched(field: CustomerField) -> WatchedField:
    is_filled, empty = _emptiness(field)
    return WatchedField(field.key, field.label, field.group, is_filled, empty, field.only)


def _emptiness(field: CustomerField) -> tuple[Filled, Criterion]:
    """When a field is filled, as a function, and when it is empty, as a criterion."""
    key, held = field.key, attrgetter(field.key)
    match field.content:
        case Content.CONSENT:
            return lambda customer: held(customer) is not ConsentState.OPEN, stored(key) == ConsentState.OPEN
        case Content.PHONES:
            return held, ~key_starts("phone", "+")
        case Content.ADDRESSES | Content.LONG_TEXT:
            # No storage tells whether a document or a long text is empty: customers are looked at one by one.
            return held, EVERYTHING
        case _ if field.default is None:
            return held, stored(key).is_null()
        case Content.CHOICE:
            return lambda _: True, Or(())
        case _:
            return held, stored(key) == ""


def _form() -> Iterator[WatchedField]:
    """The fields of a form, and the data groups: a number or an address that answers their question."""
    for each in CUSTOMER_FIELDS.values():
        if each.content is Content.ADDRESSES:
            no_post = stored("has_post") == False  # noqa: E712  == builds a criterion, `not` would not
            yield WatchedField(
                "postal_address", "Postal address", each.group, attrgetter("has_post"), no_post
            )
        if each.content is not Content.CUSTOM and (each.given or each.key in _GROUPS):
            yield _watched(each)


def _has_a_name(customer: Customer) -> bool:
    if customer.kind is CustomerKind.COMPANY:
        return bool(customer.company)
    return bool(customer.first_name and customer.last_name)


@frozen
class DataGroup:
    """What marketing needs to reach somebody in one way."""

    key: str
    label: str
    is_complete: Filled = field(eq=False, repr=False)
    """Whether a customer can be reached that way; any true value counts."""


DATA_GROUPS: Final = (
    DataGroup(
        "postal_address",
        "Full postal address",
        lambda customer: customer.has_post and _has_a_name(customer),
    ),
    DataGroup("email", "E-mail", attrgetter("email")),
    DataGroup("landline", "Landline", attrgetter("landline")),
    DataGroup("mobile", "Mobile", attrgetter("mobile")),
)

_GROUPS: Final = frozenset(group.key for group in DATA_GROUPS)
