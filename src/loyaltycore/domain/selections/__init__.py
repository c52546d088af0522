"""Selections: which customers, by conditions that a person puts together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.domain.selections.catalogue import Catalogue, Relation, SelectableField, ValueType
    from loyaltycore.domain.selections.conditions import (
        AllOf,
        AnyOf,
        Condition,
        FieldCondition,
        NoneOf,
        Operator,
        RelatedCondition,
        Relative,
    )
    from loyaltycore.domain.selections.explaining import Explanation
    from loyaltycore.domain.selections.selection import Selection
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "AllOf": ".conditions",
            "AnyOf": ".conditions",
            "Catalogue": ".catalogue",
            "Condition": ".conditions",
            "Explanation": ".explaining",
            "FieldCondition": ".conditions",
            "NoneOf": ".conditions",
            "Operator": ".conditions",
            "RelatedCondition": ".conditions",
            "Relation": ".catalogue",
            "Relative": ".conditions",
            "SelectableField": ".catalogue",
            "Selection": ".selection",
            "ValueType": ".catalogue",
        },
    )

__all__ = [
    "AllOf",
    "AnyOf",
    "Catalogue",
    "Condition",
    "Explanation",
    "FieldCondition",
    "NoneOf",
    "Operator",
    "RelatedCondition",
    "Relation",
    "Relative",
    "SelectableField",
    "Selection",
    "ValueType",
]
