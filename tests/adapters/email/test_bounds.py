"""A server that never comes to an end costs a bounded time and a bounded memory, at every answer."""

from __future__ import annotations

import ssl
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loyaltycore.ports.messaging import Attachment, DeliveryStatus, Email, Receipt
from loyaltycore_email import SmtpMailer

from .certificates import Authority
from .hostile import (
    MISDEEDS,
    STEPS,
    HostileServer,
    Misdeed,
    flood_lines,
    hostile_server,
    read_nothing,
    reply,
)
from .mails import SENDER, make_mail

ACCEPTED, NOT_SENT, UNKNOWN = DeliveryStatus.ACCEPTED, DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN

ANSWER, BUDGET = 0.6, 1.2
FAREWELL = 2.0
SLACK = 3.0
"""For a machine that has other things to do."""

LARGE = (Attachment("groß.bin", "application/octet-stream", b"\x00" * 12_000_000),)
MOST_MEMORY = 24 * 2**20

Send = Callable[..., tuple[tuple[Receipt, ...], float]]


@pytest.fixture
def hostile(authority: Authority) -> Iterator[HostileServer]:
    good = authority.issue("good")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(good.certificate, good.key)
    with hostile_server(context) as server:
        yield server


@pytest.fixture
def send(hostile: HostileServer, authority: Authority) -> Send:
    """Send a mail to the hostile server, and return the receipts and how long it took."""

    def send(mail: Email | None = None, **settings: Any) -> tuple[tuple[Receipt, ...], float]:
        known: dict[str, Any] = {
            "host": "localhost",
            "port": hostile.port,
            "sender": SENDER,
            "username": "shop",
            "password": "pa55word",
            "ca_file": authority.file,
            "connect_timeout": ANSWER,
            "answer_timeout": ANSWER,
            "time_budget": BUDGET,
            "idle_limit": 0,
            "local_hostname": "till.example",
        }
        mailer = SmtpMailer(**{**known, **settings})
        started = time.monotonic()
        receipts = mailer.send(mail or make_mail("a@kunde.example"))
        return receipts, time.monotonic() - started

    return send


def test_the_server_of_these_tests_takes_mails(hostile: HostileServer, send: Send) -> None:
    """Without a misdeed, a mail goes through."""
    ((receipt,), _) = send()
    assert (receipt.status, hostile.mails) == (ACCEPTED, 1)


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=lambda misdeed: misdeed.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_no_answer_is_waited_for_longer_than_allowed(
    hostile: HostileServer, send: Send, step: str, misdeed: Misdeed
) -> None:
    """However an answer is drawn out: it is given up in time, and the receipt says what is certain."""
    hostile.at, hostile.misdeed = step, misdeed
    ((receipt,), seconds) = send()
    certain = {"answer": UNKNOWN, "quit": ACCEPTED}.get(step, NOT_SENT)
    assert receipt.status is certain
    assert seconds < (FAREWELL if step == "quit" else ANSWER) + SLACK


def test_a_flood_takes_no_memory(hostile: HostileServer, authority: Authority) -> None:
    """A process that is flooded with lines in place of each answer in turn stays small."""
    hostile.misdeed = flood_lines
    for step in ("greeting", "ehlo", "starttls", "rcpt", "answer"):
        hostile.at = step
        grown = _growth_of_a_child(hostile.port, str(authority.file))
        assert grown < MOST_MEMORY, f"{grown:,} bytes at {step}"


