"""Customer properties: what a shop wants to know about its customers, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.domain.properties.assignment import AssignedHow, CustomerProperty, StepReference
    from loyaltycore.domain.properties.property_type import PropertyCategory, PropertyType, PropertyValue
    from loyaltycore.domain.properties.showing import ShownProperty, has_value
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "AssignedHow": ".assignment",
            "CustomerProperty": ".assignment",
            "PropertyCategory": ".property_type",
            "PropertyType": ".property_type",
            "PropertyValue": ".property_type",
            "ShownProperty": ".showing",
            "StepReference": ".assignment",
            "has_value": ".showing",
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
