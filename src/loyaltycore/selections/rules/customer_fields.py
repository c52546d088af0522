"""What can be said about a customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, cast

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.kernel.custom_fields import CustomField, FieldKind
from loyaltycore.selections.rules.catalogue import (
    Choice,
    SelectableField,
    ValueType,
    choices_of,
    operators_of,
)
from loyaltycore.selections.rules.days import Age, DayOfYear
from loyaltycore.selections.rules.lookups import CustomKey, EmailKey, FoldedKey, Key, NumberColumn
from loyaltycore.selections.rules.sources import Column, InstantColumn, Source

CUSTOM: Final = "custom."
"""What the keys of custom fields begin with."""

_KINDS: Final = {
    FieldKind.TEXT: (ValueType.TEXT, False),
    FieldKind.INTEGER: (ValueType.INTEGER, True),
    FieldKind.DATE: (ValueType.DATE, True),
    FieldKind.FLAG: (ValueType.FLAG, False),
    FieldKind.CHOICE: (ValueType.CHOICE, False),
}
"""The type of a custom field, and whether its values have an order."""


def customer_fields(branches: Iterable[Choice] = ()) -> Iterator[SelectableField]:
    """The library's own fields of a customer, and what follows from them.

    Args:
        branches: The branches that may be responsible for a customer.
    """
    those = tuple(branches)
    for each in CUSTOMER_FIELDS.values():
        yield from _compared(each, those)
        if each.key in _BESIDE:
            yield _BESIDE[each.key](each.group)


def custom_field(declared: CustomField) -> SelectableField:
    """A field that the host application added to the customer."""
    kind, ordered = _KINDS[declared.kind]
    return SelectableField(
        f"{CUSTOM}{declared.key}",
        declared.shown_as,
        declared.group or CUSTOMER_FIELDS["custom"].group,
        kind,
        operators_of(kind, ordered=ordered),
        CustomKey(declared.key),
        tuple(Choice(each, each) for each in declared.choices),
    )


def _compared(field: CustomerField, branches: tuple[Choice, ...]) -> Iterator[SelectableField]:
    """A field as it is compared; nothing where its content is not compared."""
    key, optional = field.key, field.default is None
    match field.content:
        case Content.TEXT | Content.LANGUAGE:
            yield _selectable(field, ValueType.TEXT, Column(key, blank=True))
        case Content.NUMBER:
            yield _selectable(field, ValueType.TEXT, NumberColumn())
        case Content.EMAIL:
            yield _selectable(
                field, ValueType.EMAIL, EmailKey(key, lambda customer: (getattr(customer, key),))
            )
        case Content.BRANCH:
            yield _selectable(field, ValueType.CHOICE, Column(key, blank=True), choices=branches)
        case Content.CHOICE | Content.CONSENT:
            choices = choices_of(cast("type[Enum]", field.choices))
            source = Column(key, nullable=optional)
            yield _selectable(field, ValueType.CHOICE, source, choices, may_be_empty=optional)
        case Content.DAY:
            yield _selectable(field, ValueType.DATE, Column(key, nullable=optional))
        case Content.DAY_OF_YEAR:
            yield _selectable(field, ValueType.DAY_OF_YEAR, DayOfYear(key))
        case Content.INSTANT:
            yield _selectable(field, ValueType.DATE, InstantColumn(key), may_be_empty=False)
        case Content.FLAG:
            yield _selectable(field, ValueType.FLAG, Column(key), may_be_empty=False)


def _selectable(
    field: CustomerField,
    kind: ValueType,
    source: Source,
    choices: tuple[Choice, ...] = (),
    *,
    may_be_empty: bool = True,
) -> SelectableField:
    operators = operators_of(kind, may_be_empty=may_be_empty)
    return SelectableField(field.key, field.label, field.group, kind, operators, source, choices)


def _any_name(group: str) -> SelectableField:
    operators = operators_of(ValueType.NAME, may_be_empty=False, whole=False)
    return SelectableField("name", "Any name", group, ValueType.NAME, operators, FoldedKey("name", _names))


def _age(group: str) -> SelectableField:
    operators = operators_of(ValueType.INTEGER)
    return SelectableField("age", "Age", group, ValueType.INTEGER, operators, Age("birth_date"))


def _town(group: str) -> SelectableField:
    operators = operators_of(ValueType.NAME)
    return SelectableField("city", "Town", group, ValueType.NAME, operators, FoldedKey("city", _towns))


def _any_phone(group: str) -> SelectableField:
    operators = operators_of(ValueType.PHONE)
    return SelectableField("phone", "Any phone number", group, ValueType.PHONE, operators, Key("phone"))


_BESIDE: Final = {"company": _any_name, "birth_date": _age, "addresses": _town, "phones": _any_phone}
"""What is not a stored field and appears beside one, in its group."""


def _names(customer: Customer) -> Iterator[str]:
    yield f"{customer.first_name} {customer.last_name}".strip()
    yield customer.company


def _towns(customer: Customer) -> Iterator[str]:
    yield from (address.city for address in customer.addresses if address.kind in POSTAL_KINDS)