def _growth_of_a_child(port: int, ca_file: str) -> int:
    """How much the greatest memory of a process grows while it sends a mail, in bytes."""
    script = f"""
        import resource
        from loyaltycore.ports.messaging import Email
        from loyaltycore_email import SmtpMailer

        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

        mailer = SmtpMailer(
            host="localhost", port={port}, sender="{SENDER}", username="shop", password="x", ca_file={ca_file!r},
            connect_timeout=2, answer_timeout=2, time_budget=4, local_hostname="till.example",
        )
        before = peak()
        mailer.send(Email("m", ("a@kunde.example",), "s", "t"))
        print(peak() - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.parametrize("taken", [b"250 ok\r\n", b"550 5.1.1 nobody\r\n", b"451 4.3.0 later\r\n"])
def test_many_slow_answers_are_bounded_together(hostile: HostileServer, send: Send, taken: bytes) -> None:
    """Each answer comes in time, but there are many: the budget ends the hand-over, and the rest is not sent."""
    hostile.at, hostile.misdeed, hostile.pause = "rcpt", reply(taken), 0.1
    receipts, seconds = send(make_mail(*(f"k{number}@kunde.example" for number in range(40))))
    assert seconds < BUDGET + ANSWER + FAREWELL + SLACK
    assert (receipts[-1].status, receipts[-1].code) == (NOT_SENT, "out_of_time")
    assert hostile.mails == sum(receipt.status is ACCEPTED for receipt in receipts)


def test_a_slow_session_is_bounded_as_a_whole(hostile: HostileServer, send: Send) -> None:
    """A server that takes its time at every step before the mail is given up when the budget is used up."""
    hostile.pause = 0.4
    ((receipt,), seconds) = send()
    assert (receipt.status, receipt.code) == (NOT_SENT, "out_of_time")
    assert seconds < BUDGET + SLACK


def test_the_last_answer_has_its_full_time(hostile: HostileServer, send: Send) -> None:
    """Once the mail is out, giving up early would leave its fate unknown: the budget does not shorten that wait."""

    def later(sock: Any) -> None:
        time.sleep(0.8)
        sock.sendall(b"250 ok\r\n")

    hostile.at, hostile.misdeed = "answer", later
    ((receipt,), _) = send(time_budget=0.5, answer_timeout=2)
    assert receipt.status is ACCEPTED


def test_a_server_that_does_not_take_the_mail(hostile: HostileServer, send: Send) -> None:
    """Octets that are taken one by one hold up no longer than the budget, and the mail is certainly not sent."""
    hostile.at, hostile.misdeed = "data", read_nothing
    ((receipt,), seconds) = send(make_mail("a@kunde.example", attachments=LARGE))
    assert receipt.status is NOT_SENT
    assert seconds < BUDGET + SLACK


@pytest.mark.parametrize("drips", [True, False])
def test_a_handshake_that_does_not_end(hostile: HostileServer, send: Send, *, drips: bool) -> None:
    """TLS is given up in time too, however slowly the other side speaks."""

    def instead(sock: Any) -> None:
        sock.sendall(b"220 go\r\n")
        for octet in b"\x16\x03\x03\x20\x00\x02" + bytes(1000):
            time.sleep(0.1)
            sock.sendall(bytes([octet]) * drips)

    hostile.at, hostile.misdeed = "starttls", instead
    ((receipt,), seconds) = send()
    assert receipt.status is NOT_SENT
    assert seconds < ANSWER + SLACK


def test_a_long_answer_within_reason_is_read(hostile: HostileServer, send: Send) -> None:
    """A hundred lines are no attack."""
    hostile.at, hostile.misdeed = "rcpt", reply(b"250-welcome\r\n" * 99 + b"250 ok\r\n")
    ((receipt,), _) = send()
    assert receipt.status is ACCEPTED


def test_an_answer_that_is_too_long_is_no_fault_of_the_set_up(hostile: HostileServer, send: Send) -> None:
    """A greeting with an endless line is tried again later; it does not stop all mails."""
    hostile.at, hostile.misdeed = "greeting", reply(b"220 " + b"x" * 100_000)
    ((receipt,), _) = send()
    assert (receipt.status, receipt.code) == (NOT_SENT, "unreachable")


def test_what_was_said_before_tls_does_not_count(hostile: HostileServer, send: Send) -> None:
    """Words that somebody on the way put after the answer to STARTTLS are not taken for the server's."""
    hostile.at, hostile.misdeed = "starttls", reply(b"220 go\r\n550 never\r\n")
    ((receipt,), _) = send()
    assert receipt.status is ACCEPTED
