"""What every group of mailer tests uses: the hooks, a short mail, and what has become of mails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Final

from attrs import evolve, frozen

from loyaltycore.kernel import messages
from loyaltycore.kernel.messages import Email
from loyaltycore.ports import messaging
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt
from loyaltycore.testing.letters import ReceivedMail
from loyaltycore.testing.mailer_checks.comparing import Mailbox, differences, in_ascii
from loyaltycore.testing.receipts import check_receipt
from loyaltycore.testing.suite import Ability, Conformance, Lacks, hook, hook_for
from loyaltycore.testing.trouble import Trouble

ERIKA: Final = "erika@example.org"
MAX: Final = "max@example.com"
MALLORY: Final = "mallory@example.org"
THIRD: Final = "third@example.net"


@frozen(kw_only=True)
class MailerCapabilities:
    """What a mailer can do; a gap is a `Lacks` with a reason."""

    html: Ability = True
    """It sends an HTML part."""
    attachments: Ability = True
    """It sends files."""
    senders: Ability = True
    """It sends under the From address that a mail names, not only under its own."""
    unreachable: Ability = True
    """The test can have a mailer whose other side does not answer; needs `open_unreachable`."""
    trouble: Ability = True
    """The test can get the other side into trouble; needs `trouble`."""


def mail(*to: str, **fields: Any) -> Email:
    """A short mail."""
    given: dict[str, Any] = {"message_id": "id-1", "subject": "Ihre Karte", "text": "Sie liegt bereit.\n"}
    return Email(to=to or (ERIKA,), **{**given, **fields})


def accepted(receipts: Sequence[Receipt]) -> list[str]:
    """The recipients whose copies were accepted."""
    return [receipt.recipient for receipt in receipts if receipt.status is DeliveryStatus.ACCEPTED]


class MailerChecks(Conformance, kit=True):
    """The hooks of the mailer suite."""

    contract = (messaging, messages)
    capabilities: ClassVar[MailerCapabilities]
    capabilities_type = MailerCapabilities

    @hook
    def open(self) -> AbstractContextManager[Mailer]:
        """Return a context manager that yields a mailer whose other side takes every mail, and has none yet."""
        raise NotImplementedError

    @hook
    def peek(self, mailer: Any, address: str) -> Sequence[ReceivedMail]:
        """Return what has arrived for exactly this address since `open`: a list; `read_mail` reads raw mails."""
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[Mailer]:
        """Return a context manager that yields a mailer whose other side does not answer."""
        raise NotImplementedError

    @hook_for("trouble")
    def trouble(
        self, mailer: Any, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        """Return a context manager that makes the other side do this while its block lasts.

        Return a `Lacks` with the reason for what the other side cannot do: the test is skipped then. After the block
        the other side takes every mail again, and the mailer must not make a pause of its own before it asks.

        Args:
            mailer: What `open` yielded; it may have sent mails before.
            trouble: `Trouble.BUSY` is never asked for.
            about: The address that the trouble is about. `Trouble.REFUSE`, `Trouble.FAIL` and `Trouble.BREAK_BEFORE` are
                for this one alone, `Trouble.SHUT_OUT` begins with it. Empty for all.
        """
        raise NotImplementedError

    def found(self, mailer: Mailer, address: str) -> Sequence[ReceivedMail]:
        """What has arrived for an address, under whatever form of its domain."""
        return self.peek(mailer, address) or self.peek(mailer, in_ascii(address))

    def arrived(self, mailer: Mailer, address: str = ERIKA) -> ReceivedMail:
        """The one mail that has arrived for an address."""
        received = self.found(mailer, address)
        assert len(received) == 1, f"{len(received)} mails have arrived for {address!r}, and not one"
        return received[0]

    def send(self, mailer: Mailer, email: Email) -> tuple[Receipt, ...]:
        """Send a mail and look at the form of the answer."""
        receipts = mailer.send(email)
        assert isinstance(receipts, tuple), (
            f"the answer is {type(receipts).__name__}, and no tuple of receipts"
        )
        for receipt in receipts:
            check_receipt(receipt, set(email.to))
        recipients = tuple(receipt.recipient for receipt in receipts)
        assert recipients == email.to, f"the receipts are about {recipients}, and the mail is to {email.to}"
        return receipts

    def deliver(self, mailer: Mailer, *emails: Email) -> None:
        """Send mails that every mailer takes."""
        for email in emails:
            refused = [
                receipt
                for receipt in self.send(mailer, email)
                if receipt.status is not DeliveryStatus.ACCEPTED
            ]
            assert refused == [], (
                f"a mail that can be carried was not accepted: {refused[0].status}, {refused[0].detail!r}"
            )

    def possible(self, email: Email) -> Email:
        """The mail without what the mailer cannot do."""
        can = self.capabilities
        return evolve(
            email,
            html=email.html if can.html else "",
            attachments=email.attachments if can.attachments else (),
            sender=email.sender if can.senders else "",
        )

    def own_sender(self) -> Mailbox:
        """What From says where a mail names no sender."""
        with self.open() as mailer:
            self.deliver(mailer, mail())
            return Mailbox.of("".join(self.arrived(mailer).values("From")))

    def compare(self, mailer: Mailer, sent: Sequence[Email], own: Mailbox) -> None:
        """Demand that these mails have arrived as they are, and nothing else for their recipients."""
        for address in dict.fromkeys(address for email in sent for address in email.to):
            expected = [email for email in sent if address in email.to]
            arrived = list(self.found(mailer, address))
            assert len(arrived) == len(expected), (
                f"{len(arrived)} mails have arrived for {address!r}, and {len(expected)} were accepted"
            )
            for email in expected:
                # They may come in any order: the nearest is the one that is meant.
                found = [differences(received, email, address, own) for received in arrived]
                nearest = min(found, key=len)
                assert not nearest, "; ".join(nearest)
                del arrived[found.index(nearest)]

    def check_truth(self, mailer: Mailer, receipts: Sequence[Receipt]) -> None:
        """Demand that receipts say nothing else than what is so, for recipients who had no mail before."""
        for receipt in receipts:
            copies = len(self.found(mailer, receipt.recipient))
            most = 0 if receipt.status in {DeliveryStatus.NOT_SENT, DeliveryStatus.REJECTED} else 1
            least = 1 if receipt.status is DeliveryStatus.ACCEPTED else 0
            assert least <= copies <= most, (
                f"the receipt for {receipt.recipient} says {receipt.status}, and {copies} copies have arrived"
            )
