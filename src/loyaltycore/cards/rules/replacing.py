"""Replacing a card: which cards a new one can follow."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyaltycore.cards.rules.card import CardState, CustomerCard, invalidate_card
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision

REPLACEABLE: Final = frozenset({CardState.ACTIVE, CardState.INVALID})
"""The states in which a card that has been in use may be followed by a new one."""

FOLLOWING: Final = (CardState.ORDERED, CardState.ACTIVE)
"""The states in which a card counts as the one that follows another."""


def require_replaceable(card: CustomerCard, follower: CustomerCard | None) -> None:
    """Make sure that a card is or was in use, and was not replaced before.

    A card that was ordered and has not come yet is cancelled with its order instead.

    Args:
        follower: A card in use or on its way that already follows it, or None.

    Raises:
        Refused: ``card.not_replaceable`` or ``card.already_replaced``.
    """
    if card.activated_at is None or card.state not in REPLACEABLE:
        raise Refused(
            "card.not_replaceable",
            "only a card that is or was in use can be replaced",
            remedy="cancel its order, or order a new card",
            state=card.state.value,
        )
    if follower is not None:
        raise Refused(
            "card.already_replaced",
            "another card follows this one already",
            card=card.id,
            follower=follower.id,
        )


def step_aside(card: CustomerCard, now: datetime, reason: str, *, keep: bool) -> Decision[CustomerCard]:
    """Put a card that is followed by a new one out of use, unless it is kept until the new one is active."""
    if not keep and not card.ended_here:
        return invalidate_card(card, now, reason or "replaced")
    # Saved as it is: of two who replace it at once one loses the race, reads again and finds the follower.
    return Decision(card, save=(card,))
