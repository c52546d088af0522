"""Customer properties: what a shop wants to know about its customers, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.properties.rules.assignment import AssignedHow, CustomerProperty, StepReference
    from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
    from loyaltycore.properties.rules.showing import ShownProperty, has_value
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "AssignedHow": ".rules.assignment",
            "CustomerProperty": ".rules.assignment",
            "PropertyCategory": ".rules.property_type",
            "PropertyType": ".rules.property_type",
            "PropertyValue": ".rules.property_type",
            "ShownProperty": ".rules.showing",
            "StepReference": ".rules.assignment",
            "has_value": ".rules.showing",
        },
    )

__all__ = [
    "AssignedHow",
    "CustomerProperty",
    "PropertyCategory",
    "PropertyType",
    "PropertyValue",
    "ShownProperty",
    "StepReference",
    "has_value",
]
