"""The port to whoever prints cards, and its two optional protocols."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Final, Protocol, runtime_checkable

from attrs import frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import (
    Encoding,
    EncodingKind,
    PostalAddress,
    PrintCancellation,
    PrintEvent,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt

__all__ = [
    "UNKNOWN_CURSOR",
    "CancelOutcome",
    "CancelReceipt",
    "CardPrinter",
    "CardSlot",
    "DeliveryStatus",
    "Encoding",
    "EncodingKind",
    "EventPage",
    "PostalAddress",
    "PrintCancellation",
    "PrintEvent",
    "PrintOrder",
    "PrintReceipt",
    "PrintState",
    "PrintStatus",
    "PrinterCapabilities",
    "Receipt",
    "SupportsEvents",
    "SupportsWebhooks",
]


@frozen
class CardSlot:
    """A place on a vendor's cards, for one value."""

    name: str
    """What an encoding calls it in `slot`."""
    kinds: frozenset[EncodingKind]
    """What can be put there."""
    limit: int
    """Greatest number of characters."""


@frozen
class PrinterCapabilities:
    """What a vendor can do; what it cannot do is said here and never dropped silently."""

    encodings: frozenset[EncodingKind]
    """What it can put on a card."""
    bulk: bool = True
    """Whether several cards can travel to a branch in one shipment."""
    cover_letters: bool = True
    """Whether a letter can go with the card."""
    cancellation: bool = True
    """Whether an order can be called back at all."""
    idempotent: bool = True
    """Whether a repeated `submit` with the same key is recognised."""
    lookup: bool = True
    """Whether `find` can answer."""
    slots: tuple[CardSlot, ...] | None = None
    """The places on its cards, where they are fixed: a value for any other one, or one that does not fit, is refused.
    None if an order may name any place."""


@frozen
class PrintReceipt:
    """The answer to a submitted order."""

    receipt: Receipt
    """Accepted, rejected, not sent or unknown."""
    status: PrintStatus | None = None
    """What the vendor says about the order if it accepted it."""
    faults: tuple[Fault, ...] = ()
    """What the vendor finds wrong with the order if it rejected it."""


class CancelOutcome(Enum):
    """The answer to a request to cancel."""

    CANCELLED = "cancelled"
    """The vendor certainly makes no card."""

    REQUESTED = "requested"
    """The vendor has not decided yet; its answer comes as a status."""

    TOO_LATE = "too_late"
    """The vendor goes on with the order, or is done with it."""

    UNKNOWN_ORDER = "unknown_order"
    """The vendor has no such order."""

    NOT_SENT = "not_sent"
    """The vendor was certainly not asked, or it says that it takes no calls now. Try again later."""

    UNKNOWN = "unknown"
    """No answer came that proves anything: the order may have been cancelled. Ask again."""

    REJECTED = "rejected"
    """The vendor refuses the call itself as malformed: a person has to look."""


@frozen
class CancelReceipt:
    """The answer to a request to cancel."""

    outcome: CancelOutcome
    """What became of the request."""
    status: PrintStatus | None = None
    """What the vendor says about the order now, or None."""
    code: str = ""
    """Stable word for the reason, or empty if the request was heard."""
    detail: str = ""
    retry_after: float | None = None
    """Seconds after which asking again makes sense, or None."""


class CardPrinter(Protocol):
    """Has cards made. No method raises for what the network or the vendor does.

    Each takes a bounded time and bounded memory, whatever the vendor does; none waits because the vendor asks to. Whatever
    went wrong, the next call is made as if it had not. Any number of threads may use one adapter. A vendor that does not let
    the adapter in is an adapter that is set up wrongly, not an answer about an order.
    """

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What this vendor can do; fixed for the life of the adapter, answered without I/O."""
        ...

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name everything in the order that the vendor would reject, without I/O; nothing wrong answers ``()``.

        The two agree: what it names, `submit` rejects; what it does not name, the vendor takes.
        """
        ...

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place an order: one card, with every value in its place and letter for letter as ordered, sent as ordered.

        The same order with the same key may be submitted any number of times, from any process, and is made once, even if
        it was cancelled in the meantime; another order with a known key is never taken for it. After an unknown outcome the
        caller repeats, or asks `find`. How long the vendor asks to wait stands in `retry_after`.

        Args:
            key: 16 to 128 characters of ``A-Z a-z 0-9 . _ -``; two that differ in any one of them are two keys.

        Raises:
            DeliveryFailed: The adapter is set up wrongly.
        """
        ...

    def find(self, reference: str) -> PrintStatus | None:
        """Look an order up by our whole reference; None if the vendor certainly has none.

        Raises:
            DeliveryFailed: The vendor gave no usable answer; `permanent` says whether asking again is pointless.
        """
        ...

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Ask that an order not be carried out. Asking twice is the same as asking once.

        It is about the order with the reference and about no other one, whatever its `vendor_id` says.

        Raises:
            DeliveryFailed: The adapter is set up wrongly; the request was not made.
        """
        ...


@runtime_checkable
class SupportsWebhooks(Protocol):
    """The vendor calls us."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Prove that a call comes from the vendor and read it; it says what `find` would have said then.

        Args:
            headers: The HTTP headers; names in any case. Web servers may join a header that was sent twice with a
                comma: a proof that appears twice is refused. So is one that is changed, cut short, empty or missing.
            body: Byte for byte as received.
            now: The present instant, aware: calls that are too old or from the future are refused, an hour at the latest.
                Half a minute is no age: calls take time, and clocks differ.

        Returns:
            What it says; an event of an unknown type yields nothing.

        Raises:
            WebhookRejected: ``bad_signature``, ``stale``, ``malformed`` or ``too_large``. Nothing was believed.
        """
        ...


@frozen
class EventPage:
    """A portion of a vendor's events."""

    events: tuple[PrintEvent, ...]
    """In the vendor's order."""
    cursor: str
    """Leads to what comes after the last of these events, now or later."""
    more: bool
    """Whether there is more right now."""


UNKNOWN_CURSOR: Final = "unknown_cursor"
"""The code for a cursor that the vendor never gave, or has forgotten."""


@runtime_checkable
class SupportsEvents(Protocol):
    """The vendor's events can be read again, for catching up after a failure."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read the events after `cursor`; the empty cursor is the beginning.

        From page to page, of any size, each event comes once, and says what `find` would have said then.

        Args:
            limit: Greatest number of events, from 1; a page may have fewer.

        Raises:
            DeliveryFailed: The vendor gave no usable answer. The code ``unknown_cursor``, permanent, says that the
                cursor is not one of this vendor, for example because it comes from another one: an empty page would
                hide news, so the caller begins again at the beginning.
        """
        ...
