"""Orders are called back, or it is too late, and what was said is what happens."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from loyaltycore.kernel.printing import PrintCancellation, PrintOrder, PrintState
from loyaltycore.ports.card_printing import CancelOutcome, CardPrinter
from loyaltycore.testing.card_printer_checks.base import (
    PrinterChecks,
    a_reference,
    cancellation,
    needs_cancellation,
)
from loyaltycore.testing.card_printer_checks.keys import near
from loyaltycore.testing.card_printer_checks.parts import RUDE, TELLING
from loyaltycore.testing.suite import needs

OPEN: Final = frozenset({CancelOutcome.CANCELLED, CancelOutcome.REQUESTED})


class CancelChecks(PrinterChecks, kit=True):
    """`cancel`, as long as the vendor answers."""

    def test_an_order_is_called_back(self) -> None:
        """Before production an order can be cancelled, with the vendor's id or without: "Ask that an order not be carried out"."""
        with self.open() as printer:
            needs_cancellation(printer)
            without, with_id = self.placed(printer), self.placed(printer)
            vendor_id = self.status(printer, with_id).vendor_id
            for wish in (cancellation(without), cancellation(with_id, vendor_id)):
                answer = printer.cancel(wish)
                assert answer.outcome in OPEN, f"nothing is made yet, and the answer is {answer.outcome}"
                if answer.status is not None and answer.status.state is PrintState.CANCELLED:
                    assert answer.outcome is CancelOutcome.CANCELLED, (
                        "it is cancelled, and the answer is that it may be"
                    )
                if answer.outcome is CancelOutcome.CANCELLED:
                    found = printer.find(wish.reference)
                    assert found is not None, "the cancelled order is not found"
                    assert found.state is PrintState.CANCELLED, f"the cancelled order is {found.state}"

    def test_no_reason_is_refused(self) -> None:
        """Whatever people write as the reason, the request is made: "It may hold anything, and no request is refused for it"."""
        with self.open() as printer:
            needs_cancellation(printer)
            for reason in (*RUDE, *TELLING, "x" * 5000):
                order = self.placed(printer)
                outcome = printer.cancel(PrintCancellation(order.reference, "", reason)).outcome
                assert outcome in OPEN, f"because of the reason {reason[:30]!r}, the answer is {outcome}"

    def test_asking_twice_is_asking_once(self) -> None:
        """A repeated cancellation gets the same answer: "Asking twice is the same as asking once"."""
        with self.open() as printer:
            needs_cancellation(printer)
            order = self.placed(printer)
            first, second = (printer.cancel(cancellation(order)).outcome for _ in range(2))
            assert first == second, f"first {first}, then {second}"

    @needs("peekable")
    def test_a_cancelled_order_makes_no_card(self) -> None:
        """A card cancelled in time is not made: "The vendor certainly makes no card"."""
        with self.open() as printer:
            needs_cancellation(printer)
            order = self.placed(printer)
            assert len(self.peek(printer, order.reference)) == 1, (
                "before the cancellation there is no card to be made"
            )
            if printer.cancel(cancellation(order)).outcome is CancelOutcome.CANCELLED:
                assert not self.peek(printer, order.reference), "the vendor goes on with the cancelled order"

    @needs("movable")
    def test_what_was_said_is_what_happens(self) -> None:
        """At every stage, the vendor does what the answer to a cancellation says: "The vendor certainly makes no card", "its answer comes as a status" and "The vendor goes on with the order, or is done with it"."""
        self.skip_without("peekable")
        with self.open() as printer:
            needs_cancellation(printer)
            for state in (None, *self.way):
                order = self.placed(printer)
                if state is not None:
                    self.move(printer, order.reference, state)
                outcome = printer.cancel(cancellation(order)).outcome
                if outcome is not CancelOutcome.CANCELLED:
                    # What the vendor cancels after all goes nowhere.
                    with suppress(Exception):
                        self.move(printer, order.reference, self.way[-1])
                self._assert_came_true(printer, order, outcome)

    def _assert_came_true(self, printer: CardPrinter, order: PrintOrder, outcome: CancelOutcome) -> None:
        made, status = len(self.peek(printer, order.reference)), self.status(printer, order)
        cancelled = status.state is PrintState.CANCELLED
        if outcome is CancelOutcome.CANCELLED:
            assert (made, cancelled) == (0, True), f"cancelled, then {status.state}, with {made} cards"
        elif outcome is CancelOutcome.TOO_LATE:
            assert (made, cancelled) == (1, False), f"too late, then {status.state}, with {made} cards"
        else:
            assert outcome is CancelOutcome.REQUESTED, f"the vendor was there, and the answer is {outcome}"
            assert (made, cancelled) in {(0, True), (1, False)}, f"{status.state}, with {made} cards"
            assert cancelled or status.cancellation_refused, (
                f"requested, then {status.state} without an answer"
            )

    def test_what_was_never_ordered_cannot_be_cancelled(self) -> None:
        """Cancelling an order that the vendor does not have gets that answer, whatever other orders it resembles: "The vendor has no such order"."""
        with self.open() as printer:
            needs_cancellation(printer)
            order = self.placed(printer)
            for reference in (a_reference(), *near(order)):
                outcome = printer.cancel(cancellation(self.an_order(printer, reference=reference))).outcome
                assert outcome is CancelOutcome.UNKNOWN_ORDER, f"{reference!r} is {outcome}"
            assert self.status(printer, order).state is not PrintState.CANCELLED, (
                "another order was cancelled"
            )

    def test_no_other_order_is_cancelled(self) -> None:
        """A wrong id of the vendor, or another order's, neither stops another card nor hides the order: "about the order with the reference and about no other one"."""
        with self.open() as printer:
            needs_cancellation(printer)
            other = self.placed(printer)
            for vendor_id in (self.status(printer, other).vendor_id, a_reference()):
                outcome = printer.cancel(cancellation(self.placed(printer), vendor_id)).outcome
                assert outcome in OPEN, f"with a wrong id of the vendor, the answer is {outcome}"
            assert self.status(printer, other).state is not PrintState.CANCELLED, (
                "another order was cancelled"
            )
            if self.capabilities.peekable:
                assert len(self.peek(printer, other.reference)) == 1, "another order's card is not made"

    @needs("durable")
    def test_any_printer_calls_an_order_back(self) -> None:
        """A printer that is opened anew cancels what another one ordered: "Ask that an order not be carried out"."""
        with self.open() as printer:
            needs_cancellation(printer)
            order = self.placed(printer)
            with self.reopen(printer) as another:
                outcome = another.cancel(cancellation(order)).outcome
            assert outcome in OPEN, f"nothing is made yet, and the answer is {outcome}"

    @needs("movable")
    def test_a_card_on_its_way_stays_on_its_way(self) -> None:
        """A cancellation that comes too late changes nothing: "The vendor goes on with the order, or is done with it"."""
        with self.open() as printer:
            needs_cancellation(printer)
            order = self.placed(printer)
            self.move(printer, order.reference, PrintState.DISPATCHED)
            outcome = printer.cancel(cancellation(order)).outcome
            assert outcome is CancelOutcome.TOO_LATE, f"the card is on its way, and the answer is {outcome}"
            assert self.status(printer, order).state is PrintState.DISPATCHED, (
                "the card is somewhere else now"
            )
