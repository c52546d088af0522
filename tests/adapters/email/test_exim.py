"""The same mailer against Exim, a server that we did not write and that is in wide use.

Skipped where Exim is not installed or the user is not root; an error instead where ``CI`` is set and
``LOYALTYCORE_TEST_EXIM`` is 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import Attachment, DeliveryStatus
from loyaltycore_email import Security, SmtpMailer

from . import exim
from .certificates import Authority
from .mails import SENDER, fresh_address, make_mail
from .reading import LONGEST_LINE

ACCEPTED, REJECTED, NOT_SENT = DeliveryStatus.ACCEPTED, DeliveryStatus.REJECTED, DeliveryStatus.NOT_SENT


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[exim.Exim]:
    why = exim.missing()
    if why and os.environ.get("CI") and os.environ.get("LOYALTYCORE_TEST_EXIM") == "1":
        pytest.fail(f"these tests were asked for, but {why}")
    if why:
        pytest.skip(why)
    with exim.running(authority.issue("exim")) as server:
        yield server


@pytest.fixture
def shop(server: exim.Exim, authority: Authority) -> Iterator[SmtpMailer]:
    with make_shop(server, authority) as shop:
        yield shop


def make_shop(server: exim.Exim, authority: Authority, **settings: Any) -> SmtpMailer:
    known = {
        "host": "localhost", "port": server.starttls, "sender": SENDER, "ca_file": authority.file,
        "username": "shop", "password": "pa55word", "connect_timeout": 5, "answer_timeout": 5,
    }  # fmt: skip
    return SmtpMailer(**{**known, **settings})


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_mail_is_delivered(server: exim.Exim, authority: Authority, security: Security) -> None:
    """With either kind of TLS and a login, the mail lies in the mailbox, and the receipt has Exim's id."""
    to, port = fresh_address(), server.tls if security is Security.TLS else server.starttls
    with make_shop(server, authority, security=security, port=port) as shop:
        (receipt,) = shop.send(make_mail(to, subject="Größe 7", text="Grüße\n.\n..\nEnde\n"))
    assert receipt.status is ACCEPTED
    (arrived,) = server.wait_for(to)
    assert arrived.header("Subject") == "Größe 7"
    assert arrived.header("To") == to
    assert arrived.header("Return-path") == f"<{SENDER}>"
    assert arrived.body == "Grüße\r\n.\r\n..\r\nEnde\r\n"
    assert receipt.vendor_id
    assert receipt.vendor_id in arrived.raw.decode()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"password": "falsch"}, "credentials_refused"),
        ({"username": "", "password": ""}, "login_required"),
        ({"security": Security.NONE}, "login_missing"),
    ],
)
def test_a_wrong_set_up(server: exim.Exim, authority: Authority, settings: dict[str, Any], code: str) -> None:
    """A bad password, no login, and a login that Exim does not offer without TLS are our fault, not the mail's."""
    with make_shop(server, authority, **settings) as shop, pytest.raises(DeliveryFailed) as caught:
        shop.send(make_mail(fresh_address()))
    assert caught.value.code == code


def test_an_authority_that_we_do_not_trust(
    server: exim.Exim, authority: Authority, stranger: Authority
) -> None:
    """A certificate that does not verify stops everything."""
    with make_shop(server, authority, ca_file=stranger.file) as shop, pytest.raises(DeliveryFailed) as caught:
        shop.send(make_mail(fresh_address()))
    assert caught.value.code == "certificate_refused"


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [
        ("niemand@kunde.example", REJECTED, "unknown_recipient"),
        ("erika@anderswo.example", REJECTED, "relay_denied"),
        ("voll@kunde.example", NOT_SENT, "mailbox_full"),
        ("grau@kunde.example", NOT_SENT, "greylisted"),
    ],
)
def test_a_refusal(shop: SmtpMailer, to: str, status: DeliveryStatus, code: str) -> None:
    """Exim's refusals become our words."""
    (receipt,) = shop.send(make_mail(to))
    assert (receipt.status, receipt.code, receipt.recipient) == (status, code, to)


