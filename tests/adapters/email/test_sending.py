"""What arrives is what was meant: headers, texts, attachments, addresses, one copy for each recipient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from loyaltycore.ports.messaging import Attachment, DeliveryStatus
from loyaltycore_email import Security

from .conftest import MakeMailer
from .mails import SENDER, fresh_address, make_mail
from .reading import assert_clean_wire
from .servers import MailServer

ACCEPTED = DeliveryStatus.ACCEPTED
HEADERS = ["To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def test_a_plain_mail_arrives_with_the_headers_that_it_needs(server: MailServer, mailer: MakeMailer) -> None:
    """A mail has exactly the headers that we write, a date of now, and our words."""
    to = fresh_address()
    (receipt,) = mailer(sender_name="Optik Laden").send(make_mail(to, message_id="m-17"))
    assert (receipt.status, receipt.recipient) == (ACCEPTED, to)
    assert receipt.vendor_id == f"{to[:8].upper()}1"
    assert receipt.raw.startswith("250 2.0.0 Ok: queued as ")
    (arrived,) = server.inbox(to)
    assert [name for name, _ in arrived.headers] == [*HEADERS, "Content-Transfer-Encoding"]
    assert arrived.header("To") == to
    assert arrived.header("From") == f'"Optik Laden" <{SENDER}>'
    assert arrived.header("Subject") == "Ihre Karte"
    assert arrived.header("Message-ID") == "<m-17@laden.example>"
    assert arrived.header("Auto-Submitted") == "auto-generated"
    age = datetime.now(UTC) - parsedate_to_datetime(arrived.header("Date"))
    assert timedelta(seconds=-1) <= age < timedelta(seconds=10)
    assert arrived.body == "Sie liegt bereit.\r\n"
    assert arrived.envelope["sender"] == SENDER
    assert arrived.envelope["greeting"] == "till.example"


@pytest.mark.parametrize(("listener", "encrypted"), [("starttls", True), ("tls", True), ("plain", False)])
def test_each_kind_of_security_is_what_it_says(
    server: MailServer, mailer: MakeMailer, listener: str, *, encrypted: bool
) -> None:
    """STARTTLS and TLS encrypt, NONE does not."""
    to = fresh_address()
    mailer(listener).send(make_mail(to))
    assert server.inbox(to)[0].envelope["encrypted"] is encrypted


def test_an_address_instead_of_a_name_is_verified_too(server: MailServer, mailer: MakeMailer) -> None:
    """A host given as an IP address is looked for in the certificate."""
    to = fresh_address()
    (receipt,) = mailer("tls", host="127.0.0.1").send(make_mail(to))
    assert receipt.status is ACCEPTED


@pytest.mark.parametrize("listener", ["login", "old-login"])
@pytest.mark.parametrize(("user", "password"), [("shop", "pa55word"), ("küche", "größe")])
def test_login(server: MailServer, mailer: MakeMailer, listener: str, user: str, password: str) -> None:
    """PLAIN and LOGIN work, with names and passwords outside ASCII as well."""
    to = fresh_address()
    (receipt,) = mailer(listener, username=user, password=password).send(make_mail(to))
    assert receipt.status is ACCEPTED
    assert server.inbox(to)[0].envelope["login"] == user


def test_a_server_that_knows_helo_alone(mailer: MakeMailer) -> None:
    """Without EHLO there are no extensions, and a plain mail needs none."""
    (receipt,) = mailer("only-helo").send(make_mail(fresh_address()))
    assert receipt.status is ACCEPTED


def test_html_and_attachments(server: MailServer, mailer: MakeMailer) -> None:
    """Text, HTML and files arrive each as it was, in a tree that readers understand."""
    to = fresh_address()
    files = (
        Attachment("Termin.ics", "text/calendar; method=REQUEST; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
        Attachment("Rechnung für Größe 7 \U0001f453.pdf", "application/pdf", bytes(range(256)) * 40),
        Attachment('sehr "lang" \\ ' + "ä" * 150, "application/octet-stream", b""),
    )
    mailer().send(make_mail(to, text="Grüße\n", html="<p>Grüße</p>", attachments=files))
    (arrived,) = server.inbox(to)
    assert_clean_wire(arrived.raw)
    message = arrived.message
    assert message.get_content_type() == "multipart/mixed"
    (alternative, *parts) = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in alternative.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().rstrip() for part in alternative.iter_parts()] == ["Grüße", "<p>Grüße</p>"]
    assert [part.get_filename() for part in parts] == [file.name for file in files]
    assert [part.get_content_type() for part in parts] == [
        file.media_type.partition(";")[0] for file in files
    ]
    assert [part.get_payload(decode=True) for part in parts] == [file.content for file in files]
    assert parts[0]["Content-Type"].params["method"] == "REQUEST"


def test_html_alone_has_no_empty_plain_part(server: MailServer, mailer: MakeMailer) -> None:
    """A mail of HTML alone is one part; readers that prefer plain text would show an empty one."""
    to = fresh_address()
    mailer().send(make_mail(to, text="", html="<p>hallo</p>"))
    (arrived,) = server.inbox(to)
    assert arrived.header("Content-Type").startswith("text/html")
    assert arrived.body == "<p>hallo</p>\r\n"


def test_an_empty_mail_is_a_mail(server: MailServer, mailer: MakeMailer) -> None:
    """Subject and text may be empty."""
    to = fresh_address()
    (receipt,) = mailer().send(make_mail(to, subject="", text=""))
    assert receipt.status is ACCEPTED
    assert server.inbox(to)[0].header("Subject") == ""
    assert server.inbox(to)[0].body == "\r\n"


def test_each_recipient_sees_itself_alone(server: MailServer, mailer: MakeMailer) -> None:
    """Each recipient has a transaction and a copy of its own, and nobody else's address is in it."""
    people = [fresh_address() for _ in range(3)]
    receipts = mailer().send(make_mail(*people))
    assert [receipt.recipient for receipt in receipts] == people
    assert {receipt.status for receipt in receipts} == {ACCEPTED}
    for person in people:
        (arrived,) = server.inbox(person)
        assert arrived.envelope["recipients"] == [person]
        assert arrived.header("To") == person
        assert not any(other.encode() in arrived.raw for other in people if other != person)


