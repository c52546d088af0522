"""What a mailer says when the other side refuses, fails, breaks off or falls silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt
from loyaltycore.testing.mailer_checks.base import ERIKA, MAX, THIRD, MailerChecks, accepted, mail
from loyaltycore.testing.receipts import (
    AGAIN,
    check_reason,
    check_wait,
    in_bounded_time,
    refusal_to_work,
    said,
)
from loyaltycore.testing.suite import needs
from loyaltycore.testing.trouble import MANY, Trouble, possible, troubled


class TroubleChecks(MailerChecks, kit=True):
    """Tests with an other side in trouble, and with none."""

    @contextmanager
    def in_trouble(self, trouble: Trouble, about: str = "", *, used: bool = False) -> Iterator[Mailer]:
        """A mailer whose other side is in trouble; with `used`, it has sent a mail before that."""
        with self.open() as mailer:
            if used:
                self.deliver(mailer, mail("before@example.org", message_id="before"))
            with troubled(self.trouble(mailer, trouble, about)):
                yield mailer

    def fail_and_recover(self, trouble: Trouble, *, used: bool) -> list[Receipt]:
        """Send a mail in trouble and again when it is over: nobody had a copy before, and everybody has one then."""
        email = mail(ERIKA, MAX)
        with self.open() as mailer:
            if used:
                self.deliver(mailer, mail("before@example.org", message_id="before"))
            with troubled(self.trouble(mailer, trouble)):
                with in_bounded_time():
                    receipts = self.send(mailer, email)
                self.check_trouble(mailer, trouble, *email.to)
                for receipt in receipts:
                    assert receipt.status in AGAIN, f"in {trouble.name} the receipt says {said(receipt)}"
                self.check_truth(mailer, receipts)
            self.deliver(mailer, email)
            for address in email.to:
                self.arrived(mailer, address)
        return list(receipts)

    def check_trouble(self, mailer: Mailer, trouble: Trouble, *addresses: str) -> None:
        """Demand that the trouble is there: no mailer makes the other side take what it does not take."""
        have = [address for address in addresses if self.found(mailer, address)]
        assert not have, (
            f"in {trouble.name} the other side takes nothing for {have}, and has a copy: look at the hook `trouble` first"
        )

    @needs("trouble")
    def test_who_is_refused_is_rejected(self) -> None:
        """One refusal is one receipt, and the others have their mail: "The other side refuses for good"."""
        for to in [(MAX, ERIKA, THIRD), (ERIKA, MAX, THIRD), (ERIKA, THIRD, MAX)]:
            with self.in_trouble(Trouble.REFUSE, MAX) as mailer:
                receipts = self.send(mailer, mail(*to))
                self.check_trouble(mailer, Trouble.REFUSE, MAX)
                self.check_truth(mailer, receipts)
            rejected = [receipt for receipt in receipts if receipt.status is DeliveryStatus.REJECTED]
            assert [receipt.recipient for receipt in rejected] == [MAX], (
                f"of {to} {MAX} alone was refused, and the receipts say {[said(receipt) for receipt in receipts]}"
            )
            others = [address for address in to if address != MAX]
            assert accepted(receipts) == others, "a refusal keeps the mail from the others"

    @needs("trouble")
    def test_a_refusal_has_a_word(self) -> None:
        """The reason is one word, whoever is refused and whenever: "Stable word for the reason"."""
        words = []
        for address in (MAX, MAX, ERIKA):
            with self.in_trouble(Trouble.REFUSE, address) as mailer:
                for number in (1, 2):
                    (receipt,) = self.send(mailer, mail(address, message_id=f"id-{number}"))
                    self.check_trouble(mailer, Trouble.REFUSE, address)
                    check_reason(receipt)
                    words.append(receipt.code)
        assert len(set(words)) == 1, f"one reason has several codes: {sorted(set(words))}"

    @needs("trouble")
    def test_a_refusal_is_not_remembered(self) -> None:
        """Who is no longer refused gets the next mail: "so does the mailer: it remembers no fault for good"."""
        with self.open() as mailer:
            with troubled(self.trouble(mailer, Trouble.REFUSE, MAX)):
                for number in range(MANY):
                    self.send(mailer, mail(MAX, message_id=f"id-{number}"))
            self.deliver(mailer, mail(MAX))
            self.arrived(mailer, MAX)

    @needs("trouble")
    def test_many_failures_are_not_remembered(self) -> None:
        """After a dozen failures in a row the next mail arrives: "Once the other side takes mails again, so does the mailer: it remembers no fault for good"."""
        with self.open() as mailer:
            for trouble, made in possible(partial(self.trouble, mailer), Trouble.FAIL, Trouble.BREAK_BEFORE):
                with made:
                    for number in range(MANY):
                        (receipt,) = self.send(mailer, mail(message_id=f"{trouble.value}-{number}"))
                        assert receipt.status in AGAIN, f"the receipt of try {number} says {receipt.status}"
                self.deliver(mailer, mail(f"{trouble.value}@example.org", message_id=trouble.value))
                self.arrived(mailer, f"{trouble.value}@example.org")

    @needs("trouble")
    def test_a_request_to_wait_is_passed_on(self) -> None:
        """Nothing is taken, and the receipt says when to come again: "If the other side asks to wait, what it asks for", and "Takes a bounded time"."""
        for receipt in self.fail_and_recover(Trouble.ASK_TO_WAIT, used=False):
            check_wait(receipt)

    @needs("trouble")
    def test_a_failure_is_no_refusal(self) -> None:
        """What the other side fails to take is tried again, and arrives once: "Certainly not taken"."""
        for used in (False, True):
            self.fail_and_recover(Trouble.FAIL, used=used)

    @needs("trouble")
    def test_a_break_before_anything_was_taken_is_no_refusal(self) -> None:
        """A connection that breaks, new or kept, keeps nothing from a later try: "Once the other side takes mails again, so does the mailer"."""
        for used in (False, True):
            self.fail_and_recover(Trouble.BREAK_BEFORE, used=used)

    @needs("trouble")
    def test_no_answer_proves_nothing(self) -> None:
        """What was taken without an answer is neither accepted nor unsent: "it may have been taken"."""
        for used in (False, True):
            with self.in_trouble(Trouble.LOSE_ANSWER, used=used) as mailer:
                receipts = self.send(mailer, mail(ERIKA, MAX))
                self.check_truth(mailer, receipts)
                taken = [receipt for receipt in receipts if self.found(mailer, receipt.recipient)]
            assert taken, "the hook `trouble` let nothing be taken: only the answer is to be lost"
            for receipt in taken:
                assert receipt.status is DeliveryStatus.UNKNOWN, (
                    f"a copy was taken and no answer came, and the receipt says {said(receipt)}"
                )

    @needs("trouble")
    def test_after_no_answer_the_caller_decides(self) -> None:
        """The mailer itself sends nothing twice, and a repetition is recognised: "never sent again by the mailer itself"."""
        with self.open() as mailer:
            with troubled(self.trouble(mailer, Trouble.LOSE_ANSWER)):
                self.send(mailer, mail())
                first = self.arrived(mailer)
            self.deliver(mailer, mail())
            ids = {tuple(received.values("Message-ID")) for received in self.found(mailer, ERIKA)}
        assert ids == {tuple(first.values("Message-ID"))}, f"a repetition has another Message-ID: {ids}"

    @needs("trouble")
    def test_who_is_not_let_in_says_so(self) -> None:
        """A wrong password is an error, because no mail can leave: "The adapter is set up wrongly, so that no mail can leave"."""
        email = mail(ERIKA, MAX)
        with self.open() as mailer:
            with troubled(self.trouble(mailer, Trouble.SHUT_OUT)):
                codes = {
                    refusal_to_work(partial(mailer.send, mail(message_id=own_id))) for own_id in ("a", "b")
                }
            assert len(codes) == 1, f"one fault has several codes: {codes}"
            self.deliver(mailer, email)
            for address in email.to:
                self.arrived(mailer, address)

    @needs("trouble")
    def test_an_error_hides_no_copy(self) -> None:
        """Who is shut out in the middle of a mail says who has it: "Raised only while no copy of this mail"."""
        email = mail(ERIKA, MAX, THIRD)
        with self.in_trouble(Trouble.SHUT_OUT, MAX) as mailer:
            receipts: tuple[Receipt, ...] = ()
            with suppress(DeliveryFailed):
                receipts = self.send(mailer, email)
            self.check_truth(mailer, receipts)
            have = [address for address in email.to if self.found(mailer, address)]
        assert receipts or not have, f"an error is raised and hides that {have} have a copy"
        said = {receipt.recipient: receipt.status for receipt in receipts}
        assert said.get(MAX, DeliveryStatus.NOT_SENT) is DeliveryStatus.NOT_SENT, (
            f"who had no copy when the mailer was shut out is {said[MAX]}"
        )

    @needs("trouble")
    def test_a_failure_in_the_middle_leaves_the_rest(self) -> None:
        """One copy that fails is one receipt, and who is left gets the next try: "for some of the recipients alone"."""
        self._send_the_rest(Trouble.FAIL)

    @needs("trouble")
    def test_a_break_in_the_middle_leaves_the_rest(self) -> None:
        """A break at one copy says nothing about those before it: "nothing left the machine, or the other side says so"."""
        self._send_the_rest(Trouble.BREAK_BEFORE)

    def _send_the_rest(self, trouble: Trouble) -> None:
        """Send a mail with trouble about the second of three, then to those who have not got it, as an outbox does."""
        email = mail(ERIKA, MAX, THIRD)
        with self.open() as mailer:
            with troubled(self.trouble(mailer, trouble, MAX)):
                receipts = self.send(mailer, email)
                self.check_trouble(mailer, trouble, MAX)
                self.check_truth(mailer, receipts)
            left = tuple(receipt.recipient for receipt in receipts if receipt.status in AGAIN)
            assert MAX in left, f"the copy for {MAX} failed, and nobody tries it again: {said(receipts[1])}"
            self.deliver(mailer, mail(*left))
            for address in email.to:
                self.arrived(mailer, address)

    @needs("unreachable")
    def test_a_network_that_fails_is_a_receipt(self) -> None:
        """Nothing is raised and nothing is claimed: "Never raises for what the network or the server does"."""
        with self.open_unreachable() as mailer:
            for receipt in self.send(mailer, mail(ERIKA, MAX)):
                assert receipt.status in AGAIN, f"nobody was reached, and the receipt says {said(receipt)}"
