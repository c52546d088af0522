"""Completeness of customer data: which fields are watched, which of them are empty, when to ask for them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.completeness.rules.assess import (
        Completeness,
        CompletionRequest,
        CustomerGaps,
        FieldState,
        Gap,
    )
    from loyaltycore.completeness.rules.fields import WatchedField
    from loyaltycore.completeness.rules.report import CompletenessReport, Coverage
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Completeness": ".rules.assess",
            "CompletenessReport": ".rules.report",
            "CompletionRequest": ".rules.assess",
            "Coverage": ".rules.report",
            "CustomerGaps": ".rules.assess",
            "FieldState": ".rules.assess",
            "Gap": ".rules.assess",
            "WatchedField": ".rules.fields",
        },
    )

__all__ = [
    "Completeness",
    "CompletenessReport",
    "CompletionRequest",
    "Coverage",
    "CustomerGaps",
    "FieldState",
    "Gap",
    "WatchedField",
]
