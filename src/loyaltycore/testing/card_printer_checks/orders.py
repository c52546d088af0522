"""What a printer offers, which orders it takes, and what the vendor then has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintOrder
from loyaltycore.ports.card_printing import CancelOutcome, CardPrinter
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.auditing import io_calls
from loyaltycore.testing.card_printer_checks.base import (
    PrinterChecks,
    a_key,
    a_reference,
    accepted,
    cancellation,
    in_full,
    key_of,
    spoken,
)
from loyaltycore.testing.card_printer_checks.brinks import at_the_brink, letter_by_letter
from loyaltycore.testing.card_printer_checks.offers import any_orders, misfits, plain_orders
from loyaltycore.testing.card_printer_checks.parts import (
    RUDE,
    TELLING,
    assert_as_ordered,
    one_by_one,
    too_many,
    word_by_word,
)
from loyaltycore.testing.receipts import said
from loyaltycore.testing.suite import examples, needs
from loyaltycore.testing.trouble import Trouble

_A_DAY: Final = timedelta(days=1)


class OrderChecks(PrinterChecks, kit=True):
    """`capabilities`, `validate` and `submit`."""

    def test_capabilities_stand_still(self) -> None:
        """The same answer whenever it is asked for, from memory: "fixed for the life of the adapter, answered without I/O"."""
        with self.open() as printer:
            with io_calls() as calls:
                before = printer.capabilities
            assert calls == [], "what the vendor can do was read from somewhere"
            assert before.encodings, "a printer that puts nothing on a card"
            self.placed(printer)
            assert printer.capabilities == before, "after an order the vendor can do something else"

    def test_checking_an_order_asks_nobody(self) -> None:
        """Orders are checked from memory, whether or not somebody answers: "without I/O"."""
        with self.open() as printer:
            first = self.an_order(printer)
            orders = [
                *one_by_one(first, self.letter, printer.capabilities),
                *word_by_word(first, self.letter, (*TELLING, *RUDE)),
                *(order for _, order in misfits(first, printer.capabilities)),
            ]
            with io_calls() as calls:
                found = [printer.validate(order) for order in orders]
            assert calls == [], "an order was checked against something outside"
            for _, trouble in self._silent(printer):
                with trouble:
                    for order, faults in zip(orders, found, strict=True):
                        assert printer.validate(order) == faults, "in trouble other faults were found"
        if self.capabilities.unreachable:
            with self.open_unreachable() as printer:
                # One by one: the difference of two long lists takes minutes to draw.
                for order, faults in zip(orders, found, strict=True):
                    assert printer.validate(order) == faults, (
                        "cut off from the vendor other faults were found"
                    )

    def _silent(self, printer: CardPrinter) -> Iterator[tuple[Trouble, AbstractContextManager[object]]]:
        return self.troubles(printer, Trouble.BREAK_BEFORE) if self.capabilities.trouble else iter(())

    def test_a_right_order_is_taken(self) -> None:
        """Orders within the vendor's offer have no faults and are accepted: "nothing wrong answers ``()``"."""
        with self.open() as printer:
            offered = plain_orders(printer.capabilities, self.product, self.letter, self.ship_to)

            @examples(20)
            @given(offered)
            def holds(order: PrintOrder) -> None:
                fresh = evolve(order, reference=a_reference())
                faults = printer.validate(fresh)
                assert faults == (), (
                    "what `capabilities` offers is named as wrong; fixed places are declared in `slots`"
                )
                accepted(printer.submit(fresh, key_of(fresh)), fresh)

            holds()

    def test_what_is_named_is_what_is_rejected(self) -> None:
        """Right orders are accepted and no others are: "what it names, `submit` rejects; what it does not name, the vendor takes"."""
        with self.open() as printer:

            @examples(40)
            @given(any_orders(printer.capabilities, self.product, self.letter, self.ship_to))
            def holds(order: PrintOrder) -> None:
                assert_agreed(printer, order)

            for order in self._tried(printer, *TELLING, *RUDE):
                assert_agreed(printer, order)
            holds()

    def test_what_is_not_offered_is_named(self) -> None:
        """What the vendor cannot do is a fault, and no card comes of it: "said here and never dropped silently"."""
        with self.open() as printer:
            for what, order in misfits(self.an_order(printer), printer.capabilities):
                fresh = evolve(order, reference=a_reference())
                assert printer.validate(fresh), (
                    f"`validate` names nothing wrong with {what}: {in_full(fresh)}"
                )
                status = printer.submit(fresh, key_of(fresh)).receipt.status
                assert status is DeliveryStatus.REJECTED, f"{what} was ordered, and the answer is {status}"
                if self.capabilities.peekable:
                    assert not self.peek(printer, fresh.reference), f"a card was made for {what}"

    def test_a_mended_order_is_right(self) -> None:
        """What was wrong with an order is wrong no longer once it is mended, and a right one may become wrong: "Name everything in the order that the vendor would reject"."""
        with self.open() as printer:
            order = self.an_order(printer)
            odd = (*(each for _, each in misfits(order, printer.capabilities)), *too_many(order, self.letter))
            for changed in odd:
                if not printer.validate(evolve(changed, reference=a_reference())):
                    continue
                right = self.an_order(printer)
                wrong = evolve(changed, reference=right.reference)
                named = [bool(printer.validate(each)) for each in (wrong, right, wrong)]
                assert named == [True, False, True], (
                    f"of a wrong order, mended, and wrong again, something is named: {named}"
                )

    @needs("peekable")
    def test_every_part_arrives(self) -> None:
        """One part of an order after the other, and all together, is what the vendor has: "with every value in its place and letter for letter as ordered, sent as ordered"."""
        with self.open() as printer:
            for order in self._tried(printer, *TELLING):
                self._made_as_ordered(printer, evolve(order, reference=a_reference()))

    @needs("peekable")
    def test_the_vendor_has_what_was_ordered(self) -> None:
        """Whatever is accepted is made once and as it was ordered, for generated orders: "with every value in its place and letter for letter as ordered, sent as ordered"."""
        with self.open() as printer:

            @examples(40)
            @given(any_orders(printer.capabilities, self.product, self.letter, self.ship_to))
            def holds(order: PrintOrder) -> None:
                self._made_as_ordered(printer, evolve(order, reference=a_reference()))

            holds()

    def _tried(self, printer: CardPrinter, *texts: str) -> Iterator[PrintOrder]:
        """Orders in which one thing after the other stands out."""
        order = self.an_order(printer)
        yield from one_by_one(order, self.letter, printer.capabilities)
        yield from too_many(order, self.letter)
        yield from word_by_word(order, self.letter, texts)
        yield from at_the_brink(printer.validate, order, self.letter)
        yield from letter_by_letter(printer.validate, order, self.letter)

    def _made_as_ordered(self, printer: CardPrinter, order: PrintOrder) -> None:
        """Submit an order, if nothing is wrong with it, and look at the card."""
        if printer.validate(order):
            return
        receipt = printer.submit(order, a_key()).receipt
        if receipt.status is DeliveryStatus.ACCEPTED:
            made = self.peek(printer, order.reference)
            assert len(made) == 1, f"one card was ordered, and {len(made)} are made"
            assert_as_ordered(made[0], order)

    def test_an_accepted_order_has_a_status(self) -> None:
        """The receipt says where the order is: "What the vendor says about the order if it accepted it"."""
        with self.open() as printer:
            order = self.an_order(printer)
            answer = printer.submit(order, key_of(order))
            status = accepted(answer, order)
            assert status.revision >= 1, "revisions count from 1"
            assert status.vendor_id, "the order has no id at the vendor"
            assert answer.receipt.vendor_id in {"", status.vendor_id}, "receipt and status name two ids"
            assert status.occurred_at.tzinfo is not None, "an instant without a time zone"
            assert abs(status.occurred_at - datetime.now(UTC)) < _A_DAY, "what just happened was another day"

    @needs("unreachable")
    def test_a_network_that_fails_is_an_answer(self) -> None:
        """Nothing but `find` raises, and nothing is claimed: "No method raises for what the network or the vendor does"."""
        with self.open_unreachable() as printer:
            order = self.an_order(printer)
            receipt = printer.submit(order, key_of(order)).receipt
            assert receipt.status in {DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN}, (
                f"nobody was reached, and the answer is {said(receipt)}"
            )
            if not printer.capabilities.cancellation:
                return
            outcome = printer.cancel(cancellation(order, "some-id")).outcome
            assert outcome in {CancelOutcome.NOT_SENT, CancelOutcome.UNKNOWN}, (
                f"nobody was reached, and the answer is {outcome.name}"
            )

    @needs("unreachable")
    def test_a_look_up_that_fails_is_no_none(self) -> None:
        """Nothing found and nothing heard are two answers: "The vendor gave no usable answer"."""
        with self.open_unreachable() as printer, pytest.raises(DeliveryFailed) as caught:
            printer.find(a_reference())
        assert not caught.value.permanent, "it says that asking again is pointless"


def assert_agreed(printer: CardPrinter, order: PrintOrder) -> None:
    """Demand that an order is rejected if something is named, and accepted otherwise."""
    fresh = evolve(order, reference=a_reference())
    faults = printer.validate(fresh)
    assert printer.validate(fresh) == faults, "asked again, the same order has other faults"
    answer = printer.submit(fresh, a_key())
    wanted = DeliveryStatus.REJECTED if faults else DeliveryStatus.ACCEPTED
    assert answer.receipt.status is wanted, (
        f"`validate` names {[str(fault) for fault in faults]}, and `submit` says {spoken(answer)}: {in_full(order)}"
    )
