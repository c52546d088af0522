"""Two customers change their mind: one while the vendor has only accepted the order, one when the card is made."""

from __future__ import annotations

from loyaltycore.cards import Cancellation, CardOrder, OrderState
from order_cards.stage import Stage
from order_cards.waiting import wait_for


def cancel_in_time(stage: Stage, order: CardOrder) -> None:
    """Cancel before production: the vendor agrees, and no card is made."""
    _cancel(stage, order, "Kundin hat es sich anders überlegt")
    _show(stage, order, "cancelled in time")


def cancel_too_late(stage: Stage, order: CardOrder) -> None:
    """Cancel when the card has been made: the vendor refuses, but the card is out of use here all the same."""
    stage.vendor.control("advance", reference=order.id, state="produced")
    desk = stage.loyalty.session("anna", order.branch_id)
    wait_for(
        "the vendor makes the card", lambda: desk.cards.get_order(order.id).state is OrderState.IN_PRODUCTION
    )
    _cancel(stage, order, "Kunde ist umgezogen")
    _show(stage, order, "cancelled too late")


def _cancel(stage: Stage, order: CardOrder, reason: str) -> None:
    """Cancel at the desk, and wait for the vendor's answer, which a worker fetches."""
    desk = stage.loyalty.session("anna", order.branch_id)
    desk.cards.cancel_order(order.id, reason=reason)
    answered = {Cancellation.CONFIRMED, Cancellation.REFUSED}
    wait_for("the vendor answers", lambda: desk.cards.get_order(order.id).cancellation in answered)


def _show(stage: Stage, order: CardOrder, words: str) -> None:
    cards = stage.loyalty.session("anna", order.branch_id).cards
    now = cards.get_order(order.id)
    print(
        f"  {words}: the vendor has {now.cancellation.value} it, the card is {cards.get(order.card_id).state.value}, "
        f"{now.costs_due} due"
    )
