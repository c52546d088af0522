"""Cancelling an order: at once before production, later as a request that the vendor may refuse.

Whatever the vendor does, the card is out of use here from the moment of the cancellation.
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from loyaltycore.cards.rules.card import CardState, CustomerCard, ended
from loyaltycore.cards.rules.order import UNDER_WAY, Cancellation, CardOrder, OrderState, cancellation_key
from loyaltycore.cards.rules.settling import settled
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, finish, is_leased
from loyaltycore.kernel.printing import PrintCancellation


@frozen
class _Handover:
    """How far the print order has come on its way to the vendor."""

    withdrawn: OutboxMessage | None
    """The message, called back; None if it cannot or need not be."""
    vendor_may_have_it: bool
    """Whether the vendor has to be asked."""


def cancel_order(
    order: CardOrder,
    card: CustomerCard,
    submission: OutboxMessage | None,
    actor: str,
    now: datetime,
    reason: str,
) -> Decision[CardOrder]:
    """Cancel an order.

    Args:
        submission: The message that takes the print order to the vendor; None if it is gone.

    Raises:
        Refused: ``card_order.already_cancelled``, or ``card_order.already_dispatched`` (the card has left the vendor:
            invalidate it instead).
    """
    _require_open(order)
    handover = _handover(submission, now)
    ask = handover.vendor_may_have_it
    answer = Cancellation.REQUESTED if ask else Cancellation.CONFIRMED
    after = settled(
        evolve(
            order,
            dealings=evolve(order.dealings, wish=answer),
            cancelled_at=now,
            cancelled_by=actor,
            cancel_reason=reason,
        )
    )
    card_after = ended(card, CardState.CANCELLED, now, "order cancelled")
    saved = [after, *([card_after] if card_after is not card else [])]
    if handover.withdrawn is not None:
        saved.append(handover.withdrawn)
    wish = PrintCancellation(order.id, order.vendor_id, reason or "cancelled by the shop")
    return Decision(
        after,
        save=tuple(saved),
        dispatch=(Dispatch("card_print.cancel", wish, cancellation_key(order.id), order),) if ask else (),
        notes=(
            Note("card_order.cancelled", order, after, reason),
            *((Note("card.cancelled", card, card_after, reason),) if card_after is not card else ()),
        ),
    )


def _require_open(order: CardOrder) -> None:
    if order.cancellation is not Cancellation.NONE or order.state is OrderState.CANCELLED:
        raise Refused(
            "card_order.already_cancelled",
            "the order was cancelled already",
            order=order.id,
            cancellation=order.cancellation.value,
        )
    if order.state in UNDER_WAY:
        raise Refused(
            "card_order.already_dispatched",
            "the card has left the vendor",
            remedy="invalidate the card instead",
            order=order.id,
            state=order.state.value,
        )


def _handover(submission: OutboxMessage | None, now: datetime) -> _Handover:
    if submission is None or submission.state is not MessageState.PENDING or is_leased(submission, now):
        return _Handover(None, vendor_may_have_it=True)
    called_back = finish(submission, MessageState.WITHDRAWN, now, code="cancelled")
    # A message that was tried may have arrived although no answer came back.
    return _Handover(called_back, vendor_may_have_it=submission.attempts > 0)


def settle_cancellation(order: CardOrder, outcome: Cancellation, detail: str = "") -> Decision[CardOrder]:
    """Record the vendor's answer to the request to cancel: it counts until the news says what became of the card.

    Args:
        outcome: ``CONFIRMED``, ``REFUSED``, or ``REQUESTED`` if the vendor has not decided yet.
        detail: The vendor's words.
    """
    if order.dealings.wish is not Cancellation.REQUESTED or outcome is Cancellation.REQUESTED:
        return Decision(order)
    after = settled(evolve(order, dealings=evolve(order.dealings, wish=outcome)))
    note = Note(f"card_order.cancellation_{outcome.value}", order, after, detail)
    return Decision(
        after, save=(after,), notes=(note,) if after.cancellation is not order.cancellation else ()
    )
