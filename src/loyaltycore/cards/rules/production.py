"""What becomes of an order and its card when the vendor reports.

News may come twice and out of order: only a higher revision counts. It moves the order along, but never brings back a
card that was put out of use here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import evolve

from loyaltycore.cards.rules.card import CardState, CustomerCard, activated, ended, follow
from loyaltycore.cards.rules.order import Cancellation, CardOrder, OrderState
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.printing import PrintState, PrintStatus
from loyaltycore.kernel.words import as_text

WORD_LENGTH: Final = 60
LINE_LENGTH: Final = 200
REASON_LENGTH: Final = 500
"""What a vendor says is shortened to this, and made storable: no word must hold up its news."""

_STATES: Final = {
    PrintState.RECEIVED: OrderState.PLACED,
    PrintState.ACCEPTED: OrderState.PLACED,
    PrintState.ON_HOLD: OrderState.PLACED,
    PrintState.IN_PRODUCTION: OrderState.IN_PRODUCTION,
    PrintState.PRODUCED: OrderState.IN_PRODUCTION,
    PrintState.DISPATCHED: OrderState.DISPATCHED,
    PrintState.DELIVERED: OrderState.DELIVERED,
    PrintState.RETURNED: OrderState.RETURNED,
    PrintState.REJECTED: OrderState.REJECTED,
    PrintState.FAILED: OrderState.FAILED,
    PrintState.CANCELLED: OrderState.CANCELLED,
}

_ON_ITS_WAY: Final = frozenset({PrintState.DISPATCHED, PrintState.DELIVERED})
_LEFT_THE_VENDOR: Final = frozenset({PrintState.DISPATCHED, PrintState.DELIVERED, PrintState.RETURNED})
_NEVER_MADE: Final = frozenset({PrintState.REJECTED, PrintState.FAILED})


def apply_status(
    order: CardOrder, card: CustomerCard, replaced: CustomerCard | None, status: PrintStatus, now: datetime
) -> Decision[CardOrder]:
    """Take in what the vendor says about an order.

    Args:
        replaced: The card that this one follows, or None.
        status: The vendor's news.
        now: When the news was taken in.

    Returns:
        A decision that changes nothing if the news is old.
    """
    if status.revision <= order.vendor_revision:
        return Decision(order)
    after = _order_after(order, status)
    changes = [(card, _card_after(card, status, now))]
    if changes[0][1].state is CardState.ACTIVE and card.state is CardState.ORDERED:
        changes += follow(replaced, now)
    changed = [(old, new) for old, new in changes if new is not old]
    return Decision(
        after,
        save=(after, *(new for _, new in changed)),
        notes=(
            Note(f"card_order.{_word(status)}", order, after, as_text(status.reason, REASON_LENGTH)),
            *(Note(f"card.{new.state.value}", old, new) for old, new in changed),
        ),
    )


def _word(status: PrintStatus) -> str:
    if status.cancellation_refused:
        return "cancellation_refused"
    return status.state.value if status.state else "vendor_news"


def _order_after(order: CardOrder, status: PrintStatus) -> CardOrder:
    facts: dict[str, Any] = {
        "vendor_revision": status.revision,
        "vendor_word": as_text(status.raw_state, WORD_LENGTH),
        "vendor_id": as_text(status.vendor_id, LINE_LENGTH) or order.vendor_id,
        "tracking": as_text(status.tracking, LINE_LENGTH) or order.tracking,
        "cancellation": _cancellation_after(order, status),
    }
    if status.state is not None:
        facts["production"] = status.state
        facts["state"] = _state_after(order, status.state)
        facts.update(_times(order, status))
    code, reason = as_text(status.reason_code, WORD_LENGTH), as_text(status.reason, REASON_LENGTH)
    if code or reason:
        facts.update(reason_code=code, reason=reason)
    return evolve(order, **facts)


def _state_after(order: CardOrder, state: PrintState) -> OrderState:
    """An order that was cancelled here stays cancelled; `production` says what the vendor does."""
    return OrderState.CANCELLED if order.state is OrderState.CANCELLED else _STATES[state]


def _cancellation_after(order: CardOrder, status: PrintStatus) -> Cancellation:
    if status.state is PrintState.CANCELLED:
        return Cancellation.CONFIRMED
    if order.cancellation is Cancellation.NONE:
        return Cancellation.NONE
    if status.state in _LEFT_THE_VENDOR:
        return Cancellation.REFUSED  # whatever was said before: the card was made
    if order.cancellation is not Cancellation.REQUESTED:
        return order.cancellation
    if status.cancellation_refused:
        return Cancellation.REFUSED
    return Cancellation.CONFIRMED if status.state in _NEVER_MADE else Cancellation.REQUESTED


def _times(order: CardOrder, status: PrintStatus) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    if status.state in _ON_ITS_WAY and order.dispatched_at is None:
        times["dispatched_at"] = status.occurred_at
    if status.state is PrintState.DELIVERED and order.delivered_at is None:
        times["delivered_at"] = status.occurred_at
    return times


def _card_after(card: CustomerCard, status: PrintStatus, now: datetime) -> CustomerCard:
    if status.state in _ON_ITS_WAY:
        return activated(card, now)
    if status.state in _NEVER_MADE:
        return ended(card, CardState.INVALID, now, f"the order was {as_text(status.raw_state, WORD_LENGTH)}")
    if status.state is PrintState.CANCELLED:
        return ended(card, CardState.CANCELLED, now, "the vendor cancelled the order")
    return card


def reject_order(
    order: CardOrder, card: CustomerCard, code: str, reason: str, now: datetime
) -> Decision[CardOrder]:
    """Record that the vendor does not take an order: no card will come."""
    if order.vendor_revision or order.state is not OrderState.PLACED:
        return Decision(order)
    after = evolve(
        order,
        state=OrderState.REJECTED,
        reason_code=as_text(code, WORD_LENGTH),
        reason=as_text(reason, REASON_LENGTH),
    )
    card_after = ended(card, CardState.INVALID, now, "the order was rejected")
    notes = (
        Note("card_order.rejected", order, after, reason),
        *((Note("card.invalid", card, card_after),) if card_after is not card else ()),
    )
    return Decision(after, save=(after, *((card_after,) if card_after is not card else ())), notes=notes)
