"""The card order: one card for one customer, from the desk to the letter box.

States: placed -> in_production -> dispatched -> delivered, with the side exits returned, rejected, failed and
cancelled. A draft is not a state: it is never stored.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.cards.rules.order_service import CardCosts, DeliveryTarget
from loyaltycore.cards.rules.reports import Report
from loyaltycore.errors import Fault, Refused
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.outbox import DETAIL_LENGTH
from loyaltycore.kernel.printing import PostalAddress, PrintState
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.words import as_text


class OrderState(Enum):
    """Where an order is."""

    PLACED = "placed"
    IN_PRODUCTION = "in_production"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REJECTED = "rejected"
    """The vendor does not take it."""

    FAILED = "failed"
    """The card could not be made."""

    CANCELLED = "cancelled"


class Cancellation(Enum):
    """How far a request to cancel has come."""

    NONE = "none"
    REQUESTED = "requested"
    """The vendor has been asked, or will be."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    """The vendor made the card all the same; it is out of use here."""


UNDER_WAY: Final = frozenset({OrderState.DISPATCHED, OrderState.DELIVERED, OrderState.RETURNED})
"""States in which the card has left the vendor: too late to cancel."""


NEVER_MADE: Final = frozenset({OrderState.REJECTED, OrderState.FAILED})
"""States in which no card was made: nothing is due."""


@frozen
class Dealings:
    """What the vendor said and what we asked of it: the state of an order follows from nothing else."""

    reports: tuple[Report, ...] = ()
    """What the vendor said, oldest first by its own count."""
    wish: Cancellation = Cancellation.NONE
    """What became of our request to cancel by the answer to the request alone."""


@frozen(repr=False)
class CardOrder:
    """An order for one customer card."""

    __repr__ = showing("id", "customer_id", "state")

    id: str
    """Our id, which is also the vendor's reference for the order."""
    customer_id: str
    card_id: str
    """The card that the customer got with the order."""
    service_id: str
    """The order service under which it was placed."""
    branch_id: str
    """Where it was placed; empty for the head office."""
    template: str
    product: str
    """The vendor's name of the design."""
    valid_until: date | None
    """Last day of validity, or None."""
    comment: str
    """What deviates from the standard order."""
    target: DeliveryTarget
    recipient: PostalAddress
    """The address on the shipment."""
    costs: CardCosts
    """What the order costs: card, print, dispatch."""
    state: OrderState
    ordered_at: datetime
    ordered_by: str
    expected_dispatch: date
    """When the vendor is likely to dispatch it."""
    replaces: str = ""
    """The id of the card that the new one follows, or empty."""
    production: PrintState | None = None
    """What the vendor said last, in shared words, or None."""
    vendor_word: str = ""
    vendor_id: str = ""
    """The vendor's id of the order."""
    vendor_revision: int = 0
    """The vendor's count of its changes to the order, as far as it is known."""
    reason_code: str = ""
    """Why it was rejected, failed or returned."""
    reason: str = ""
    tracking: str = ""
    cancellation: Cancellation = Cancellation.NONE
    """How far a request to cancel has come."""
    cancelled_at: datetime | None = None
    """When it was cancelled here."""
    cancelled_by: str = ""
    cancel_reason: str = ""
    dispatched_at: datetime | None = None
    """When the vendor dispatched the card, by the first report that it was on its way."""
    delivered_at: datetime | None = None
    dealings: Dealings = Dealings()
    """What all from `state` on is read from."""
    version: int = 1

    @property
    def costs_due(self) -> Money:
        """What the order really costs: nothing if no card was made."""
        nothing = Money(0, self.costs.card.currency)
        if self.state in NEVER_MADE or self.cancellation is Cancellation.CONFIRMED:
            return nothing
        if self.state is OrderState.CANCELLED and self.cancellation is not Cancellation.REFUSED:
            return nothing
        return self.costs.total


def submission_key(order_id: str) -> str:
    """The idempotency key under which an order goes to the vendor."""
    return f"{order_id}.submit"


def cancellation_key(order_id: str) -> str:
    """The idempotency key under which the request to cancel goes to the vendor."""
    return f"{order_id}.cancel"


def require_placed(order: CardOrder) -> None:
    """Make sure that an order may still be handed over: once the vendor has refused it, its card is out of use.

    Raises:
        Refused: ``outbox.order_closed``.
    """
    if order.state is not OrderState.PLACED:
        raise Refused(
            "outbox.order_closed",
            "the order behind this message is closed",
            remedy="order a new card",
            order=order.id,
            state=order.state.value,
        )


def require_no_faults(faults: tuple[Fault, ...]) -> None:
    """Make sure that the vendor finds nothing wrong with an order.

    Raises:
        Refused: ``card_order.not_printable``, with everything that is wrong.
    """
    if faults:
        raise Refused(
            "card_order.not_printable",
            f"the vendor cannot make this card: {in_one_line(faults)}",
            remedy="change what the template puts on the card, or the customer's data",
            faults=faults,
        )


def in_one_line(faults: tuple[Fault, ...]) -> str:
    """What is wrong with an order, for people; the words may be a vendor's, so they are made storable."""
    lines = (
        f"{as_text(fault.field, DETAIL_LENGTH)}: {as_text(fault.message, DETAIL_LENGTH)}" for fault in faults
    )
    return "; ".join(lines)