def test_an_address_that_stands_there_twice_is_written_to_once(
    server: MailServer, mailer: MakeMailer
) -> None:
    """The same address twice means two receipts and one mail."""
    to = fresh_address()
    receipts = mailer().send(make_mail(to, to))
    assert [receipt.recipient for receipt in receipts] == [to, to]
    assert len(server.inbox(to)) == 1


def test_nobody_to_write_to(mailer: MakeMailer) -> None:
    """A mail without recipients has no receipts, and nothing is dialled."""
    assert mailer(port=1).send(make_mail()) == ()


def test_a_mail_may_bring_its_own_sender(server: MailServer, mailer: MakeMailer) -> None:
    """Sender, name and reply address of the mail win; the mailer's name goes with its own address alone."""
    first, second, third = fresh_address(), fresh_address(), fresh_address()
    shop = mailer(sender_name="Laden")
    shop.send(
        make_mail(first, sender="anna@laden.example", sender_name="Anna Ü", reply_to="büro@laden.example")
    )
    shop.send(make_mail(second, sender="anna@laden.example"))
    shop.send(make_mail(third, sender_name="Kasse"))
    (arrived,) = server.inbox(first)
    assert arrived.header("From") == "Anna Ü <anna@laden.example>"
    assert arrived.header("Reply-To") == "büro@laden.example"
    assert arrived.envelope["sender"] == "anna@laden.example"
    assert server.inbox(second)[0].header("From") == "anna@laden.example"
    assert server.inbox(third)[0].header("From") == f'"Kasse" <{SENDER}>'


def test_the_message_id_depends_on_our_id_alone(server: MailServer, mailer: MakeMailer) -> None:
    """A repeated mail carries the same Message-ID, whoever the sender is; other ids never share one."""
    to = fresh_address()
    shop = mailer(message_id_domain="id.example")
    for own_id, sender in [
        ("abc", ""), ("abc", "anna@andere.example"), ("ABC", ""), ("a.c", ""), ("a=2Ec", ""),
        ("ä c>\r\nBcc: x@y.example", ""), ("x" * 500, ""), ("x" * 501, ""), ("\ud800", ""),
    ]:  # fmt: skip
        shop.send(make_mail(to, message_id=own_id, sender=sender))
    found = [arrived.header("Message-ID") for arrived in server.inbox(to)]
    assert found[0] == found[1] == "<abc@id.example>"
    assert len(set(found)) == len(found) - 1
    assert found[5] == "<=C3=A4=20c=3E=0D=0ABcc=3A=20x=40y=2Eexample@id.example>"
    assert max(map(len, found)) < 200


def test_a_domain_outside_ascii_needs_nothing_of_the_server(server: MailServer, mailer: MakeMailer) -> None:
    """The domain travels in ASCII, by the rules of 2008: ß stays ß and does not become somebody else's ss."""
    to = "erika@fußball.example"
    (receipt,) = mailer("ascii").send(make_mail(to))
    assert (receipt.status, receipt.recipient) == (ACCEPTED, to)
    (arrived,) = server.inbox("erika@xn--fuball-cta.example")
    assert arrived.header("To") == "erika@xn--fuball-cta.example"
    assert "SMTPUTF8" not in arrived.envelope["options"]


def test_a_local_part_outside_ascii_asks_for_smtputf8(server: MailServer, mailer: MakeMailer) -> None:
    """SMTPUTF8 is asked for where an address needs it, and for no other copy of the same mail."""
    person = fresh_address()
    receipts = mailer().send(make_mail("jürgen@kunde.example", person, subject="Grüße"))
    assert {receipt.status for receipt in receipts} == {ACCEPTED}
    (international,) = server.inbox("jürgen@kunde.example")
    (plain,) = server.inbox(person)
    assert "SMTPUTF8" in international.envelope["options"]
    assert international.header("To") == "jürgen@kunde.example"
    assert "SMTPUTF8" not in plain.envelope["options"]
    assert plain.raw.isascii()


def test_smtputf8_where_the_server_lacks_it(server: MailServer, mailer: MakeMailer) -> None:
    """The recipient that needs it is refused with a word of its own, the others get their mail."""
    person = fresh_address()
    first, second = mailer("ascii").send(make_mail("jürgen@kunde.example", person))
    assert (first.status, first.code) == (DeliveryStatus.REJECTED, "utf8_not_supported")
    assert second.status is ACCEPTED


def test_what_the_mailer_shows_of_itself(mailer: MakeMailer) -> None:
    """Neither user name nor password is in the representation."""
    shown = repr(mailer(username="geheimer-name", password="geheimes-wort"))
    assert "geheim" not in shown
    assert "localhost" in shown


def test_the_port_follows_the_security(mailer: MakeMailer) -> None:
    """Without a port, the usual one is taken; the security may be given as text."""
    ports = {
        name: mailer(port=Security(name).default_port, security=name).port
        for name in ("starttls", "tls", "none")
    }
    assert ports == {"starttls": 587, "tls": 465, "none": 25}
