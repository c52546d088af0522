"""Selections: customers by conditions that people put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.selections.adding import (
        SELECTABLE as SELECTABLE,
        Selectable as Selectable,
        Selecting as Selecting,
    )
    from loyaltycore.selections.rules.catalogue import (
        Catalogue as Catalogue,
        Choice as Choice,
        Relation as Relation,
        SelectableField as SelectableField,
        ValueType as ValueType,
        operators_of as operators_of,
    )
    from loyaltycore.selections.rules.conditions import (
        AllOf as AllOf,
        AnyOf as AnyOf,
        Condition as Condition,
        FieldCondition as FieldCondition,
        NoneOf as NoneOf,
        Operator as Operator,
        RelatedCondition as RelatedCondition,
        Relative as Relative,
    )
    from loyaltycore.selections.rules.explaining import Explanation as Explanation
    from loyaltycore.selections.rules.json_form import dumps as dumps, loads as loads
    from loyaltycore.selections.rules.selection import Selection as Selection
    from loyaltycore.selections.rules.sources import Source as Source, Today as Today
    from loyaltycore.selections.service import Selections as Selections
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".adding": "SELECTABLE Selectable Selecting",
            ".rules.catalogue": "Catalogue Choice Relation SelectableField ValueType operators_of",
            ".rules.json_form": "dumps loads",
            ".rules.conditions": "AllOf AnyOf Condition FieldCondition NoneOf Operator RelatedCondition Relative",
            ".rules.explaining": "Explanation",
            ".rules.selection": "Selection",
            ".rules.sources": "Source Today",
            ".service": "Selections",
        },
    )
