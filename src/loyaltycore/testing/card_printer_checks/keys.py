"""One order makes one card, whoever repeats it, and is found by its reference."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from attrs import evolve

from loyaltycore.kernel.printing import PrintOrder, PrintState
from loyaltycore.ports.card_printing import CancelOutcome, CardPrinter
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.card_printer_checks.base import (
    PrinterChecks,
    a_key,
    a_reference,
    accepted,
    cancellation,
    key_of,
    needs_cancellation,
    needs_keys,
)
from loyaltycore.testing.card_printer_checks.parts import assert_as_ordered, one_by_one
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.suite import needs

_UNKNOWN: Final = (
    "kit-never",
    "",
    "a/../b?c=d&e#f",
    "ä ö",
    "x" * 300,
    "\r\nX-Injected: yes",
    "%",
    "*",
    "null",
)
_LONGEST: Final = 128
_SHORTEST: Final = 16
_MORE_THAN_A_SECOND: Final = 1.01


class KeyChecks(PrinterChecks, kit=True):
    """Repetitions and look-ups."""

    @needs("peekable")
    def test_one_order_makes_one_card(self) -> None:
        """However often an order is submitted under its key, one card is made: "is made once"."""
        with self.open() as printer:
            needs_keys(printer)
            order = self.an_order(printer)
            told = [accepted(printer.submit(order, key_of(order)), order) for _ in range(3)]
            assert len({status.vendor_id for status in told}) == 1, (
                "a repetition is another order at the vendor"
            )
            assert self.cards(printer, order) == 1, "repetitions made more cards than one, or none"

    def test_a_key_is_for_one_order(self) -> None:
        """What comes with a known key is rejected or placed by itself: "another order with a known key is never taken for it"."""
        with self.open() as printer:
            needs_keys(printer)
            first, other = self.placed(printer), self.an_order(printer)
            answer = printer.submit(other, key_of(first))
            if answer.receipt.status is DeliveryStatus.ACCEPTED:
                accepted(answer, other)
            else:
                assert answer.receipt.status is DeliveryStatus.REJECTED, (
                    f"the other order got {answer.receipt!r}"
                )

    @needs("peekable")
    def test_a_changed_order_is_another_one(self) -> None:
        """An order that was changed is not taken for the one that came first, whatever was changed: "another order with a known key is never taken for it"."""
        with self.open() as printer:
            needs_keys(printer)
            for other in one_by_one(self.an_order(printer), self.letter, printer.capabilities):
                first = self.placed(printer)
                changed = evolve(other, reference=first.reference)
                if changed == first or printer.validate(changed):
                    continue
                receipt = printer.submit(changed, key_of(first)).receipt
                made = self.peek(printer, first.reference)
                assert len(made) == 1, (
                    "two orders with one reference and one key made more than one card, or none"
                )
                if receipt.status is DeliveryStatus.ACCEPTED:
                    assert_as_ordered(made[0], changed)
                else:
                    assert receipt.status is DeliveryStatus.REJECTED, f"the changed order got {receipt!r}"
                    assert_as_ordered(made[0], first)

    def test_keys_are_compared_whole(self) -> None:
        """Keys of any length that differ in one character are two keys: "two that differ in any one of them are two keys"."""
        with self.open() as printer:
            needs_keys(printer)
            placed = [(self.an_order(printer), key) for key in similar_keys()]
            told = [accepted(printer.submit(order, key), order).vendor_id for order, key in placed]
            assert len(set(told)) == len(placed), "several orders are one at the vendor"
            again = [accepted(printer.submit(order, key), order).vendor_id for order, key in placed]
            assert again == told, "a repetition was taken for another order"

    @needs("peekable")
    def test_one_order_makes_one_card_in_a_race(self) -> None:
        """Threads that submit the same order at the same time make one card: "is made once"."""
        with self.open() as printer:
            needs_keys(printer)
            order = self.an_order(printer)
            with ThreadPoolExecutor(4) as pool:
                for future in [pool.submit(printer.submit, order, key_of(order)) for _ in range(4)]:
                    future.result()
            assert self.cards(printer, order) == 1, "the race made more cards than one, or none"

    def test_threads_get_their_own_answers(self) -> None:
        """Orders of several threads are not mixed up: "Any number of threads may use one adapter"."""
        with self.open() as printer:
            orders = [self.an_order(printer) for _ in range(8)]
            with ThreadPoolExecutor(4) as pool:
                answers = [pool.submit(printer.submit, order, key_of(order)) for order in orders]
                for order, answer in zip(orders, answers, strict=True):
                    accepted(answer.result(), order)

    @needs("durable")
    def test_keys_outlive_the_printer(self) -> None:
        """A printer that is opened anew recognises what was ordered before, not only in the same moment: "from any process"."""
        with self.open() as printer:
            needs_keys(printer)
            order = self.placed(printer)
            time.sleep(_MORE_THAN_A_SECOND)
            with self.reopen(printer) as another:
                status = accepted(another.submit(order, key_of(order)), order)
                if another.capabilities.lookup:
                    assert another.find(order.reference) is not None, (
                        "opened anew, it does not find the order"
                    )
            first = accepted(printer.submit(order, key_of(order)), order)
            assert status.vendor_id == first.vendor_id, "opened anew, it took the order for a new one"
            if self.capabilities.peekable:
                assert len(self.peek(printer, order.reference)) == 1, (
                    "opened anew, it had the card made again"
                )

    @needs("durable")
    def test_keys_outlive_the_process(self) -> None:
        """What a process ordered that has ended since is recognised by the next one: "from any process"."""
        self.skip_without("peekable")
        with self.open() as printer:
            needs_keys(printer)
            order = self.an_order(printer)

            def work(say: Say) -> None:
                with self.reopen(printer) as another:
                    accepted(another.submit(order, key_of(order)), order)
                say("ordered")

            # The copy comes first, so that this process remembers nothing of what it does.
            with forked(work) as child:
                assert child.lines() == ["ordered"], "the other process did not end as it should"
            accepted(printer.submit(order, key_of(order)), order)
            made = len(self.peek(printer, order.reference))
            assert made == 1, f"two processes submitted one order, and {made} cards are made"

    @needs("peekable")
    def test_a_cancelled_order_stays_cancelled(self) -> None:
        """A repetition that comes after the cancellation makes no card: "even if it was cancelled in the meantime"."""
        with self.open() as printer:
            needs_keys(printer)
            needs_cancellation(printer)
            order = self.placed(printer)
            if printer.cancel(cancellation(order)).outcome is CancelOutcome.CANCELLED:
                status = printer.submit(order, key_of(order)).status
                assert status is None or status.state is PrintState.CANCELLED, f"it is {status.state} again"
                assert not self.peek(printer, order.reference), "the repetition had the cancelled card made"

    @needs("peekable")
    def test_every_order_makes_a_card(self) -> None:
        """Orders that look alike are as many as there are, even if their references do: "Our own reference, unique for ever"."""
        with self.open() as printer:
            orders = [self.an_order(printer, reference=reference) for reference in similar_references()]
            for order in orders:
                accepted(printer.submit(order, a_key()), order)
            assert [self.cards(printer, order) for order in orders] == [1] * len(orders), (
                "not a card for each order"
            )

    def test_an_order_is_found(self) -> None:
        """An accepted order is found by our reference, whatever the others are called: "Look an order up by our whole reference"."""
        with self.open() as printer:
            for reference in similar_references():
                self.placed(printer, reference=reference)
                order = self.placed(printer)
                found = self.status(printer, order)
                assert found.reference == order.reference, "another order was found"
                assert found.revision >= 1, "revisions count from 1"

    def test_a_look_up_sees_what_came_since(self) -> None:
        """Who found nothing, and then orders, finds the order: "None if the vendor certainly has none"."""
        with self.open() as printer:
            order = self.an_order(printer)
            if printer.capabilities.lookup:
                assert printer.find(order.reference) is None, "an order is found before it is placed"
            accepted(printer.submit(order, key_of(order)), order)
            assert self.status(printer, order).reference == order.reference, "another order was found"

    def test_an_unknown_order_is_not_found(self) -> None:
        """A reference that the vendor never saw is not an error, whatever it contains or resembles: "None if the vendor certainly has none"."""
        with self.open() as printer:
            order = self.placed(printer)
            self.status(printer, order)
            for reference in (a_reference(), *_UNKNOWN, *near(order)):
                assert printer.find(reference) is None, f"something was found under {reference!r}"


def similar_keys() -> Iterator[str]:
    """Keys that are easily taken for one another."""
    whole = (a_key() + "._-Aa0" * _LONGEST)[:_LONGEST]
    yield whole
    for place in (0, 7, 15, 31, 35, 63, 99, 126, _LONGEST - 1):
        yield f"{whole[:place]}Z{whole[place + 1 :]}"
    yield whole.swapcase()
    for sign, other in ("._", "_-", "-."):
        yield whole.replace(sign, other)
    for length in (_SHORTEST, 17, 32, 36, 64, 100, _LONGEST - 1):
        yield whole[:length]
    yield whole[::-1]
    # Two with one CRC.
    yield from (f"{whole[:100]}{end}" for end in ("plumless", "buckeroo"))


def similar_references() -> tuple[str, ...]:
    """References of the same length that differ in one character."""
    whole = a_reference()
    other = {"0": "1"}
    return (
        whole,
        f"{whole[:-1]}{other.get(whole[-1], '0')}",
        f"{whole[:10]}{other.get(whole[10], '0')}{whole[11:]}",
    )


def near(order: PrintOrder) -> Iterator[str]:
    """References that resemble one and are not it."""
    reference = order.reference
    yield from (
        reference[:-1],
        reference[1:],
        reference[:8],
        f"{reference}0",
        f"{reference} ",
        f" {reference}",
    )
    yield from (
        reference.upper(),
        f"{reference[:-1]}%",
        f"{reference[:-1]}_",
        f"{reference[:4]}*",
        f"0{reference}",
    )


def known(printer: CardPrinter, order: PrintOrder) -> str:
    """The vendor's id of an order; empty if it finds none."""
    found = printer.find(order.reference) if printer.capabilities.lookup else None
    return found.vendor_id if found else ""
