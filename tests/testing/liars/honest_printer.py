"""The honest card printer that the liars are made from: the one in memory, with cards to count and signed calls."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import RLock
from typing import Final

from loyaltycore.errors import DeliveryFailed, Fault, WebhookRejected
from loyaltycore.kernel.printing import (
    PrintCancellation,
    PrintEvent,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrinterCapabilities,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.storing.codec import from_data, to_json
from loyaltycore.testing.card_printer_checks.base import Call

_SECRET: Final = b"only for tests"
_TOLERANCE: Final = 300
_MOST_BYTES: Final = 100_000
_A_WHILE: Final = 0.01
_MADE: Final = frozenset({PrintState.PRODUCED, PrintState.DISPATCHED, PrintState.DELIVERED})


class HonestPrinter:
    """A printer whose vendor is in memory, with what a test needs behind its back."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.vendor = MemoryCardPrinter()
        self.made: list[str] = []
        """The references of the cards made, one entry for each card."""
        self.reachable = reachable
        self.calls_made = 0
        self._lock = RLock()

    @property
    def capabilities(self) -> PrinterCapabilities:
        """Everything."""
        return self.vendor.capabilities

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name what the vendor would reject: nothing."""
        return self.vendor.validate(order)

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place an order."""
        if not self.reachable:
            return PrintReceipt(Receipt(DeliveryStatus.NOT_SENT))
        with self._lock:
            return self.vendor.submit(order, key)

    def find(self, reference: str) -> PrintStatus | None:
        """Look an order up."""
        if not self.reachable:
            raise DeliveryFailed("unreachable", "the vendor does not answer", permanent=False)
        return self.vendor.find(reference)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call an order back."""
        return self.vendor.cancel(cancellation) if self.reachable else CancelReceipt(CancelOutcome.NOT_SENT)

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read the list of events."""
        return self.vendor.events_after(cursor, limit)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Prove a call by its signature and its time, and read it."""
        if len(body) > _MOST_BYTES:
            raise WebhookRejected("too_large", "the body is too large")
        given = {name.lower(): value for name, value in headers.items()}
        at = given.get("x-time", "")
        if not hmac.compare_digest(_signature(at, body), given.get("x-signature", "")):
            raise WebhookRejected("bad_signature", "the signature does not fit")
        if abs(now.timestamp() - float(at)) > _TOLERANCE:
            raise WebhookRejected("stale", "the call is of another time")
        return read_call(body)

    def move(self, reference: str, state: PrintState) -> None:
        """Let an order arrive in a state."""
        self.vendor.move(reference, state)
        if state in _MADE and reference not in self.made:
            self.make(reference)

    def make(self, reference: str) -> None:
        """Make a card."""
        self.made.append(reference)

    def pause(self) -> None:
        """Let other threads in."""
        time.sleep(_A_WHILE)

    def last_call(self, reference: str) -> Call:
        """The vendor's call about the last event of an order."""
        events = self.vendor.events_after("", 10_000).events
        event = [event for event in events if event.status.reference == reference][-1]
        at, body = datetime.now(UTC), to_json(event).encode()
        seconds = str(at.timestamp())
        return Call({"X-Time": seconds, "X-Signature": _signature(seconds, body)}, body, at)

    @staticmethod
    def instant_of(headers: Mapping[str, str]) -> datetime | None:
        """When a call claims to be made."""
        at = {name.lower(): value for name, value in headers.items()}.get("x-time")
        return datetime.fromtimestamp(float(at), UTC) if at else None


def read_call(body: bytes) -> tuple[PrintEvent, ...]:
    """What a call says, believed or not."""
    try:
        return (from_data(json.loads(body), PrintEvent),)
    except ValueError as error:
        raise WebhookRejected("malformed", "the body is no event") from error


def _signature(at: str, body: bytes) -> str:
    return hmac.new(_SECRET, at.encode() + body, hashlib.sha256).hexdigest()
