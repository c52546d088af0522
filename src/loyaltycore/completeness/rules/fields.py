"""The fields of a customer that can be watched, and what it means that one of them is filled.

Each field says it twice: as a function of a customer, which decides, and as a criteria, by which a storage narrows the
search for customers where it is empty. The criteria never misses one; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.kernel.contact import ConsentState
from loyaltycore.kernel.criteria import EVERYTHING, Criteria, Or, key_starts, stored
from loyaltycore.kernel.custom_fields import CustomFields

CUSTOM: Final = "custom."
"""Before the key of a field that the host application declared."""

Filled = Callable[[Customer], object]


@frozen
class WatchedField:
    """A field that an option may watch.

    Attributes:
        key: Its name among the fields of a customer, the name of a data group, or ``custom.`` and the key of a field
            of the host application.

        label: What people call it.

        group: Under which heading a form shows it.

        is_filled: Whether a customer has it; any true value counts.

        empty: Matches every customer whose field is empty. It may match others, where no storage can tell.

        only: The kind of customer that has the field; None for both.
    """

    key: str
    label: str
    group: str
    is_filled: Filled = field(eq=False, repr=False)
    empty: Criteria = field(eq=False, repr=False)
    only: CustomerKind | None = None

    def applies_to(self, customer: Customer) -> bool:
        """Whether a customer of this kind has such a field: a company has no date of birth."""
        return self.only is None or customer.kind is self.only

    @property
    def lacking(self) -> Criteria:
        """Matches every customer who has such a field and has it empty."""
        return self.empty if self.only is None else self.empty & (stored("kind") == self.only)


@lru_cache(maxsize=8)
def watchable(custom_fields: CustomFields) -> dict[str, WatchedField]:
    """All fields that can be watched, by key, in the order of a form; do not change the answer."""
    own = (_custom(each.key, each.shown_as, each.group or "Further data") for each in custom_fields.all)
    return {each.key: each for each in (*_FORM, *own)}


def _text(key: str, label: str, group: str, only: CustomerKind | None = None) -> WatchedField:
    return WatchedField(key, label, group, attrgetter(key), stored(key) == "", only)


def _optional(key: str, label: str, group: str, only: CustomerKind | None = None) -> WatchedField:
    return WatchedField(key, label, group, attrgetter(key), stored(key).is_null(), only)


def _consent(key: str, label: str) -> WatchedField:
    def is_answered(customer: Customer) -> bool:
        return getattr(customer, key) is not ConsentState.OPEN

    return WatchedField(key, label, "Privacy", is_answered, stored(key) == ConsentState.OPEN)


def _custom(key: str, label: str, group: str) -> WatchedField:
    # A flag that is False has been answered, so what counts is whether the value is there.
    return WatchedField(
        CUSTOM + key, label, group, lambda customer: key in customer.custom, ~key_starts("custom", f"{key}=")
    )


def _form() -> Iterator[WatchedField]:
    person, company = CustomerKind.PERSON, CustomerKind.COMPANY
    yield WatchedField("kind", "Kind of customer", "Name", lambda _: True, Or(()))
    yield _optional("salutation", "Salutation", "Name", person)
    yield _text("title", "Title", "Name", person)
    yield _text("first_name", "First name", "Name", person)
    yield _text("name_extension", "Name extension", "Name", person)
    yield _text("last_name", "Last name", "Name")
    yield _text("company", "Company", "Name", company)
    yield _optional("birth_date", "Date of birth", "Person", person)
    yield _text("language", "Language", "Person")
    yield WatchedField(
        "postal_address",
        "Postal address",
        "Contact",
        attrgetter("has_post"),
        stored("has_post") == False,  # noqa: E712  == builds a criteria, `not` would not
    )
    # Addresses are kept as one document: which customers have any is decided one by one.
    yield WatchedField("addresses", "Any address", "Contact", attrgetter("addresses"), EVERYTHING)
    yield _text("email", "E-mail address", "Contact")
    yield _text("landline", "Landline number", "Contact")
    yield _text("mobile", "Mobile number", "Contact")
    yield WatchedField(
        "phones", "Any phone number", "Contact", attrgetter("phones"), ~key_starts("phone", "+")
    )
    yield _optional("preferred_channel", "Preferred channel", "Contact")
    yield _consent("privacy", "Privacy statement")
    yield _optional("privacy_date", "Date of the privacy statement", "Privacy")
    yield _consent("consent_letter", "Advertising by letter")
    yield _consent("consent_email", "Advertising by e-mail")
    yield _consent("consent_phone", "Advertising by phone")
    yield _consent("consent_sms", "Advertising by SMS")
    yield _text("external_number", "External number", "Administration")
    yield _optional("customer_since", "Customer since", "Administration")
    yield _text("branch_id", "Branch responsible", "Administration")
    # Of a long text no storage tells whether it is empty.
    yield WatchedField("notes", "Notes", "Administration", attrgetter("notes"), EVERYTHING)


_FORM: Final = tuple(_form())


def _has_a_name(customer: Customer) -> bool:
    if customer.kind is CustomerKind.COMPANY:
        return bool(customer.company)
    return bool(customer.first_name and customer.last_name)


@frozen
class DataGroup:
    """What marketing needs to reach somebody one way.

    Attributes:
        key: Its name.

        label: What people call it.

        is_complete: Whether a customer can be reached that way; any true value counts.
    """

    key: str
    label: str
    is_complete: Filled = field(eq=False, repr=False)


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
