"""Customer properties: what a shop wants to know about its customers, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.properties.defining import use_property as use_property
    from loyaltycore.properties.rules.assignment import (
        AssignedHow as AssignedHow,
        CustomerProperty as CustomerProperty,
        StepReference as StepReference,
    )
    from loyaltycore.properties.rules.property_type import (
        PropertyCategory as PropertyCategory,
        PropertyType as PropertyType,
        PropertyValue as PropertyValue,
    )
    from loyaltycore.properties.rules.showing import ShownProperty as ShownProperty, has_value as has_value
    from loyaltycore.properties.service import Properties as Properties
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".defining": "use_property",
            ".rules.assignment": "AssignedHow CustomerProperty StepReference",
            ".rules.property_type": "PropertyCategory PropertyType PropertyValue",
            ".rules.showing": "ShownProperty has_value",
            ".service": "Properties",
        },
    )
