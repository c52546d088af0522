"""Completeness of customer data: which fields are watched, which of them are empty, when to ask for them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.domain.completeness.assess import (
        Completeness,
        CompletionRequest,
        CustomerGaps,
        FieldState,
        Gap,
    )
    from loyaltycore.domain.completeness.fields import WatchedField
    from loyaltycore.domain.completeness.report import CompletenessReport, Coverage
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Completeness": ".assess",
            "CompletenessReport": ".report",
            "CompletionRequest": ".assess",
            "Coverage": ".report",
            "CustomerGaps": ".assess",
            "FieldState": ".assess",
            "Gap": ".assess",
            "WatchedField": ".fields",
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
