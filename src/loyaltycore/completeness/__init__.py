"""Completeness of customer data: which fields are watched, which are empty, when to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.completeness.rules.assess import (
        Completeness as Completeness,
        CompletionRequest as CompletionRequest,
        CustomerGaps as CustomerGaps,
        FieldState as FieldState,
        Gap as Gap,
    )
    from loyaltycore.completeness.rules.fields import WatchedField as WatchedField
    from loyaltycore.completeness.rules.options import (
        ADVERTISING as ADVERTISING,
        ASK_AGAIN_MONTHS as ASK_AGAIN_MONTHS,
        BIRTH_DATE as BIRTH_DATE,
        EMAIL as EMAIL,
        FIRST_NAME as FIRST_NAME,
        LANDLINE as LANDLINE,
        MOBILE as MOBILE,
        POSTAL_ADDRESS as POSTAL_ADDRESS,
        PRIVACY_STATEMENT as PRIVACY_STATEMENT,
        REQUIRE_ADDRESS as REQUIRE_ADDRESS,
        SALUTATION as SALUTATION,
    )
    from loyaltycore.completeness.rules.report import (
        CompletenessReport as CompletenessReport,
        Coverage as Coverage,
    )
    from loyaltycore.completeness.service import DataCompleteness as DataCompleteness
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".rules.assess": "Completeness CompletionRequest CustomerGaps FieldState Gap",
            ".rules.fields": "WatchedField",
            ".rules.options": "ADVERTISING ASK_AGAIN_MONTHS BIRTH_DATE EMAIL FIRST_NAME LANDLINE MOBILE POSTAL_ADDRESS PRIVACY_STATEMENT REQUIRE_ADDRESS SALUTATION",
            ".rules.report": "CompletenessReport Coverage",
            ".service": "DataCompleteness",
        },
    )
