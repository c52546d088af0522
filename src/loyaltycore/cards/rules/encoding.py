"""Entering a card that was made elsewhere: encoded at the desk, or brought by the customer."""

from __future__ import annotations

from datetime import date, datetime

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note


def encode_card(
    customer: Customer,
    taken: CustomerCard | None,
    key: str,
    number: str,
    valid_until: date | None,
    now: datetime,
) -> Decision[CustomerCard]:
    """Enter a card without an order; it is in use at once.

    Args:
        taken: The card that has this number, or None.

    Raises:
        Refused: ``card.number_taken``.
    """
    if taken is not None:
        raise Refused("card.number_taken", "there is a card with this number", card=taken.id)
    card = CustomerCard(
        id=key,
        number=number,
        customer_id=customer.id,
        order_id="",
        template="",
        state=CardState.ACTIVE,
        valid_until=valid_until,
        replaces="",
        created_at=now,
        activated_at=now,
    )
    return Decision(card, add=(card,), notes=(Note("card.encoded", after=card),))
