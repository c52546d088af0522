"""Merging: one customer, one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.customers.rules.comparing import (
        Candidate as Candidate,
        DuplicatePair as DuplicatePair,
    )
    from loyaltycore.customers.rules.model import (
        Agreement as Agreement,
        Evidence as Evidence,
        Strength as Strength,
    )
    from loyaltycore.merging.matching import KeyMatcher as KeyMatcher
    from loyaltycore.merging.rules.distinct import NotDuplicate as NotDuplicate
    from loyaltycore.merging.rules.fields import Choice as Choice, PlannedField as PlannedField
    from loyaltycore.merging.rules.merge import (
        Conflict as Conflict,
        Merge as Merge,
        MergeState as MergeState,
        Moved as Moved,
    )
    from loyaltycore.merging.rules.plan import MergePlan as MergePlan, Move as Move
    from loyaltycore.merging.service import Merging as Merging
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".matching": "KeyMatcher",
            ".rules.fields": "Choice PlannedField",
            ".rules.distinct": "NotDuplicate",
            "loyaltycore.customers.rules.comparing": "Candidate DuplicatePair",
            "loyaltycore.customers.rules.model": "Agreement Evidence Strength",
            ".rules.merge": "Conflict Merge MergeState Moved",
            ".rules.plan": "MergePlan Move",
            ".service": "Merging",
        },
    )
