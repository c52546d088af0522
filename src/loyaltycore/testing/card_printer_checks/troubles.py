"""What a printer says when something goes wrong at the vendor, and that it goes on afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintOrder
from loyaltycore.ports.card_printing import (
    UNKNOWN_CURSOR,
    CancelOutcome,
    CancelReceipt,
    CardPrinter,
    SupportsEvents,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.card_printer_checks.base import (
    PrinterChecks,
    a_reference,
    accepted,
    cancellation,
    key_of,
    needs_cancellation,
)
from loyaltycore.testing.card_printer_checks.cancelling import OPEN
from loyaltycore.testing.card_printer_checks.events import end_of, with_events
from loyaltycore.testing.card_printer_checks.keys import known
from loyaltycore.testing.receipts import said
from loyaltycore.testing.suite import needs
from loyaltycore.testing.trouble import MANY, WAIT, Trouble, troubled

_PASSING: Final = (Trouble.ASK_TO_WAIT, Trouble.FAIL, Trouble.BREAK_BEFORE, Trouble.LOSE_ANSWER)
_LOST: Final = frozenset({DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN})
_CANCEL_LOST: Final = frozenset({CancelOutcome.NOT_SENT, CancelOutcome.UNKNOWN})


class TroubleChecks(PrinterChecks, kit=True):
    """Every verb in every trouble."""

    @needs("trouble")
    def test_what_the_vendor_refuses_is_rejected(self) -> None:
        """A refusal is said with a word for the reason, and nothing is made: "The other side refuses for good"."""
        with self.open() as printer:
            codes = set()
            for _ in range(2):
                order = self.an_order(printer)
                with troubled(self.trouble(printer, Trouble.REFUSE, order.reference)):
                    receipt = printer.submit(order, key_of(order)).receipt
                self._assert_nothing_taken(printer, order, Trouble.REFUSE)
                assert receipt.status is DeliveryStatus.REJECTED, (
                    f"the vendor refuses, and the answer is {said(receipt)}"
                )
                codes.add(receipt.code)
                self._assert_not_made(printer, order)
            assert_stable(codes)
            self.assert_works(printer)

    @needs("trouble")
    def test_a_wait_is_passed_on(self) -> None:
        """Who is asked to wait says for how long, and succeeds later: "How long the vendor asks to wait stands in `retry_after`" and "none waits because the vendor asks to"."""
        with self.open() as printer:
            codes = set()
            for _ in range(2):
                order = self.an_order(printer)
                began = time.monotonic()
                with troubled(self.trouble(printer, Trouble.ASK_TO_WAIT)):
                    receipt = printer.submit(order, key_of(order)).receipt
                self._assert_nothing_taken(printer, order, Trouble.ASK_TO_WAIT)
                assert time.monotonic() - began < WAIT / 2, "the printer waits, and with it its caller"
                assert receipt.status is DeliveryStatus.NOT_SENT, (
                    f"later, said the vendor, and the answer is {said(receipt)}"
                )
                assert_waits(receipt)
                codes.add(receipt.code)
                self._assert_not_made(printer, order)
                self._assert_taken_later(printer, order)
            assert_stable(codes)

    @needs("trouble")
    def test_a_failure_claims_nothing(self) -> None:
        """A vendor that fails, or a connection that breaks, neither accepts nor rejects: "it may have been taken" and "Certainly not taken"."""
        with self.open() as printer:
            for trouble, made in self.troubles(printer, Trouble.FAIL, Trouble.BREAK_BEFORE):
                order = self.an_order(printer)
                with made:
                    receipt = printer.submit(order, key_of(order)).receipt
                self._assert_nothing_taken(printer, order, trouble)
                assert receipt.status in _LOST, f"in {trouble.name} the answer is {said(receipt)}"
                assert receipt.code, f"{trouble.name} has no word for the reason"
                self._assert_true(printer, order, receipt)
                self._assert_taken_later(printer, order)

    @needs("trouble")
    def test_many_failures_are_not_remembered(self) -> None:
        """After a dozen failures in a row the next order is placed, found and cancelled: "the next call is made as if it had not"."""
        with self.open() as printer:
            for _, made in self.troubles(printer, Trouble.FAIL, Trouble.BREAK_BEFORE):
                with made:
                    for _ in range(MANY):
                        order = self.an_order(printer)
                        status = printer.submit(order, key_of(order)).receipt.status
                        assert status in _LOST, f"nobody answered, and the answer is {status}"
                        if printer.capabilities.lookup:
                            failed(printer.find, order.reference)
                        if printer.capabilities.cancellation:
                            printer.cancel(cancellation(order))
                self.assert_works(printer)
                if printer.capabilities.cancellation:
                    outcome = printer.cancel(cancellation(self.placed(printer))).outcome
                    assert outcome in OPEN, f"after many failures the answer is {outcome}"

    @needs("trouble")
    def test_a_lost_answer_is_unknown(self) -> None:
        """What the vendor took although no answer came is unknown, and a repetition makes no second card: "it may have been taken" and "is made once"."""
        with self.open() as printer:
            order = self.an_order(printer)
            with troubled(self.trouble(printer, Trouble.LOSE_ANSWER)):
                receipt = printer.submit(order, key_of(order)).receipt
            assert receipt.status is DeliveryStatus.UNKNOWN, (
                f"no answer came, and `submit` says {said(receipt)}"
            )
            assert receipt.code, "there is no word for the reason"
            if self.capabilities.peekable:
                made = len(self.peek(printer, order.reference))
                assert made == 1, (
                    f"one order was submitted once, its answer was lost, and {made} cards are made: "
                    "in LOSE_ANSWER the vendor does what it is told"
                )
            self._assert_taken_later(printer, order)

    @needs("trouble")
    def test_who_is_shut_out_says_so(self) -> None:
        """A vendor that does not let the printer in has answered about no order: "is an adapter that is set up wrongly, not an answer about an order"."""
        with self.open() as printer:
            order, fresh = self.placed(printer), self.an_order(printer)
            wish = cancellation(order, known(printer, order))
            shut_out = partial(self._assert_nothing_taken, printer, fresh, Trouble.SHUT_OUT)
            with troubled(self.trouble(printer, Trouble.SHUT_OUT)):
                codes = {failed(printer.submit, fresh, key_of(fresh), meanwhile=shut_out).code}
                if printer.capabilities.cancellation:
                    codes.add(failed(printer.cancel, wish).code)
                if printer.capabilities.lookup:
                    codes.add(failed(printer.find, order.reference).code)
                if isinstance(printer, SupportsEvents):
                    codes.add(failed(printer.events_after, "").code)
            assert all(codes), "there is no word for the reason"
            assert UNKNOWN_CURSOR not in codes, "being shut out is taken for a wrong cursor"
            self._assert_not_made(printer, fresh)
            self._assert_taken_later(printer, fresh)

    @needs("trouble")
    def test_a_refused_cancellation_says_so(self) -> None:
        """A vendor that refuses to hear of a cancellation goes on with the order: "The vendor refuses the call itself as malformed"."""
        with self.open() as printer:
            needs_cancellation(printer)
            codes = set()
            for _ in range(2):
                order = self.placed(printer)
                wish = cancellation(order, known(printer, order))
                with troubled(self.trouble(printer, Trouble.REFUSE, order.reference)):
                    answer = printer.cancel(wish)
                self._assert_still_made(printer, order, "REFUSE is about all that is asked of this order")
                assert answer.outcome in {CancelOutcome.REJECTED, CancelOutcome.TOO_LATE}, (
                    f"the vendor refuses, and the answer is {answer.outcome.name} with code {answer.code!r}"
                )
                codes.add(answer.code)
            assert_stable(codes)

    @needs("trouble")
    def test_a_cancellation_in_trouble_claims_nothing(self) -> None:
        """A cancellation without an answer is open, and certain only if nothing was asked: "The vendor was certainly not asked" and "the order may have been cancelled"."""
        with self.open() as printer:
            needs_cancellation(printer)
            for trouble, made in self.troubles(printer, *_PASSING):
                order = self.placed(printer)
                wish = cancellation(order, known(printer, order))
                with made:
                    answer = printer.cancel(wish)
                assert answer.outcome in _CANCEL_LOST, (
                    f"in {trouble.name} the answer is {answer.outcome.name} with code {answer.code!r}"
                )
                assert answer.code, f"{trouble.name} has no word for the reason"
                if trouble is Trouble.ASK_TO_WAIT:
                    assert answer.outcome is CancelOutcome.NOT_SENT, (
                        f"later, said the vendor, which cancels nothing now, and the answer is {answer.outcome.name}"
                    )
                    assert_waits(answer)
                if answer.outcome is CancelOutcome.NOT_SENT:
                    self._assert_still_made(printer, order, "NOT_SENT says that it was not asked")
                again = printer.cancel(wish).outcome
                assert again in OPEN, f"after {trouble} the answer is {again}"

    @needs("trouble")
    def test_a_look_up_in_trouble_is_no_none(self) -> None:
        """Whatever goes wrong, nothing is said of an order, there or not: "The vendor gave no usable answer" and "None if the vendor certainly has none"."""
        with self.open() as printer:
            order = self.placed(printer)
            self.status(printer, order)
            for trouble, made in self.troubles(printer, *_PASSING):
                never = a_reference()
                with made:
                    failures = [failed(printer.find, name) for name in (order.reference, never)]
                assert not any(failure.permanent for failure in failures), f"{trouble} is said to last"
                assert_stable({failure.code for failure in failures})
                assert self.status(printer, order).reference == order.reference, "another order was found"
                assert printer.find(never) is None, f"after {trouble} something is found"

    @needs("trouble")
    def test_events_in_trouble_are_no_empty_page(self) -> None:
        """Whatever goes wrong, a reader neither passes over news nor begins again: "an empty page would hide news" and "The vendor gave no usable answer"."""
        with self.open() as printer:
            events = with_events(printer)
            cursor = end_of(events)
            for trouble, made in self.troubles(printer, *_PASSING):
                with made:
                    failures = [failed(events.events_after, place) for place in ("", cursor)]
                assert not any(failure.permanent for failure in failures), f"{trouble} is said to last"
                assert UNKNOWN_CURSOR not in {failure.code for failure in failures}, (
                    f"{trouble} is the cursor's fault"
                )
                assert events.events_after(cursor).events == (), f"after {trouble} an old event comes again"

    def _assert_nothing_taken(self, printer: CardPrinter, order: PrintOrder, trouble: Trouble) -> None:
        """Demand that the trouble was there, once it is over: in it, `peek` may see nothing either."""
        if self.capabilities.peekable:
            assert not self.peek(printer, order.reference), (
                f"in {trouble.name} the vendor takes no order, and it has this one: look at the hook `trouble` first"
            )

    def _assert_not_made(self, printer: CardPrinter, order: PrintOrder) -> None:
        if self.capabilities.peekable:
            assert not self.peek(printer, order.reference), "the vendor makes a card all the same"
        if printer.capabilities.lookup:
            assert printer.find(order.reference) is None, "the vendor has the order all the same"

    def _assert_true(self, printer: CardPrinter, order: PrintOrder, receipt: Receipt) -> None:
        if receipt.status is DeliveryStatus.NOT_SENT:
            self._assert_not_made(printer, order)

    def _assert_taken_later(self, printer: CardPrinter, order: PrintOrder) -> None:
        """Demand that a repetition is accepted once the trouble is over, and makes one card."""
        if printer.capabilities.idempotent:
            accepted(printer.submit(order, key_of(order)), order)
            if self.capabilities.peekable:
                made = len(self.peek(printer, order.reference))
                assert made == 1, f"after the trouble the order was repeated, and {made} cards are made"
        self.assert_works(printer)

    def _assert_still_made(self, printer: CardPrinter, order: PrintOrder, why: str) -> None:
        if self.capabilities.peekable:
            assert len(self.peek(printer, order.reference)) == 1, (
                f"the vendor has cancelled the order all the same: {why}"
            )


def failed(
    call: Callable[..., object], *arguments: object, meanwhile: Callable[[], None] | None = None
) -> DeliveryFailed:
    """The failure that a call must end with.

    Args:
        meanwhile: What is looked at first where it ends otherwise.
    """
    try:
        answer = call(*arguments)
    except DeliveryFailed as failure:
        return failure
    if meanwhile is not None:
        meanwhile()
    name = getattr(call, "__name__", "the call")
    raise AssertionError(f"it went wrong, which is a `DeliveryFailed`, and `{name}` answers {answer!r}")


def assert_stable(codes: set[str]) -> None:
    """Demand one word for one reason."""
    assert all(codes), "there is no word for the reason"
    assert len(codes) == 1, f"the same reason has the words {sorted(codes)}"


def assert_waits(answer: Receipt | CancelReceipt) -> None:
    """Demand that the vendor's request to wait is passed on."""
    assert answer.retry_after is not None, "nobody is told to wait"
    assert 0 < answer.retry_after <= WAIT, (
        f"the vendor asked for {WAIT} seconds, not for {answer.retry_after}"
    )
