"""Whatever a text holds, it arrives as it is or nothing is sent; it never becomes a header, a line end or a mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings, strategies as st

from loyaltycore.ports.messaging import Attachment, DeliveryStatus, Receipt
from loyaltycore_email import Security, SmtpMailer
from loyaltycore_email.addresses import read_mailbox
from loyaltycore_email.headers import Unsendable

from .mails import SENDER, fresh_address, make_mail
from .reading import LONGEST_FOLDED, Arrived, assert_clean_wire, decode_words, file_name
from .servers import MailServer

HEADERS = [
    "To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
]  # fmt: skip
LONGEST_WHEN_ENCODED = 76
DEEP = settings(max_examples=100, deadline=None)

pieces = st.sampled_from(
    [
        "\r\n", "\n", "\r", "\r\n.\r\n", "\n.\n", "\r.\r", ".", "..", "\r\nBcc: x@y.example\r\n", "\x00", "\x0b", "\x0c",
        "\x1c", "\x85", "\u2028", "=?utf-8?q?=0D=0ABcc=3A_x=40y.example?=", "=?utf-8?b?", "?=", "=?UTF-8?B?w6Q=?=",  '"', "\\", " ", "\t",
        "=", "From ", "ä", "ß", "\U0001f453", "e\u0301", "\u202e", "\ud800", "x" * 90, "Größe " * 200, "--", ";", "%0D%0A",
    ]
)  # fmt: skip
lines = st.lists(pieces | st.text(max_size=12), max_size=8).map("".join)
texts = (
    lines | st.text(st.characters(), max_size=40) | st.text(st.characters(max_codepoint=127), max_size=400)
)


@pytest.fixture(scope="module")
def shop(server: MailServer) -> Iterator[SmtpMailer]:
    with SmtpMailer(
        host="localhost",
        port=server.ports["plain"],
        sender=SENDER,
        security=Security.NONE,
        local_hostname="till",
    ) as shop:
        yield shop


def fits_a_header(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)


def as_mail_text(text: str) -> str:
    """Line ends are CRLF, and the last line has one: a mail cannot say it otherwise."""
    ended = re.sub(r"\r\n|\r|\n", "\r\n", text)
    return ended if ended.endswith("\r\n") else ended + "\r\n"


def outcome(server: MailServer, receipt: Receipt) -> Arrived | None:
    """The one mail that arrived, or None where it was refused and nothing arrived."""
    arrived = server.inbox(receipt.recipient)
    if receipt.status is DeliveryStatus.REJECTED:
        assert receipt.code == "invalid_message"
        assert receipt.detail
        assert arrived == []
        return None
    assert receipt.status is DeliveryStatus.ACCEPTED
    (mail,) = arrived
    assert_clean_wire(mail.raw)
    return mail


@DEEP
@given(subject=lines, name=lines)
@example(subject="Größe \U0001f453 " * 60, name="Ä" * 300)
@example(subject="=?UTF-8?B?w6Q=?=", name="=?utf-8?q?=0D=0ABcc=3A_x=40y.example?=")
@example(subject="a\r\nBcc: x@y.example", name="")
@example(subject=" zwei  Blanks ", name='"Anna" \\ ')
def test_subject_and_name(server: MailServer, shop: SmtpMailer, subject: str, name: str) -> None:
    """Subject and name come back exactly, or the mail is refused because one of them is not a line."""
    (receipt,) = shop.send(make_mail(fresh_address(), subject=subject, sender_name=name))
    mail = outcome(server, receipt)
    assert (mail is not None) == fits_a_header(subject + name)
    if mail is not None:
        assert [found for found, _ in mail.headers] == HEADERS
        assert mail.header("Subject") == subject
        assert max(map(len, mail.raw.split(b"\r\n"))) <= LONGEST_FOLDED
        shown, address = display_name(dict(mail.headers)["From"])
        assert (shown, address) == (name, SENDER)


def display_name(value: str) -> tuple[str, str]:
    shown, _, address = value.rpartition(" ")
    quoted = shown.startswith('"')
    return shown[1:-1] if quoted else decode_words(shown), address.removeprefix("<").removesuffix(">")


@DEEP
@given(text=texts)
@example(text="a\x00b\x0bc\x1cd")
@example(text=".\r\n..\r.\n.")
@example(text="From here\n" + "x" * 5000 + "\n" + "Größe " * 500)
@example(text="a\n.\r\nMAIL FROM:<x@y.example>\r\n")
@example(text="\ud800")
def test_text(server: MailServer, shop: SmtpMailer, text: str) -> None:
    """Any text comes back exactly but for its line ends; half a character is refused."""
    (receipt,) = shop.send(make_mail(fresh_address(), text=text))
    mail = outcome(server, receipt)
    assert (mail is not None) == _is_unicode(text)
    if mail is not None:
        assert [found for found, _ in mail.headers] == HEADERS
        assert mail.body == as_mail_text(text)
        assert max(map(len, mail.raw.split(b"\r\n"))) <= LONGEST_WHEN_ENCODED


def _is_unicode(text: str) -> bool:
    return not any(unicodedata.category(character) == "Cs" for character in text)


@DEEP
@given(text=texts, html=texts, name=lines, content=st.binary(max_size=300))
@example(text="a", html="b", name='""', content=b"")
@example(text="a", html="b", name=" ../Größe; 7.pdf ", content=b"\r\n.\r\n")
@example(text="a", html="b", name="%41" * 90, content=b"--")
def test_parts(server: MailServer, shop: SmtpMailer, text: str, html: str, name: str, content: bytes) -> None:
    """In a mail of several parts, each part comes back, and the file's name does."""
    file = Attachment(name, "application/pdf", content)
    (receipt,) = shop.send(make_mail(fresh_address(), text=text + ".", html=html + ".", attachments=(file,)))
    mail = outcome(server, receipt)
    assert (mail is not None) == (fits_a_header(name) and _is_unicode(text + html))
    if mail is not None:
        assert [found for found, _ in mail.headers] == HEADERS[:-1]
        plain, page, found = [part for part in mail.message.walk() if not part.is_multipart()]
        assert plain.get_payload(decode=True).decode() == as_mail_text(text + ".")
        assert page.get_payload(decode=True).decode() == as_mail_text(html + ".")
        assert found.get_payload(decode=True) == content
        # Not by the parser: it drops quotes and blanks around a name.
        assert file_name(str(dict(found.raw_items())["Content-Disposition"])) == name


