"""What selections can be built from in one house: its fields, its properties, and the records of its registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from loyaltycore.all_records import core_record_types
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.custom_fields import CustomFields
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType
from loyaltycore.selections.rules.catalogue import (
    Catalogue,
    Choice,
    Relation,
    SelectableField,
    ValueType,
    choices_of,
    label_of,
    operators_of,
)
from loyaltycore.selections.rules.customer_fields import custom_field, customer_fields, property_field
from loyaltycore.selections.rules.lookups import PROPERTIES, Key
from loyaltycore.selections.rules.sources import Column, InstantColumn, Presence, Source
from loyaltycore.storing.registry import RecordType, Registry, StoredField, Storing
from loyaltycore.work.unit import Unit

RELATED: Final = (PROPERTIES, "cards", "card_orders", "processes")
"""Which of the library's own records make a relation; the others are for the house itself."""

_TYPES: Final = {
    Storing.TEXT: ValueType.TEXT,
    Storing.INTEGER: ValueType.INTEGER,
    Storing.BOOLEAN: ValueType.FLAG,
    Storing.DATE: ValueType.DATE,
    Storing.INSTANT: ValueType.DATE,
    Storing.CHOICE: ValueType.CHOICE,
}


def catalogue_for(unit: Unit, registry: Registry, custom: CustomFields) -> Catalogue:
    """The catalogue as it is now: two queries, for branches and properties."""
    branches = [Choice(branch.id, branch.name) for branch in unit.find(Branch)]
    wanted = stored("category") == PropertyCategory.CUSTOMER
    properties = list(unit.find(PropertyType, wanted, order_by=("name",)))
    return Catalogue(
        (
            *customer_fields(branches),
            *map(custom_field, custom.all),
            *(
                property_field(each.id, each.name, _values(each), multi_valued=each.multi_valued)
                for each in properties
            ),
        ),
        tuple(relations(registry, properties)),
    )


def relations(registry: Registry, properties: Iterable[PropertyType] = ()) -> Iterator[Relation]:
    """The records that a customer may have: of the library those that mean something to people, of the host all."""
    own = {record_type.table for record_type in core_record_types()}
    choices = tuple(Choice(each.id, each.name) for each in properties)
    for record_type in registry:
        link = record_type.customer
        if link is None or (record_type.table in own and record_type.table not in RELATED):
            continue
        fields = tuple(record_fields(record_type))
        if record_type.table == PROPERTIES:
            fields = (*(_about_properties(each, choices) for each in fields),)
        yield Relation(record_type.table, record_type.singular, link.field, fields)


def record_fields(record_type: RecordType[Any]) -> Iterator[SelectableField]:
    """Everything about a record that can be compared, and its lookups."""
    hidden = {record_type.key, "version", *record_type.secret}
    if record_type.customer:
        hidden.add(record_type.customer.field)
    for declared in record_type.fields:
        if declared.name not in hidden and declared.storing in _TYPES:
            yield _stored_field(declared)
    for lookup in record_type.lookups:
        if lookup not in record_type.field_map:
            operators = operators_of(ValueType.TEXT, ordered=False)
            yield SelectableField(lookup, label_of(lookup), "lookups", ValueType.TEXT, operators, Key(lookup))


def _stored_field(stored: StoredField) -> SelectableField:
    kind = _TYPES[stored.storing]
    choices = choices_of(stored.type) if stored.storing is Storing.CHOICE else ()
    may_be_empty = stored.nullable or kind is ValueType.TEXT
    operators = operators_of(kind, may_be_empty=may_be_empty)
    return SelectableField(stored.name, label_of(stored.name), "", kind, operators, _source(stored), choices)


def _source(stored: StoredField) -> Source:
    if stored.storing is Storing.INSTANT:
        return InstantColumn(stored.name, stored.nullable)
    return Column(stored.name, stored.nullable, blank=stored.storing is Storing.TEXT)


def _about_properties(each: SelectableField, properties: tuple[Choice, ...]) -> SelectableField:
    """A field of what customers have of properties, with what only the properties know."""
    if each.key == "property":
        operators = operators_of(ValueType.CHOICE, may_be_empty=False)
        return SelectableField(
            each.key, each.label, each.group, ValueType.CHOICE, operators, each.source, properties
        )
    if each.key == "slot":
        operators = operators_of(ValueType.FLAG, may_be_empty=False)
        return SelectableField("current", "current", each.group, ValueType.FLAG, operators, Presence("slot"))
    return each


def _values(kind: PropertyType) -> tuple[Choice, ...]:
    return tuple(Choice(value.key, value.label) for value in kind.values)
