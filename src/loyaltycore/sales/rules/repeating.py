"""Telling an order that is given once more from another one under its number."""

from __future__ import annotations

from loyaltycore.sales.rules.reservation import Reservation
from loyaltycore.sales.rules.settlement import Settlement


def is_same(kept: Settlement | Reservation, digest: str, customer_id: str | None) -> bool:
    """Whether an order is the one of which something is kept, by whichever of its ids the customer is called.

    Args:
        digest: Of the order as it is given.
        customer_id: Its customer as it is now: a merge may have changed the id since, and an undone merge, too.
    """
    half = len(digest) // 2
    is_own = customer_id is not None and customer_id == kept.customer_id
    return kept.digest == digest or (is_own and kept.digest[:half] == digest[:half])