@DEEP
@given(message_id=texts)
def test_message_id(server: MailServer, shop: SmtpMailer, message_id: str) -> None:
    """Any id makes a Message-ID in its plain form; no id at all is refused."""
    (receipt,) = shop.send(make_mail(fresh_address(), message_id=message_id))
    mail = outcome(server, receipt)
    assert (mail is not None) == bool(message_id)
    if mail is not None:
        assert [found for found, _ in mail.headers] == HEADERS
        assert re.fullmatch(r"<[A-Za-z0-9_=-]{1,120}@laden\.example>", mail.header("Message-ID"))


addresses = st.one_of(
    st.emails(),
    st.tuples(st.emails(), pieces).map("".join),
    st.tuples(pieces, st.emails()).map("".join),
    st.tuples(st.text(max_size=8), st.just("@"), st.text(max_size=12)).map("".join),
    st.sampled_from(
        [
            "", "a", "a@", "@b.example", "a@b@c.example", "Erika <a@b.example>", "<a@b.example>", "a@b.example,c@d.example",
            '"a b"@c.example', "a@[127.0.0.1]", "a b@c.example", "a@b..example", "a..b@c.example", ".a@b.example",
            "x" * 65 + "@b.example", "a@" + "b" * 64 + ".example", "a@" + "b." * 130 + "example", "a@-b.example",
            "a@b.example SIZE=1", "a@b.example> NOTIFY=NEVER <", "jürgen@b.example\r\nRCPT TO:<x@y.example>",
        ]
    ),
)  # fmt: skip


@DEEP
@given(address=addresses)
def test_recipients(server: MailServer, shop: SmtpMailer, address: str) -> None:
    """Any text as a recipient ends in a receipt; what is no address reaches no server and stops nobody else."""
    other = fresh_address()
    first, second = shop.send(make_mail(address, other))
    assert first.recipient == address
    assert second.status is DeliveryStatus.ACCEPTED
    assert len(server.inbox(other)) == 1
    if first.status is DeliveryStatus.ACCEPTED:
        mailbox = read_mailbox(address, "to")
        assert server.inbox(mailbox.address)[-1].header("To") == mailbox.address
    else:
        assert first.status is DeliveryStatus.REJECTED
        assert first.code == "invalid_message" if not fits_a_header(address) else first.code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("a@b.example\r\nBcc: x@y.example", "invalid_message"),
        ("a@b.example\x00", "invalid_message"),
        ("Erika <a@b.example>", "invalid_recipient"),
        ("a@b.example,c@d.example", "invalid_recipient"),
        ("a@b.example> SIZE=1 <", "invalid_recipient"),
        ("=?utf-8?q?a?=@b.example", "invalid_recipient"),
        ("x" * 65 + "@b.example", "invalid_recipient"),
        ("jürgen müller@b.example", "invalid_recipient"),
        ("", "invalid_recipient"),
    ],
)
def test_a_recipient_that_is_none(shop: SmtpMailer, address: str, code: str) -> None:
    """An address that could break out of its line has another word than one that is merely wrong."""
    (receipt,) = shop.send(make_mail(address))
    assert (receipt.status, receipt.code) == (DeliveryStatus.REJECTED, code)


@settings(max_examples=200, deadline=None)
@given(address=addresses)
def test_an_address_reads_the_same_everywhere(address: str) -> None:
    """What we take for an address, the standard library does too: nothing can hide a second one in it."""
    try:
        mailbox = read_mailbox(address, "to")
    except Unsendable:
        return
    assert parseaddr(mailbox.address) == ("", mailbox.address)
    assert re.search(r"[\s<>,;:\"\\()\[\]]", mailbox.address) is None


@pytest.mark.parametrize("field", ["sender", "reply_to"])
@pytest.mark.parametrize(
    "text", ["a@b.example\r\nBcc: x@y.example", "a@b.example\x00", "Anna", "a@b.example, c@d.example"]
)
def test_senders(server: MailServer, shop: SmtpMailer, field: str, text: str) -> None:
    """A sender or reply address that is none refuses the mail for everybody."""
    receipts = shop.send(make_mail(fresh_address(), fresh_address(), **{field: text}))
    assert [outcome(server, receipt) for receipt in receipts] == [None, None]
    assert all(receipt.detail.startswith(field) for receipt in receipts)


@pytest.mark.parametrize(
    "media_type",
    ["", "pdf", "text/csv\r\nBcc: x@y.example", "text/csv; name=\u00e4", "multipart/mixed", "message/rfc822", "a/b;", "ä/b",
     "a/" + "b" * 300, "Message/RFC822"],
)  # fmt: skip
def test_media_types(server: MailServer, shop: SmtpMailer, media_type: str) -> None:
    """What is no media type, and what would need another encoding, is refused."""
    (receipt,) = shop.send(make_mail(fresh_address(), attachments=(Attachment("a", media_type, b""),)))
    assert outcome(server, receipt) is None
    assert receipt.detail.startswith("attachments[0].media_type")
