"""Replacing a card: which cards a new one can follow."""

from __future__ import annotations

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.errors import Refused


def require_replaceable(card: CustomerCard, follower: CustomerCard | None) -> None:
    """Make sure that a card is or was in use, and was not replaced before.

    A card that was ordered and has not come yet is cancelled with its order instead.

    Args:
        follower: A card in use or on its way that already follows it, or None.

    Raises:
        Refused: ``card.not_replaceable`` or ``card.already_replaced``.
    """
    if card.activated_at is None or card.state not in {CardState.ACTIVE, CardState.INVALID}:
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
