"""Selections: which customers, by conditions that a person puts together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.selections.rules.catalogue import Catalogue, Relation, SelectableField, ValueType
    from loyaltycore.selections.rules.conditions import (
        AllOf,
        AnyOf,
        Condition,
        FieldCondition,
        NoneOf,
        Operator,
        RelatedCondition,
        Relative,
    )
    from loyaltycore.selections.rules.explaining import Explanation
    from loyaltycore.selections.rules.selection import Selection
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "AllOf": ".rules.conditions",
            "AnyOf": ".rules.conditions",
            "Catalogue": ".rules.catalogue",
            "Condition": ".rules.conditions",
            "Explanation": ".rules.explaining",
            "FieldCondition": ".rules.conditions",
            "NoneOf": ".rules.conditions",
            "Operator": ".rules.conditions",
            "RelatedCondition": ".rules.conditions",
            "Relation": ".rules.catalogue",
            "Relative": ".rules.conditions",
            "SelectableField": ".rules.catalogue",
            "Selection": ".rules.selection",
            "ValueType": ".rules.catalogue",
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
