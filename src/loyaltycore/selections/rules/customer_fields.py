"""What can be said about a customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer, CustomerKind, Salutation
from loyaltycore.kernel.contact import Channel, ConsentState
from loyaltycore.kernel.custom_fields import CustomField, FieldKind
from loyaltycore.selections.rules.catalogue import (
    Choice,
    SelectableField,
    ValueType,
    choices_of,
    label_of,
    operators_of,
)
from loyaltycore.selections.rules.conditions import Operator
from loyaltycore.selections.rules.days import Age, DayOfYear
from loyaltycore.selections.rules.lookups import CustomKey, EmailKey, FoldedKey, Key, PropertySource
from loyaltycore.selections.rules.sources import Column, InstantColumn, Source

CUSTOM: Final = "custom."
"""What the keys of custom fields begin with."""

PROPERTY: Final = "property."
"""What the keys of properties begin with."""

_CONSENTS: Final = (
    ("consent_letter", "advertising by letter"),
    ("consent_email", "advertising by e-mail"),
    ("consent_phone", "advertising by phone"),
    ("consent_sms", "advertising by SMS"),
)

_KINDS: Final = {
    FieldKind.TEXT: (ValueType.TEXT, False),
    FieldKind.INTEGER: (ValueType.INTEGER, True),
    FieldKind.DATE: (ValueType.DATE, True),
    FieldKind.FLAG: (ValueType.FLAG, False),
    FieldKind.CHOICE: (ValueType.CHOICE, False),
}
"""The type of a custom field, and whether its values have an order."""


def customer_fields(branches: Iterable[Choice] = ()) -> Iterator[SelectableField]:
    """The library's own fields of a customer.

    Args:
        branches: The branches that may be responsible for a customer.
    """
    yield from _person()
    yield from _contact()
    yield from _address()
    yield _choice("privacy", ConsentState, "consent", nullable=False, label="privacy statement")
    yield _day("privacy_date", "consent", "day of the answer to the privacy statement")
    for key, label in _CONSENTS:
        yield _choice(key, ConsentState, "consent", nullable=False, label=label)
    yield from _record(tuple(branches))


def custom_field(declared: CustomField) -> SelectableField:
    """A field that the host application added to the customer."""
    kind, ordered = _KINDS[declared.kind]
    return SelectableField(
        f"{CUSTOM}{declared.key}",
        declared.shown_as,
        declared.group or "custom",
        kind,
        operators_of(kind, ordered=ordered),
        CustomKey(declared.key),
        tuple(Choice(each, each) for each in declared.choices),
    )


def property_field(
    key: str, label: str, values: tuple[Choice, ...], *, multi_valued: bool
) -> SelectableField:
    """What customers have of a property now."""
    labels = {choice.key: choice.label for choice in values}
    operators = operators_of(ValueType.CHOICE)
    source = PropertySource(key, multi_valued, labels)
    return SelectableField(
        f"{PROPERTY}{key}", label, "properties", ValueType.CHOICE, operators, source, values
    )


def _person() -> Iterator[SelectableField]:
    yield _choice("kind", CustomerKind, "person", nullable=False)
    yield _choice("salutation", Salutation, "person")
    for key in ("first_name", "last_name", "title", "name_extension", "company"):
        yield _text(key, "person")
    name = operators_of(ValueType.NAME, may_be_empty=False, whole=False)
    yield _made("name", "any name", "person", ValueType.NAME, FoldedKey("name", _names), name)
    yield _day("birth_date", "person")
    yield _made("age", "age", "person", ValueType.INTEGER, Age("birth_date"))
    yield _made("birthday", "birthday", "person", ValueType.DAY_OF_YEAR, DayOfYear("birthday"))
    yield _text("language", "person")


def _contact() -> Iterator[SelectableField]:
    yield _made("email", "e-mail address", "contact", ValueType.EMAIL, EmailKey("email", _email))
    yield _made("phone", "any phone number", "contact", ValueType.PHONE, Key("phone"))
    yield _text("mobile", "contact", "mobile number")
    yield _text("landline", "contact", "landline number")
    yield _choice("preferred_channel", Channel, "contact")


def _address() -> Iterator[SelectableField]:
    yield _made("city", "town", "address", ValueType.NAME, FoldedKey("city", _towns))
    yield _text("postal_code", "address")
    yield _text("country", "address")
    flag = operators_of(ValueType.FLAG, may_be_empty=False)
    yield _made("has_post", "a letter would arrive", "address", ValueType.FLAG, Column("has_post"), flag)


def _record(branches: tuple[Choice, ...]) -> Iterator[SelectableField]:
    yield _text("number", "record", "customer number")
    yield _text("external_number", "record")
    yield SelectableField(
        "branch_id",
        "branch responsible",
        "record",
        ValueType.CHOICE,
        operators_of(ValueType.CHOICE),
        Column("branch_id", blank=True),
        branches,
    )
    yield _day("customer_since", "record")
    at = operators_of(ValueType.DATE, may_be_empty=False)
    yield _made("created_at", "day of entry", "record", ValueType.DATE, InstantColumn("created_at"), at)


def _names(customer: Customer) -> Iterator[str]:
    yield f"{customer.first_name} {customer.last_name}".strip()
    yield customer.company


def _email(customer: Customer) -> Iterator[str]:
    yield customer.email


def _towns(customer: Customer) -> Iterator[str]:
    yield from (address.city for address in customer.addresses if address.kind in POSTAL_KINDS)


def _made(
    key: str, label: str, group: str, kind: ValueType, source: Source, operators: tuple[Operator, ...] = ()
) -> SelectableField:
    return SelectableField(key, label, group, kind, operators or operators_of(kind), source)


def _text(key: str, group: str, label: str = "") -> SelectableField:
    return _made(key, label or label_of(key), group, ValueType.TEXT, Column(key, blank=True))


def _day(key: str, group: str, label: str = "") -> SelectableField:
    return _made(key, label or label_of(key), group, ValueType.DATE, Column(key, nullable=True))


def _choice(
    key: str, kind: type[Enum], group: str, *, nullable: bool = True, label: str = ""
) -> SelectableField:
    operators = operators_of(ValueType.CHOICE, may_be_empty=nullable)
    source = Column(key, nullable=nullable)
    return SelectableField(
        key, label or label_of(key), group, ValueType.CHOICE, operators, source, choices_of(kind)
    )
