"""Properties as something that customers are selected by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from loyaltycore.kernel.criteria import stored
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType
from loyaltycore.selections.adding import Selectable
from loyaltycore.selections.rules.catalogue import Choice, SelectableField, ValueType, operators_of
from loyaltycore.selections.rules.customer_fields import property_field
from loyaltycore.selections.rules.lookups import PROPERTIES
from loyaltycore.selections.rules.sources import Presence
from loyaltycore.work.unit import Unit


def selectable_properties(unit: Unit) -> Selectable:
    """The properties of customers as fields, and what is known of their assignments: one query."""
    wanted = stored("category") == PropertyCategory.CUSTOMER
    return selectable(list(unit.find(PropertyType, wanted, order_by=("name",))))


def selectable(properties: Sequence[PropertyType]) -> Selectable:
    """What some properties add to the catalogue."""
    choices = tuple(Choice(each.id, each.name) for each in properties)
    return Selectable(
        tuple(
            property_field(each.id, each.name, _values(each), multi_valued=each.multi_valued)
            for each in properties
        ),
        {PROPERTIES: partial(_better_known, properties=choices)},
    )


def _better_known(field: SelectableField, properties: tuple[Choice, ...]) -> SelectableField:
    """A field of an assignment, with what only the properties know."""
    if field.key == "property":
        operators = operators_of(ValueType.CHOICE, may_be_empty=False)
        return evolve(field, type=ValueType.CHOICE, operators=operators, choices=properties)
    if field.key == "slot":
        operators = operators_of(ValueType.FLAG, may_be_empty=False)
        return SelectableField("current", "current", field.group, ValueType.FLAG, operators, Presence("slot"))
    return field


def _values(kind: PropertyType) -> tuple[Choice, ...]:
    return tuple(Choice(value.key, value.label) for value in kind.values)
