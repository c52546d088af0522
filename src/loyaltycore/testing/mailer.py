"""The conformance suite of the mailer port.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import Lacks, MailerCapabilities, MailerConformance, read_mail
    from shop_mail import ShopMailer, running_sandbox

    class TestShopMailer(MailerConformance):
        capabilities = MailerCapabilities(unreachable=Lacks("the sandbox is always there"))

        @contextmanager
        def open(self):
            with running_sandbox() as sandbox, ShopMailer(sandbox.url) as mailer:
                yield mailer

        def peek(self, mailer, address):
            return [read_mail(raw) for raw in mailer.sandbox.mails_to(address)]

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from attrs import evolve, frozen
from hypothesis import given

from loyaltycore.kernel import messages
from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.ports import messaging
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt
from loyaltycore.testing.letters import ReceivedMail, read_mail
from loyaltycore.testing.strategies.messages import INJECTIONS, emails
from loyaltycore.testing.suite import Ability, Conformance, Lacks, examples, hook, hook_for, needs

__all__ = ["Lacks", "MailerCapabilities", "MailerConformance", "ReceivedMail", "read_mail"]

ERIKA, MAX, MALLORY = "erika@example.org", "max@example.com", "mallory@example.org"
_FILE = Attachment("Übersicht.pdf", "application/pdf", bytes(range(256)))
_EMPTY_FILE = Attachment("empty.txt", "text/plain", b"")
_ODD_ADDRESSES = (
    "",
    "no address",
    "two@example.org, three@example.org",
    f"x@example.org>\r\nBcc: <{MALLORY}",
)


@frozen(kw_only=True)
class MailerCapabilities:
    """What a mailer can do; a gap is a `Lacks` with a reason."""

    html: Ability = True
    """It sends an HTML part."""
    attachments: Ability = True
    senders: Ability = True
    """It sends under the From address that a mail names, not only under its own."""
    unreachable: Ability = True
    """The test can have a mailer whose other side does not answer; needs `open_unreachable`."""


def mail(*to: str, **fields: Any) -> Email:
    """A short mail."""
    given: dict[str, Any] = {"message_id": "id-1", "subject": "Ihre Karte", "text": "Sie liegt bereit.\n"}
    return Email(to=to or (ERIKA,), **{**given, **fields})


def accepted(receipts: Sequence[Receipt]) -> list[str]:
    """The recipients whose copies were accepted."""
    return [receipt.recipient for receipt in receipts if receipt.status is DeliveryStatus.ACCEPTED]


class MailerConformance(Conformance, kit=True):
    """Checks a mailer against `loyaltycore.ports.messaging.Mailer`: subclass it, fill `open`, `peek` and `capabilities`."""

    contract = (messaging, messages)
    capabilities: ClassVar[MailerCapabilities]
    capabilities_type = MailerCapabilities

    @hook
    def open(self) -> AbstractContextManager[Mailer]:
        """Return a context manager that yields a mailer whose other side takes every mail, and has none yet."""
        raise NotImplementedError

    @hook
    def peek(self, mailer: Any, address: str) -> Sequence[ReceivedMail]:
        """Return what has arrived for an address since `open`, oldest first; `read_mail` reads raw mails."""
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[Mailer]:
        """Return a context manager that yields a mailer whose other side does not answer."""
        raise NotImplementedError

    def arrived(self, mailer: Mailer, address: str = ERIKA) -> ReceivedMail:
        """The one mail that has arrived for an address."""
        received = self.peek(mailer, address)
        assert len(received) == 1, f"{len(received)} mails have arrived for {address}"
        return received[0]

    def test_every_recipient_has_a_receipt(self) -> None:
        """Receipts stand in the order of the recipients: "One receipt per address in `email.to`, in that order"."""
        with self.open() as mailer:
            for to in [(ERIKA,), (ERIKA, MAX), (MAX, ERIKA), (MAX, ERIKA, "third@example.net")]:
                receipts = mailer.send(mail(*to))
                assert isinstance(receipts, tuple)
                assert tuple(receipt.recipient for receipt in receipts) == to
                assert {receipt.status for receipt in receipts} == {DeliveryStatus.ACCEPTED}

    def test_what_was_accepted_has_arrived_once(self) -> None:
        """Each recipient gets the mail, and gets it once: "The other side has taken it over"."""
        to = (ERIKA, MAX, "third@example.net")
        with self.open() as mailer:
            mailer.send(mail(*to))
            assert {address: len(self.peek(mailer, address)) for address in to} == dict.fromkeys(to, 1)

    def test_a_repetition_carries_the_same_message_id(self) -> None:
        """The receiving side can recognise a mail sent again: "so a repetition carries the same one"."""
        with self.open() as mailer:
            for _ in range(3):
                mailer.send(mail())
            ids = [received.values("Message-ID") for received in self.peek(mailer, ERIKA)]
        assert ids, "the mail has not arrived"
        assert all(len(values) == 1 for values in ids), "a mail has no Message-ID, or several"
        assert len({values[0] for values in ids}) == 1

    def test_the_message_id_is_made_from_ours_alone(self) -> None:
        """Another text or recipient changes nothing, another id of ours does: "from `email.message_id` alone"."""
        with self.open() as mailer, self.open() as another:
            mailer.send(mail(message_id="id-1"))
            another.send(mail(MAX, message_id="id-1", subject="Otherwise", text="quite"))
            mailer.send(mail(MALLORY, message_id="id-2"))
            received = self.arrived(mailer), self.arrived(another, MAX), self.arrived(mailer, MALLORY)
        first, same, different = (found.values("Message-ID") for found in received)
        assert first == same
        assert first != different

    def test_the_words_arrive(self) -> None:
        """Subject and text arrive to the letter, in any language: "The plain part"."""
        texts = [
            "Grüße, Müller-Lüdenscheidt ß €",
            "\U0001f600 שלום",
            ".\n..\n.hidden\nFrom me\n",
            "x" * 3000,
            "",
        ]
        with self.open() as mailer:
            for number, text in enumerate(texts):
                address = f"reader{number}@example.org"
                mailer.send(
                    mail(
                        address,
                        message_id=f"id-{number}",
                        subject=f"Größe {number}: 100 % \U0001f600",
                        text=text,
                    )
                )
                received = self.arrived(mailer, address)
                assert received.text.rstrip("\n") == text.rstrip("\n")
                assert received.values("Subject") == [f"Größe {number}: 100 % \U0001f600"]

    def test_any_mail_is_taken(self) -> None:
        """Generated mails are accepted and arrive with their words: "Hand one mail over"."""

        @examples(30)
        @given(emails())
        def holds(email: Email) -> None:
            email = self._possible(email)
            with self.open() as mailer:
                assert accepted(mailer.send(email)) == list(email.to)
                for address in email.to:
                    received = self.arrived(mailer, address)
                    assert received.values("Subject") == [email.subject]
                    assert received.text.rstrip("\n") == email.text.rstrip("\n")

        holds()

    def _possible(self, email: Email) -> Email:
        can = self.capabilities
        return evolve(
            email,
            html=email.html if can.html else "",
            attachments=email.attachments if can.attachments else (),
        )

    def test_nothing_becomes_a_header(self) -> None:
        """A name or a subject with line breaks stays a name or a subject: "none of it may become a header of its own"."""
        fields = [
            "subject",
            "sender_name",
            "reply_to",
            "message_id",
            *(["sender"] if self.capabilities.senders else []),
        ]
        with self.open() as mailer:
            for name in fields:
                for number, text in enumerate(INJECTIONS):
                    address = f"{name}{number}@example.org".replace("_", "")
                    self._send_hostile(mailer, mail(address, **{"message_id": "id-1", name: text}), name)
            for address in _ODD_ADDRESSES:
                self._send_hostile(mailer, mail(address, MAX), "to")
            assert list(self.peek(mailer, MALLORY)) == [], "a mail went to somebody whom a text named"

    @needs("attachments")
    def test_no_attachment_becomes_a_header(self) -> None:
        """The name and the type of a file with line breaks stay what they are: "none of it may become a header"."""
        with self.open() as mailer:
            for number, text in enumerate(INJECTIONS):
                for attachment in (
                    evolve(_FILE, name=text),
                    evolve(_FILE, media_type=f"text/plain; x={text}"),
                ):
                    email = mail(f"file{number}@example.org", attachments=(attachment,))
                    self._send_hostile(mailer, email, "attachments")

    def _send_hostile(self, mailer: Mailer, email: Email, name: str) -> None:
        """Send, and look at whatever has come of it."""
        receipts = mailer.send(email)
        assert [receipt.recipient for receipt in receipts] == list(email.to), f"receipts are missing: {name}"
        for address in accepted(receipts):
            for received in self.peek(mailer, address):
                self._look_for_injection(received, name)

    @staticmethod
    def _look_for_injection(received: ReceivedMail, name: str) -> None:
        names = {header.lower() for header, _ in received.headers}
        assert not names & {"bcc", "x-injected"}, f"`{name}` became a header"
        for single in ("From", "To", "Subject", "Message-ID", "Reply-To"):
            assert len(received.values(single)) <= 1, f"`{name}` brought a second {single}"
        assert "X-Injected" not in received.text, f"`{name}` ended the headers"

    def test_one_bad_address_spoils_no_other(self) -> None:
        """A bad address gets a receipt, and the other recipients get their mail: "each naming its recipient"."""
        with self.open() as mailer:
            for number, odd in enumerate(_ODD_ADDRESSES):
                good = f"good{number}@example.org"
                receipts = mailer.send(mail(odd, good))
                assert [receipt.recipient for receipt in receipts] == [odd, good]
                assert receipts[1].status is DeliveryStatus.ACCEPTED
                assert len(self.peek(mailer, good)) == 1

    def test_answers_go_where_the_mail_says(self) -> None:
        """Reply-To and the sender's name arrive: "Where answers go"."""
        with self.open() as mailer:
            mailer.send(mail(reply_to="desk@example.org", sender_name="Optik Größ"))
            received = self.arrived(mailer)
        assert received.values("Reply-To") == ["desk@example.org"]
        assert "Optik Größ" in received.values("From")[0]

    @needs("senders")
    def test_the_sender_is_the_mails(self) -> None:
        """A mail that names its sender comes from there: "From address; empty for the mailer's own"."""
        with self.open() as mailer:
            mailer.send(mail(sender="branch@example.org"))
            assert "branch@example.org" in self.arrived(mailer).values("From")[0]

    @needs("html")
    def test_html_arrives_beside_the_text(self) -> None:
        """Both parts arrive: "The HTML part, or an empty string for none"."""
        page = "<p>Sie liegt <b>bereit</b>, Größe 5 &amp; mehr.</p>"
        with self.open() as mailer:
            mailer.send(mail(html=page))
            mailer.send(mail(MAX))
            received = self.arrived(mailer)
            assert (received.html.strip(), received.text.strip()) == (page, "Sie liegt bereit.")
            assert self.arrived(mailer, MAX).html == ""

    @needs("attachments")
    def test_files_arrive(self) -> None:
        """Every file arrives with its name, its type and its bytes: "A file that goes with a mail"."""
        with self.open() as mailer:
            mailer.send(mail(attachments=(_FILE, _EMPTY_FILE)))
            mailer.send(mail(MAX))
            assert self.arrived(mailer).attachments == (_FILE, _EMPTY_FILE)
            assert self.arrived(mailer, MAX).attachments == ()

    @needs("unreachable")
    def test_a_network_that_fails_is_a_receipt(self) -> None:
        """Nothing is raised and nothing is claimed: "Never raises for what the network or the server does"."""
        with self.open_unreachable() as mailer:
            receipts = mailer.send(mail(ERIKA, MAX))
        assert [receipt.recipient for receipt in receipts] == [ERIKA, MAX]
        assert {receipt.status for receipt in receipts} <= {DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN}