def test_one_good_and_two_bad(server: exim.Exim, shop: SmtpMailer) -> None:
    """The good one has its mail, the others their reasons."""
    good = fresh_address()
    receipts = shop.send(make_mail("niemand@kunde.example", good, "voll@kunde.example"))
    assert [receipt.status for receipt in receipts] == [REJECTED, ACCEPTED, NOT_SENT]
    (arrived,) = server.wait_for(good)
    assert b"niemand" not in arrived.raw


def test_greylisting_passes_the_second_time(server: exim.Exim, shop: SmtpMailer) -> None:
    """The same mail, handed over again, is taken; its Message-ID is the same."""
    mail = make_mail("grau@laden.example", message_id="grau-1")
    assert shop.send(mail)[0].code == "greylisted"
    server.let_grey_pass()
    assert shop.send(mail)[0].status is ACCEPTED
    (arrived,) = server.wait_for("grau@laden.example")
    assert arrived.header("Message-ID") == "<grau-1@laden.example>"


def test_a_mail_that_is_too_large(shop: SmtpMailer) -> None:
    """Exim refuses by the announced size, before the content."""
    file = Attachment("a.bin", "application/octet-stream", b"x" * 150_000)
    (receipt,) = shop.send(make_mail(fresh_address(), attachments=(file,)))
    assert (receipt.status, receipt.code) == (REJECTED, "too_large")
    assert receipt.raw.startswith("552 ")


def test_more_mails_than_exim_allows_in_a_session(server: exim.Exim, shop: SmtpMailer) -> None:
    """Exim ends a session after five mails here; a list of twelve comes through all the same."""
    people = [fresh_address() for _ in range(12)]
    assert {receipt.status for receipt in shop.send(make_mail(*people))} == {ACCEPTED}
    for person in people:
        server.wait_for(person)


def test_addresses_outside_ascii(server: exim.Exim, shop: SmtpMailer) -> None:
    """Exim takes a local part outside ASCII by SMTPUTF8."""
    (receipt,) = shop.send(make_mail("jürgen@kunde.example", subject="Grüße"))
    assert receipt.status is ACCEPTED
    (arrived,) = server.wait_for("jürgen@kunde.example")
    assert arrived.header("To") == "jürgen@kunde.example"


def test_what_a_second_parser_reads(server: exim.Exim, authority: Authority, tmp_path: Path) -> None:
    """`reformime`, which shares nothing with Python, finds the same parts, names and contents."""
    if shutil.which("reformime") is None:
        pytest.skip("reformime is not installed (Debian: apt-get install maildrop)")
    to, text = fresh_address(), "Grüße \U0001f453\n.\nEnde = gut\n"
    names = ("Rechnung.pdf", "Größe \U0001f453.csv", 'sehr "lang" \\ ' + "ä" * 120 + ".csv")
    files = tuple(Attachment(name, "text/csv", bytes(range(256)) * 9) for name in names)
    with make_shop(
        server, authority, security=Security.NONE, port=server.relay, username="", password=""
    ) as shop:
        shop.send(make_mail(to, text=text, html="<p>ü</p>", attachments=files))
    (arrived,) = server.wait_for(to)
    file = tmp_path / "mail"
    file.write_bytes(arrived.raw)
    described = reformime(file, "-i").decode()
    assert [line.removeprefix("section: ") for line in described.splitlines() if "section: " in line] == [
        "1", "1.1", "1.1.1", "1.1.2", "1.2", "1.3", "1.4",
    ]  # fmt: skip
    for name in names:
        assert f"content-disposition-filename: {name}\n" in described
    assert reformime(file, "-s", "1.1.1", "-e").decode().replace("\r\n", "\n") == text
    assert reformime(file, "-s", "1.4", "-e") == files[2].content
    assert max(map(len, arrived.raw.split(b"\r\n"))) <= LONGEST_LINE


def reformime(file: Path, *arguments: str) -> bytes:
    command = [str(shutil.which("reformime")), *arguments]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    with file.open("rb") as mail:
        done = subprocess.run(
            command, stdin=mail, capture_output=True, check=True, timeout=20, env=environment
        )
    return done.stdout
