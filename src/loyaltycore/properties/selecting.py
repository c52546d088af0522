"""What properties add to selections, as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from loyaltycore.kernel.criteria import stored
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType
from loyaltycore.properties.rules.selecting import PROPERTIES, better_known, property_field
from loyaltycore.selections.adding import Selectable
from loyaltycore.selections.rules.catalogue import Choice
from loyaltycore.work.unit import Unit


def selectable_properties(unit: Unit) -> Selectable:
    """The properties of customers as fields, with what is known of their assignments: one query."""
    wanted = stored("category") == PropertyCategory.CUSTOMER
    return selectable(list(unit.find(PropertyType, wanted, order_by=("name",))))


def selectable(properties: Sequence[PropertyType]) -> Selectable:
    """What some properties add to the catalogue."""
    choices = tuple(Choice(each.id, each.name) for each in properties)
    return Selectable(
        tuple(map(property_field, properties)), {PROPERTIES: partial(better_known, properties=choices)}
    )
