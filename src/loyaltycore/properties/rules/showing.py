"""What a screen shows of a customer's properties, and how customers are found by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from loyaltycore.kernel.criteria import Criterion, exists, stored
from loyaltycore.properties.rules.assignment import CustomerProperty
from loyaltycore.properties.rules.property_type import PropertyType, PropertyValue


@frozen
class ShownProperty:
    """A value that a customer has, as a person reads it."""

    kind: PropertyType
    value: PropertyValue
    """The value, with its label, abbreviation and colour of today."""
    assigned: CustomerProperty


def show_properties(
    held: Iterable[CustomerProperty], kinds: Mapping[str, PropertyType]
) -> tuple[ShownProperty, ...]:
    """Put names to what a customer has, by the name of the property and then in the order of its values."""
    shown = (
        ShownProperty(kinds[each.property], kinds[each.property].value(each.value), each) for each in held
    )
    return tuple(
        sorted(shown, key=lambda one: (one.kind.name, one.kind.id, one.kind.values.index(one.value)))
    )


def has_value(property_key: str, value_key: str | None = None) -> Criterion:
    """The customers who have a value of a property now; without `value_key` those who have any."""
    held = (stored("property") == property_key) & ~stored("slot").is_null()
    if value_key is not None:
        held &= stored("value") == value_key
    return exists("customer_properties", "customer_id", held)
