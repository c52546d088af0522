"""Record types of the completeness of customer data."""

from __future__ import annotations

from loyaltycore.completeness.rules.prompt import CompletionPrompt
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

COMPLETION_PROMPTS = RecordType(
    cls=CompletionPrompt,
    table="completion_prompts",
    noun="completion prompt",
    indexes=(("customer_id",),),
    lengths={"customer_id": KEY_LENGTH},
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
        selectable=False,
    ),
)
