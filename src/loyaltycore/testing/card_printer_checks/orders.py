"""Orders are checked, taken once, found again and called back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve
from hypothesis import given

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import (
    Encoding,
    EncodingKind,
    PrintCancellation,
    PrintOrder,
    PrintState,
)
from loyaltycore.ports.card_printing import CancelOutcome, CardPrinter
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.card_printer_checks.base import PrinterChecks, key_of
from loyaltycore.testing.strategies.messages import print_orders
from loyaltycore.testing.suite import examples, needs

_UNKNOWN = ("kit-never", "", "a/../b?c=d&e#f", "ä ö", "x" * 300, "\r\nX-Injected: yes")
_SPOILT = ("", " ", "\x00", "\ud800", "Ω中\U0001f600", "x" * 400, "\r\nX-Injected: yes")
_OPEN = frozenset({CancelOutcome.CANCELLED, CancelOutcome.REQUESTED})


def cancellation(order: PrintOrder, vendor_id: str = "") -> PrintCancellation:
    """The request to cancel an order."""
    return PrintCancellation(order.reference, vendor_id, "ordered by mistake")


def spoilt(order: PrintOrder) -> Iterator[PrintOrder]:
    """The order with one wrong value, in many ways."""
    for text in _SPOILT:
        yield evolve(order, product=text)
        yield evolve(order, comment=text)
        yield evolve(order, ship_to=evolve(order.ship_to, city=text))
        yield evolve(order, encodings=(evolve(order.encodings[0], value=text),))
    yield evolve(order, ship_to=evolve(order.ship_to, lines=()))
    yield evolve(order, encodings=())


class OrderChecks(PrinterChecks, kit=True):
    """`validate`, `submit`, `find` and `cancel`."""

    def test_capabilities_stand_still(self) -> None:
        """Asking twice gives the same answer: "fixed for the life of the adapter"."""
        with self.open() as printer:
            before = printer.capabilities
            assert before.encodings, "a printer that puts nothing on a card"
            self.placed(printer)
            assert printer.capabilities == before

    def test_a_right_order_is_taken(self) -> None:
        """Orders within the vendor's offer have no faults and are accepted: "nothing wrong answers ``()``"."""
        with self.open() as printer:
            orders = print_orders(printer.capabilities.encodings, (self.product,))

            @examples(15)
            @given(orders)
            def holds(order: PrintOrder) -> None:
                fresh = self._within_offer(printer, order)
                assert printer.validate(fresh) == ()
                assert printer.submit(fresh, key_of(fresh)).receipt.status is DeliveryStatus.ACCEPTED

            holds()

    def _within_offer(self, printer: CardPrinter, order: PrintOrder) -> PrintOrder:
        return evolve(
            order,
            reference=self.an_order(printer).reference,
            bulk=order.bulk and printer.capabilities.bulk,
            ship_to=evolve(order.ship_to, country=self.ship_to.country),
        )

    def test_what_is_rejected_was_named_before(self) -> None:
        """The vendor rejects nothing that `validate` let pass: "Name everything in the order that the vendor would reject"."""
        with self.open() as printer:
            for order in spoilt(self.an_order(printer)):
                fresh = evolve(order, reference=self.an_order(printer).reference)
                faults = printer.validate(fresh)
                assert printer.validate(fresh) == faults, "the same order has other faults"
                if not faults:
                    receipt = printer.submit(fresh, key_of(fresh)).receipt
                    assert receipt.status is DeliveryStatus.ACCEPTED, f"nothing was named, then: {receipt}"

    def test_what_is_not_offered_is_named(self) -> None:
        """A kind of code that the vendor cannot put on a card is a fault: "said here and never dropped silently"."""
        with self.open() as printer:
            for kind in frozenset(EncodingKind) - printer.capabilities.encodings:
                order = self.an_order(printer, encodings=(Encoding(kind, "4006381333931"),))
                assert printer.validate(order), f"{kind} is not offered, and not refused"
            if not printer.capabilities.cover_letters:
                assert printer.validate(self.an_order(printer, cover_letter="welcome"))
            if not printer.capabilities.bulk:
                assert printer.validate(self.an_order(printer, bulk=True))

    def test_an_accepted_order_has_a_status(self) -> None:
        """The receipt says where the order is: "What the vendor says about the order if it accepted it"."""
        with self.open() as printer:
            order = self.an_order(printer)
            answer = printer.submit(order, key_of(order))
            assert answer.receipt.status is DeliveryStatus.ACCEPTED
            assert answer.status is not None
            assert answer.status.reference == order.reference
            assert answer.status.occurred_at.tzinfo is not None, "an instant without a time zone"

    @needs("peekable")
    def test_one_order_makes_one_card(self) -> None:
        """However often an order is submitted under its key, one card is made: "is made once"."""
        with self.open() as printer:
            if not printer.capabilities.idempotent:
                pytest.skip("the vendor does not recognise a repetition")
            order = self.an_order(printer)
            answers = [printer.submit(order, key_of(order)) for _ in range(3)]
            assert {answer.receipt.status for answer in answers} == {DeliveryStatus.ACCEPTED}
            assert len({answer.status.vendor_id for answer in answers if answer.status}) == 1
            assert self.cards(printer, order) == 1

    @needs("peekable")
    def test_one_order_makes_one_card_in_a_race(self) -> None:
        """Threads that submit the same order at the same time make one card: "is made once"."""
        with self.open() as printer:
            if not printer.capabilities.idempotent:
                pytest.skip("the vendor does not recognise a repetition")
            order = self.an_order(printer)
            with ThreadPoolExecutor(4) as pool:
                for future in [pool.submit(printer.submit, order, key_of(order)) for _ in range(4)]:
                    future.result()
            assert self.cards(printer, order) == 1

    @needs("peekable")
    def test_every_order_makes_a_card(self) -> None:
        """Two orders that look alike are two: "Our own reference, unique for ever"."""
        with self.open() as printer:
            orders = [self.placed(printer) for _ in range(2)]
            assert [self.cards(printer, order) for order in orders] == [1, 1]

    def test_an_order_is_found(self) -> None:
        """An accepted order is found by our reference: "Look an order up by our reference"."""
        with self.open() as printer:
            orders = [self.placed(printer) for _ in range(2)]
            for order in orders:
                found = self.status(printer, order)
                assert found.reference == order.reference
                assert found.revision >= 1

    def test_an_unknown_order_is_not_found(self) -> None:
        """A reference that the vendor never saw is not an error, whatever it contains: "None if the vendor certainly has none"."""
        with self.open() as printer:
            self.status(printer, self.placed(printer))
            assert [printer.find(reference) for reference in _UNKNOWN] == [None] * len(_UNKNOWN)

    def test_an_order_is_called_back(self) -> None:
        """Before production an order can be cancelled, with the vendor's id or without: "Ask that an order not be carried out"."""
        with self.open() as printer:
            self._needs_cancellation(printer)
            without, with_id = self.placed(printer), self.placed(printer)
            vendor_id = self.status(printer, with_id).vendor_id
            for wish in (cancellation(without), cancellation(with_id, vendor_id)):
                answer = printer.cancel(wish)
                assert answer.outcome in _OPEN
                if answer.outcome is CancelOutcome.CANCELLED:
                    found = printer.find(wish.reference)
                    assert found is not None
                    assert found.state is PrintState.CANCELLED

    def test_asking_twice_is_asking_once(self) -> None:
        """A repeated cancellation gets the same answer: "Asking twice is the same as asking once"."""
        with self.open() as printer:
            self._needs_cancellation(printer)
            order = self.placed(printer)
            assert printer.cancel(cancellation(order)).outcome == printer.cancel(cancellation(order)).outcome

    @needs("peekable")
    def test_a_cancelled_order_makes_no_card(self) -> None:
        """A card cancelled in time is not made: "Ask that an order not be carried out"."""
        with self.open() as printer:
            self._needs_cancellation(printer)
            order = self.placed(printer)
            if printer.cancel(cancellation(order)).outcome is CancelOutcome.CANCELLED:
                assert self.peek(printer, order.reference) == 0

    def test_what_was_never_ordered_cannot_be_cancelled(self) -> None:
        """Cancelling an order that the vendor does not have gets that answer: "The vendor has no such order"."""
        with self.open() as printer:
            self._needs_cancellation(printer)
            wish = cancellation(self.an_order(printer))
            assert printer.cancel(wish).outcome is CancelOutcome.UNKNOWN_ORDER

    @needs("movable")
    def test_a_card_on_its_way_stays_on_its_way(self) -> None:
        """A cancellation that comes too late changes nothing: "The answer to a request to cancel"."""
        with self.open() as printer:
            self._needs_cancellation(printer)
            order = self.placed(printer)
            self.move(printer, order.reference, PrintState.DISPATCHED)
            assert printer.cancel(cancellation(order)).outcome is CancelOutcome.TOO_LATE
            assert self.status(printer, order).state is PrintState.DISPATCHED

    @staticmethod
    def _needs_cancellation(printer: CardPrinter) -> None:
        if not printer.capabilities.cancellation:
            pytest.skip("the vendor cancels nothing")

    @needs("unreachable")
    def test_a_network_that_fails_is_an_answer(self) -> None:
        """Nothing but `find` raises, and nothing is claimed: "No method raises for what the network or the vendor does"."""
        with self.open_unreachable() as printer:
            order = self.an_order(printer)
            receipt = printer.submit(order, key_of(order)).receipt
            assert receipt.status in {DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN}
            wish = cancellation(order, "some-id")
            assert printer.cancel(wish).outcome in {CancelOutcome.NOT_SENT, CancelOutcome.UNKNOWN}

    @needs("unreachable")
    def test_a_look_up_that_fails_is_no_none(self) -> None:
        """Nothing found and nothing heard are two answers: "The vendor gave no usable answer"."""
        with self.open_unreachable() as printer, pytest.raises(DeliveryFailed) as caught:
            printer.find("kit-never")
        assert not caught.value.permanent
