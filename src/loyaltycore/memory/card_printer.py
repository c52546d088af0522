"""A card vendor in memory: takes orders once per key, and lets a test move them along."""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime

from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore.kernel.printing import (
    BEFORE_PRODUCTION,
    EncodingKind,
    PrintEvent,
    PrintState,
    PrintStatus,
)
from loyaltycore.ports.card_printing import (
    UNKNOWN_CURSOR,
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrintCancellation,
    PrinterCapabilities,
    PrintOrder,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt


class MemoryCardPrinter:
    """Keeps orders and statuses."""

    def __init__(self, source: str = "memory") -> None:
        self.source = source
        self.orders: dict[str, PrintOrder] = {}
        """The orders taken, by reference."""
        self.statuses: dict[str, PrintStatus] = {}
        """Where each one is, by reference."""
        self.answers: deque[DeliveryStatus] = deque()
        """Statuses for the next submissions, which are then not taken; with `UNKNOWN` the order is taken all the
        same."""
        self.faults: tuple[Fault, ...] = ()
        self._events: list[PrintEvent] = []
        self._keys: dict[str, str] = {}

    @property
    def capabilities(self) -> PrinterCapabilities:
        """It can do everything."""
        return PrinterCapabilities(encodings=frozenset(EncodingKind))

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:  # noqa: ARG002  takes everything
        """Return what a test has put into `faults`."""
        return self.faults

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Take an order; the same key returns the same order, and is refused for another one."""
        answer = self.answers.popleft() if self.answers else DeliveryStatus.ACCEPTED
        if answer in {DeliveryStatus.REJECTED, DeliveryStatus.NOT_SENT}:
            return PrintReceipt(Receipt(answer, code="told_to"))
        if self.faults:
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="invalid_order"), faults=self.faults)
        if self.orders.get(self._keys.get(key, ""), order) != order:
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="idempotency_key_reused"))
        if key not in self._keys:
            self._keys[key] = order.reference
            self.orders[order.reference] = order
            self._set(order.reference, PrintState.RECEIVED)
        if answer is DeliveryStatus.UNKNOWN:
            return PrintReceipt(Receipt(answer, code="told_to"))
        status = self.statuses[self._keys[key]]
        return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED, vendor_id=status.vendor_id), status)

    def find(self, reference: str) -> PrintStatus | None:
        """Look an order up."""
        return self.statuses.get(reference)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Cancel at once before production; afterwards it is too late."""
        status = self.statuses.get(cancellation.reference)
        if status is None:
            return CancelReceipt(CancelOutcome.UNKNOWN_ORDER)
        if status.state is PrintState.CANCELLED:
            return CancelReceipt(CancelOutcome.CANCELLED, status)
        if status.state not in BEFORE_PRODUCTION:
            return CancelReceipt(CancelOutcome.TOO_LATE, status, code="too_late")
        return CancelReceipt(
            CancelOutcome.CANCELLED, self._set(cancellation.reference, PrintState.CANCELLED).status
        )

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read the events after a cursor."""
        if not re.fullmatch("[0-9]{0,9}", cursor) or int(cursor or 0) > len(self._events):
            raise DeliveryFailed(UNKNOWN_CURSOR, "that is no cursor of this vendor", permanent=True)
        start = int(cursor or 0)
        portion = tuple(self._events[start : start + limit])
        end = start + len(portion)
        return EventPage(portion, str(end), end < len(self._events))

    def move(
        self, reference: str, state: PrintState, *, reason_code: str = "", tracking: str = ""
    ) -> PrintEvent:
        """Bring an order into a state and return the event that says so."""
        return self._set(reference, state, reason_code=reason_code, tracking=tracking)

    def _set(
        self, reference: str, state: PrintState, *, reason_code: str = "", tracking: str = ""
    ) -> PrintEvent:
        held = self.statuses.get(reference)
        return self._record(
            PrintStatus(
                reference=reference,
                vendor_id=f"v-{reference}",
                revision=held.revision + 1 if held else 1,
                state=state,
                raw_state=state.value,
                occurred_at=datetime.now(UTC),
                reason_code=reason_code,
                tracking=tracking,
            )
        )

    def _record(self, status: PrintStatus) -> PrintEvent:
        self.statuses[status.reference] = status
        event = PrintEvent(self.source, f"e-{len(self._events) + 1}", status)
        self._events.append(event)
        return event
