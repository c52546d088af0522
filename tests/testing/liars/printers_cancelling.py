"""Card printers that are wrong about what can still be called back."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve

from loyaltycore.kernel.printing import PrintCancellation, PrintOrder, PrintState, PrintStatus
from loyaltycore.ports.card_printing import CancelOutcome, CancelReceipt, PrintReceipt
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.honest_vendor import Answer


class CancelsByVendorIdAlone(HonestPrinter):
    """Does not know an order whose vendor's id is not given."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back by the vendor's id."""
        if not cancellation.vendor_id:
            return CancelReceipt(CancelOutcome.UNKNOWN_ORDER)
        return super().cancel(cancellation)


class CancelsWhateverHasTheId(HonestPrinter):
    """Calls back the order with the vendor's id, whatever its reference."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back by the vendor's id, if there is one."""
        for held in self.vendor.orders:
            if held.id == cancellation.vendor_id:
                cancellation = evolve(cancellation, reference=held.document["ref"])
        return super().cancel(cancellation)


class CancelsOnce(HonestPrinter):
    """Finds that a wish comes too late when it comes again."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back, once."""
        known = self.find(cancellation.reference) if self.vendor.reachable else None
        if known is not None and known.state is PrintState.CANCELLED:
            return CancelReceipt(CancelOutcome.TOO_LATE, known)
        return super().cancel(cancellation)


class CancelsItsOwnOrders(HonestPrinter):
    """Does not know an order that another printer with the same vendor has placed."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.own: set[str] = set()

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, and remember."""
        self.own.add(order.reference)
        return super().submit(order, key)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back what is remembered."""
        if cancellation.reference in self.own or not self.vendor.reachable:
            return super().cancel(cancellation)
        return CancelReceipt(CancelOutcome.UNKNOWN_ORDER)


class RefusesLongReasons(HonestPrinter):
    """Takes a reason that the vendor has no room for as a mistake in the request."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back for short reasons."""
        if len(cancellation.reason) > 500:
            return CancelReceipt(CancelOutcome.REJECTED, code="reason")
        return super().cancel(cancellation)


class MakesCancelledCards(HonestPrinter):
    """Agrees to cancel, and has the card made."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Agree."""
        answer = super().cancel(cancellation)
        for held in self.vendor.orders:
            if held.document["ref"] == cancellation.reference:
                again = held.document | {"ref": cancellation.reference}
                self.vendor.call("place", again, f"again.{cancellation.reference}")
        return answer


class CancelsAtHome(HonestPrinter):
    """Notes a wish to cancel for itself, and asks nobody."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.cancelled: set[str] = set()

    def find(self, reference: str) -> PrintStatus | None:
        """Look, and see what was noted."""
        found = super().find(reference)
        if found is not None and reference in self.cancelled:
            return evolve(found, state=PrintState.CANCELLED, revision=found.revision + 1)
        return found

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Note it."""
        found = self.find(cancellation.reference)
        if found is None or found.state not in {
            PrintState.RECEIVED,
            PrintState.ACCEPTED,
            PrintState.CANCELLED,
        }:
            return super().cancel(cancellation)
        self.cancelled.add(cancellation.reference)
        return CancelReceipt(CancelOutcome.CANCELLED, self.find(cancellation.reference))


class AsksNobodyToCancel(HonestPrinter):
    """Says that the vendor has not decided yet, and never asks it."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Say so."""
        found = self.find(cancellation.reference)
        if found is None or found.state is PrintState.DISPATCHED:
            return super().cancel(cancellation)
        return CancelReceipt(CancelOutcome.REQUESTED, found)


class TakesAWishForACancellation(HonestPrinter):
    """Says that a card is cancelled when the vendor has only noted the wish."""

    def cancel_outcome(self, answer: Answer) -> CancelOutcome:
        """Take what was noted for what was done."""
        found = super().cancel_outcome(answer)
        return CancelOutcome.CANCELLED if found is CancelOutcome.REQUESTED else found


class NeverTooLate(HonestPrinter):
    """Says that the vendor has not decided yet when it has refused."""

    def cancel_outcome(self, answer: Answer) -> CancelOutcome:
        """Take a no for a perhaps."""
        found = super().cancel_outcome(answer)
        return CancelOutcome.REQUESTED if found is CancelOutcome.TOO_LATE else found


class CancelsAnything(HonestPrinter):
    """Agrees to cancel what it never had, and what is on its way."""

    def cancel_outcome(self, answer: Answer) -> CancelOutcome:
        """Agree to everything."""
        return CancelOutcome.CANCELLED


CANCELLING_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    CancelsByVendorIdAlone,
    CancelsWhateverHasTheId,
    CancelsOnce,
    CancelsItsOwnOrders,
    RefusesLongReasons,
    MakesCancelledCards,
    CancelsAtHome,
    AsksNobodyToCancel,
    TakesAWishForACancellation,
    NeverTooLate,
    CancelsAnything,
)
