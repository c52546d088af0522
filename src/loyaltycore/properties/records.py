"""Record types of properties and of what customers have of them."""

from __future__ import annotations

from loyaltycore.properties.rules.assignment import COMMENT_LENGTH, CustomerProperty, combine_values
from loyaltycore.properties.rules.property_type import PropertyType
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

PROPERTY_TYPES = RecordType(
    cls=PropertyType,
    table="property_types",
    noun="property",
    indexes=(("category", "name"),),
    lengths={"name": 100, "description": 1000},
)

CUSTOMER_PROPERTIES = RecordType(
    cls=CustomerProperty,
    table="customer_properties",
    noun="customer property",
    # What has ended has no slot, and an empty one shares nothing: only current values stand in each other's way.
    unique=(("customer_id", "property", "slot"),),
    # The second answers a selection by value from the index alone.
    indexes=(("customer_id", "id"), ("property", "value", "slot", "customer_id")),
    lengths={
        "customer_id": KEY_LENGTH,
        "property": 40,
        "value": 40,
        "slot": 40,
        "assigned_by": 100,
        "process_id": KEY_LENGTH,
        "step_id": KEY_LENGTH,
        "comment": COMMENT_LENGTH,
        "ended_by": 100,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
        combine=combine_values,
    ),
)
