"""Activities: the change feed, who changed what, when, from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.activities.feed import Feed as Feed
    from loyaltycore.activities.service import Activities as Activities
    from loyaltycore.work.journal import Activity as Activity, FieldChange as FieldChange
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..work.journal": "Activity FieldChange",
            ".feed": "Feed",
            ".service": "Activities",
        },
    )
