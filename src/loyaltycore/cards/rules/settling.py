"""What an order and its card are, read from what the vendor has said and what was done here.

Nothing is remembered of how the news came: each time it is all read anew from the set of reports, so that the end is the
same in whatever order and by whatever way they arrived. What was done here comes on top:

* A request to cancel is settled by what became of the card; the answer to the request itself counts only until then.
* A card that was put out of use here stays out of use. One that the vendor ended comes back with the vendor's next word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.cards.rules.order import Cancellation, CardOrder, Dealings, OrderState
from loyaltycore.cards.rules.reports import (
    NOTHING,
    first,
    has_left,
    has_state,
    has_tracking,
    has_vendor_id,
    is_delivered,
    is_sent,
    last,
    refuses,
    says_why,
)
from loyaltycore.kernel.printing import PrintState

_STATES: Final = {
    None: OrderState.PLACED,
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
_ENDS: Final = {
    PrintState.REJECTED: CardState.INVALID,
    PrintState.FAILED: CardState.INVALID,
    PrintState.CANCELLED: CardState.CANCELLED,
}
_NEVER_MADE: Final = frozenset({PrintState.REJECTED, PrintState.FAILED})


def settled(order: CardOrder) -> CardOrder:
    """The order as its `dealings` say it is."""
    reports = order.dealings.reports
    newest = reports[-1] if reports else NOTHING
    known, why = last(reports, has_state), last(reports, says_why)
    sent, delivered = first(reports, is_sent), first(reports, is_delivered)
    cancellation = _cancellation(order.dealings)
    return evolve(
        order,
        state=_state(known.state, cancellation),
        production=known.state,
        cancellation=cancellation,
        vendor_word=newest.word,
        vendor_revision=newest.revision,
        vendor_id=last(reports, has_vendor_id).vendor_id,
        tracking=last(reports, has_tracking).tracking,
        reason_code=why.reason_code,
        reason=why.reason,
        dispatched_at=None if sent is NOTHING else sent.at,
        delivered_at=None if delivered is NOTHING else delivered.at,
    )


def _state(said: PrintState | None, cancellation: Cancellation) -> OrderState:
    """Where the vendor says it is; while we wait for an answer it counts as cancelled, unless a card is being made."""
    state = _STATES[said]
    waits = cancellation is Cancellation.REQUESTED and state is not OrderState.IN_PRODUCTION
    return OrderState.CANCELLED if waits or cancellation is Cancellation.CONFIRMED else state


def _cancellation(dealings: Dealings) -> Cancellation:
    reports = dealings.reports
    said = last(reports, has_state).state
    if said is PrintState.CANCELLED:
        return Cancellation.CONFIRMED
    if dealings.wish is Cancellation.NONE:
        return Cancellation.NONE
    if first(reports, has_left) is not NOTHING:
        return Cancellation.REFUSED  # whatever was said before: the card was made
    if said in _NEVER_MADE:
        return Cancellation.CONFIRMED
    if dealings.wish is not Cancellation.REQUESTED:
        return dealings.wish
    return Cancellation.REQUESTED if last(reports, refuses) is NOTHING else Cancellation.REFUSED


def followed(order: CardOrder, card: CustomerCard, now: datetime) -> CustomerCard:
    """The card as the reports about its order say it is.

    Args:
        order: The order, settled.
        now: When the news were taken in: the moments of a card are those at which something changed here.
    """
    if card.ended_here:
        return card
    reports = order.dealings.reports
    came = None if first(reports, has_left) is NOTHING else now
    activated_at = card.activated_at or came
    said = last(reports, has_state)
    if said.state not in _ENDS:
        state = CardState.ACTIVE if activated_at else CardState.ORDERED
        return evolve(card, state=state, activated_at=activated_at, ended_at=None, end_reason="")
    return evolve(
        card,
        state=_ENDS[said.state],
        activated_at=activated_at,
        ended_at=card.ended_at or now,
        end_reason=_reason(said.state, said.word),
    )


def _reason(state: PrintState, word: str) -> str:
    if state is PrintState.CANCELLED:
        return "the vendor cancelled the order"
    return f"the order was {word or state.value}"
