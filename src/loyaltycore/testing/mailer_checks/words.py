"""What a mail says arrives as it is: words, names, files; and none of it becomes a header."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.ports.messaging import DeliveryStatus, Mailer
from loyaltycore.testing.letters import ReceivedMail
from loyaltycore.testing.mailer_checks.base import ERIKA, MALLORY, MAX, MailerChecks, accepted, mail
from loyaltycore.testing.mailer_checks.comparing import Mailbox
from loyaltycore.testing.mailer_checks.samples import odd_mails, plain_mails
from loyaltycore.testing.receipts import AGAIN, said
from loyaltycore.testing.strategies.mail_samples import INJECTIONS
from loyaltycore.testing.strategies.mails import emails
from loyaltycore.testing.suite import examples, needs

_FEW: Final = 12
_FILE: Final = Attachment("Übersicht.pdf", "application/pdf", bytes(range(256)))
_EMPTY_FILE: Final = Attachment("empty.txt", "text/plain", b"")
_BAD_ADDRESSES: Final = (
    "",
    "no address",
    "two@example.org, three@example.org",
    f"x@example.org>\r\nBcc: <{MALLORY}",
)


class WordChecks(MailerChecks, kit=True):
    """Tests of single mails."""

    def test_the_words_arrive(self) -> None:
        """Subject and text arrive to the letter, in any language: "The plain part, as it is to arrive"."""
        texts = [
            "Grüße, Müller-Lüdenscheidt ß €",
            "\U0001f600 שלום",
            ".\n..\n.hidden\nFrom me\n",
            "blanks behind  \n\n\n\tand before  them",
            "x" * 3000,
            "",
        ]
        own = self.own_sender()
        mails = [
            mail(
                f"reader{number}@example.org",
                message_id=f"id-{number}",
                subject=f"Größe {number}: 100 % \U0001f600",
                text=text,
            )
            for number, text in enumerate(texts)
        ]
        with self.open() as mailer:
            self.deliver(mailer, *mails)
            self.compare(mailer, mails, own)

    def test_every_kind_of_text_arrives(self) -> None:
        """Mails made of what is easily lost arrive with all their parts: "What is accepted arrives as `Email` says"."""
        own = self.own_sender()
        sent = [self.possible(email) for email in plain_mails()]
        with self.open() as mailer:
            for email in sent:
                self.deliver(mailer, email)
                self.compare(mailer, [email], own)

    def test_any_mails_arrive_as_they_are(self) -> None:
        """Generated mails, one after the other, arrive and share nothing: "nothing of it in another mail"."""
        own = self.own_sender()

        @examples(30)
        @given(st.lists(emails(), min_size=1, max_size=3, unique_by=lambda email: email.message_id))
        def holds(drawn: list[Email]) -> None:
            sent = [self.possible(email) for email in drawn]
            with self.open() as mailer:
                self.deliver(mailer, *sent)
                self.compare(mailer, sent, own)

        holds()

    def test_odd_mails_arrive_as_they_are_or_not_at_all(self) -> None:
        """Long words, odd names and addresses are carried or refused: "nothing of it in another mail; what cannot arrive like that is rejected"."""
        own = self.own_sender()
        odd = [self.possible(email) for email in odd_mails()]
        # A few at a time, because `peek` may read all mails that have arrived since `open`.
        for start in range(0, len(odd), _FEW):
            with self.open() as mailer:
                for email in odd[start : start + _FEW]:
                    self._send_odd(mailer, email, own)

    def _send_odd(self, mailer: Mailer, email: Email, own: Mailbox) -> None:
        (receipt,) = self.send(mailer, email)
        assert receipt.status not in AGAIN, (
            f"a mail that cannot be carried is tried again and again: {receipt.detail!r}"
        )
        if receipt.status is DeliveryStatus.ACCEPTED:
            self.compare(mailer, [email], own)
        else:
            assert not self.found(mailer, *email.to), "a mail was rejected, and has arrived"

    def test_long_texts_arrive_whole(self) -> None:
        """A text and a page of some hundred thousand characters are not cut: "every character counts"."""
        text = "".join(f"{number} Größe\n" for number in range(30_000))
        own = self.own_sender()
        sent = self.possible(mail(text=text, html=f"<pre>{text}</pre>"))
        with self.open() as mailer:
            self.deliver(mailer, sent)
            self.compare(mailer, [sent], own)

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
            for address in _BAD_ADDRESSES:
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
        for address in accepted(self.send(mailer, email)):
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
            for number, bad in enumerate(_BAD_ADDRESSES):
                good = f"good{number}@example.org"
                _, receipt = self.send(mailer, mail(bad, good, message_id=f"id-{number}"))
                assert receipt.status is DeliveryStatus.ACCEPTED, (
                    f"because of {bad!r} a right address has no mail"
                )
                self.arrived(mailer, good)

    def test_answers_go_where_the_mail_says(self) -> None:
        """Reply-To and the sender's name arrive: "Where answers go"."""
        own = self.own_sender()
        sent = mail(reply_to="desk@example.org", sender_name="Optik Größ")
        with self.open() as mailer:
            self.deliver(mailer, sent)
            self.compare(mailer, [sent], own)
            assert not self.found(mailer, "desk@example.org"), "a copy went to the address for answers"

    def test_the_way_out_arrives(self) -> None:
        """Where a reader wants no more mails is said to the letter, or the mail is refused: "Where its reader says with one touch that they want no more of them"."""
        own = self.own_sender()
        sent = mail(unsubscribe="https://shop.example/out?to=erika%40example.org&list=7")
        plain = mail(MAX, message_id="id-2")
        with self.open() as mailer:
            (receipt,) = self.send(mailer, sent)
            if receipt.status is DeliveryStatus.ACCEPTED:
                self.compare(mailer, [sent], own)
            else:
                assert receipt.status is DeliveryStatus.REJECTED, (
                    f"it can be carried or not, and the receipt says {said(receipt)}"
                )
                self.check_truth(mailer, [receipt])
            self.deliver(mailer, plain)
            ways = self.arrived(mailer, MAX).values("List-Unsubscribe")
            assert not any(sent.unsubscribe in way for way in ways), "it stands in the next mail, too"

    @needs("senders")
    def test_the_sender_is_the_mails(self) -> None:
        """A mail that names its sender comes from there, and the next one does not: "From address; empty for the mailer's own"."""
        own = self.own_sender()
        sent = [
            mail(sender="branch@example.org", sender_name="Filiale", reply_to="branch@example.com"),
            mail(MAX, message_id="id-2"),
        ]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)
            assert not self.found(mailer, "branch@example.org"), "a copy went to the sender"

    def test_what_is_ours_is_not_sent(self) -> None:
        """No reader learns from which template a mail was made: "It is not sent"."""
        template = "our-own-template/37"
        with self.open() as mailer:
            self.deliver(mailer, mail(template=template))
            assert template not in str(self.arrived(mailer)), "the mail names the template it was made from"

    @needs("html")
    def test_html_arrives_beside_the_text(self) -> None:
        """Both parts arrive: "The HTML part, or an empty string for none"."""
        own = self.own_sender()
        page = (
            "<p>Sie liegt <b>bereit</b>,  Größe 5 &amp; mehr: "
            '<a href="https://shop.example/c?a=1&amp;b=2">hier</a>, <a href="tel:+4930123">Anruf</a>.</p>'
        )
        sent = [
            mail(html=page),
            mail(MAX, message_id="id-2"),
            mail("page@example.org", message_id="id-3", text="", html=page),
        ]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)

    @needs("attachments")
    def test_files_arrive(self) -> None:
        """Every file arrives with its name, its type and its bytes: "A file that goes with a mail"."""
        own = self.own_sender()
        many = (evolve(_FILE, name=f"{number}.pdf", content=b"%d" % number) for number in range(20))
        files = (_FILE, _EMPTY_FILE, evolve(_FILE, content=b"1"), evolve(_EMPTY_FILE, name="a.txt"), *many)
        sent = [mail(attachments=files), mail(MAX, message_id="id-2")]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)

    @needs("attachments")
    def test_large_files_arrive_whole(self) -> None:
        """Files of some megabytes keep every byte: "The bytes, none of which may change"."""
        own = self.own_sender()
        large = bytes(range(251)) * 10_000
        files = (
            Attachment("1.bin", "application/octet-stream", large),
            Attachment("2.txt", "text/plain", large[1:]),
        )
        sent = mail(ERIKA, attachments=files)
        with self.open() as mailer:
            self.deliver(mailer, sent)
            self.compare(mailer, [sent], own)
