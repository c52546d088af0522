"""What a gateway says when the other side refuses, fails, breaks off or falls silent."""

from __future__ import annotations

from functools import partial

import pytest

from loyaltycore.ports.messaging import DeliveryStatus, Receipt, SmsGateway
from loyaltycore.testing.receipts import (
    AGAIN,
    check_reason,
    check_wait,
    in_bounded_time,
    refusal_to_work,
    said,
)
from loyaltycore.testing.sms_checks.base import ERIKA, MAX, SmsChecks, text
from loyaltycore.testing.suite import Lacks, needs
from loyaltycore.testing.trouble import MANY, Trouble, possible, troubled


class TroubleChecks(SmsChecks, kit=True):
    """Tests with an other side in trouble, and with none."""

    def fail_and_recover(self, trouble: Trouble, *, at_most_once: bool = True, used: bool = False) -> Receipt:
        """Send a text in trouble and again when it is over: it had not arrived before, and has arrived once then."""
        sms = text(at_most_once=at_most_once)
        with self.open() as gateway:
            if used:
                self.deliver(gateway, text("before", MAX))
            with troubled(self.trouble(gateway, trouble)):
                with in_bounded_time():
                    receipt = self.send(gateway, sms)
                self.check_trouble(gateway, trouble, sms.to)
                assert receipt.status in AGAIN, f"in {trouble.name} the receipt says {said(receipt)}"
                self.check_truth(gateway, receipt, sms)
            self.deliver(gateway, sms)
            self.compare(gateway, [sms])
        return receipt

    def check_trouble(self, gateway: SmsGateway, trouble: Trouble, number: str) -> None:
        """Demand that the trouble is there: no gateway makes the other side take what it does not take."""
        assert not self.peek(gateway, number), (
            f"in {trouble.name} the other side takes nothing for {number}, and has a text: look at the hook `trouble` first"
        )

    @needs("trouble")
    def test_who_is_refused_is_rejected(self) -> None:
        """A refused number is given up, and others get their texts: "The other side refuses for good"."""
        refused, other = text("id-1", MAX), text("id-2", ERIKA)
        with self.open() as gateway, troubled(self.trouble(gateway, Trouble.REFUSE, MAX)):
            receipt = self.send(gateway, refused)
            self.check_trouble(gateway, Trouble.REFUSE, MAX)
            self.deliver(gateway, other)
            assert receipt.status is DeliveryStatus.REJECTED, (
                f"the number was refused, and the receipt says {said(receipt)}"
            )
            self.check_truth(gateway, receipt, refused)
            self.compare(gateway, [other])

    @needs("trouble")
    def test_a_refusal_has_a_word(self) -> None:
        """The reason is one word, whoever is refused and whenever: "Stable word for the reason"."""
        words = []
        for number in (MAX, MAX, ERIKA):
            with self.open() as gateway, troubled(self.trouble(gateway, Trouble.REFUSE, number)):
                for own_id in ("id-1", "id-2"):
                    receipt = self.send(gateway, text(own_id, number))
                    self.check_trouble(gateway, Trouble.REFUSE, number)
                    check_reason(receipt)
                    words.append(receipt.code)
        assert len(set(words)) == 1, f"one reason has several codes: {sorted(set(words))}"

    @needs("trouble")
    def test_a_refusal_is_not_remembered(self) -> None:
        """A number that is no longer refused gets the next text: "so does the gateway: it remembers no fault for good"."""
        with self.open() as gateway:
            with troubled(self.trouble(gateway, Trouble.REFUSE, MAX)):
                for number in range(MANY):
                    self.send(gateway, text(f"id-{number}", MAX))
            self.deliver(gateway, text("id-1", MAX))
            self.compare(gateway, [text("id-1", MAX)])

    @needs("trouble")
    def test_many_failures_are_not_remembered(self) -> None:
        """After a dozen failures in a row the next text arrives: "Once the other side takes texts again, so does the gateway: it remembers no fault for good"."""
        with self.open() as gateway:
            for number, (trouble, made) in enumerate(
                possible(partial(self.trouble, gateway), Trouble.FAIL, Trouble.BREAK_BEFORE)
            ):
                with made:
                    for again in range(MANY):
                        receipt = self.send(gateway, text(f"{trouble.value}-{again}"))
                        assert receipt.status in AGAIN, f"the receipt of try {again} says {receipt.status}"
                sms = text(trouble.value, f"+4917012345{number}1")
                self.deliver(gateway, sms)
                self.compare(gateway, [sms])

    @needs("trouble")
    def test_a_request_to_wait_is_passed_on(self) -> None:
        """Nothing is taken, and the receipt says when to come again: "If the other side asks to wait, what it asks for", and "Takes a bounded time"."""
        check_wait(self.fail_and_recover(Trouble.ASK_TO_WAIT))

    @needs("trouble")
    def test_a_failure_is_no_refusal(self) -> None:
        """What the other side fails to take is tried again, and arrives once: "Certainly not taken"."""
        for at_most_once in (True, False):
            self.fail_and_recover(Trouble.FAIL, at_most_once=at_most_once, used=at_most_once)

    @needs("trouble")
    def test_a_break_before_anything_was_taken_is_no_refusal(self) -> None:
        """A connection that breaks, new or kept, keeps nothing from a later try: "Once the other side takes texts again, so does the gateway"."""
        for used in (False, True):
            self.fail_and_recover(Trouble.BREAK_BEFORE, used=used)

    @needs("trouble")
    def test_no_answer_proves_nothing(self) -> None:
        """What was taken without an answer is neither accepted nor unsent: "it may have been taken"."""
        for at_most_once in (True, False):
            sms = text(at_most_once=at_most_once)
            with self.open() as gateway:
                with troubled(self.trouble(gateway, Trouble.LOSE_ANSWER)):
                    receipt = self.send(gateway, sms)
                taken = len(self.peek(gateway, ERIKA))
            assert taken, "the hook `trouble` let nothing be taken: only the answer is to be lost"
            assert receipt.status is DeliveryStatus.UNKNOWN, (
                f"the text was taken and no answer came, and the receipt says {said(receipt)}"
            )
            assert taken == 1, f"the text was sent {taken} times, and nobody had asked for that"

    @needs("trouble")
    def test_the_next_text_arrives_after_no_answer(self) -> None:
        """Silence is not remembered: "never sent again by the adapter itself"."""
        with self.open() as gateway:
            with troubled(self.trouble(gateway, Trouble.LOSE_ANSWER)):
                self.send(gateway, text("id-1"))
            self.deliver(gateway, text("id-2", MAX))
            self.compare(gateway, [text("id-2", MAX)])

    @needs("recognises")
    def test_a_text_without_an_answer_can_be_repeated(self) -> None:
        """A text that was taken without an answer arrives once in the end: "passed on where the other side recognises"."""
        if isinstance(self.capabilities.trouble, Lacks):
            pytest.skip(self.capabilities.trouble.reason)
        with self.open() as gateway:
            with troubled(self.trouble(gateway, Trouble.LOSE_ANSWER)):
                self.send(gateway, text(at_most_once=False))
            self.deliver(gateway, text(at_most_once=False))
            self.compare(gateway, [text(at_most_once=False)])

    @needs("trouble")
    def test_who_is_not_let_in_says_so(self) -> None:
        """A wrong key is an error, because no text can leave: "The adapter is set up wrongly, so that no text can leave"."""
        with self.open() as gateway:
            with troubled(self.trouble(gateway, Trouble.SHUT_OUT)):
                codes = {refusal_to_work(partial(gateway.send, text(own_id))) for own_id in ("id-1", "id-2")}
            assert len(codes) == 1, f"one fault has several codes: {codes}"
            self.deliver(gateway, text("id-1"))
            self.compare(gateway, [text("id-1")])

    @needs("unreachable")
    def test_a_network_that_fails_is_a_receipt(self) -> None:
        """Nothing is raised and nothing is claimed: "never raises for what the network or the gateway does"."""
        with self.open_unreachable() as gateway:
            receipt = self.send(gateway, text())
        assert receipt.status in AGAIN, f"nobody was reached, and the receipt says {said(receipt)}"
