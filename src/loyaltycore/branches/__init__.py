"""Branches: where people work, in which time zone, on which days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.branches.rules.form import BranchChanges as BranchChanges, BranchFacts as BranchFacts
    from loyaltycore.branches.service import Branches as Branches
    from loyaltycore.kernel.branches import Branch as Branch
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.branches": "Branch",
            ".rules.form": "BranchChanges BranchFacts",
            ".service": "Branches",
        },
    )
