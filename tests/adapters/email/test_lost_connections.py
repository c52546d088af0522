"""Connections that break, really, at every moment: what is certain, and what is not."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from loyaltycore.ports.messaging import Attachment, DeliveryStatus

from .conftest import MakeMailer
from .mails import fresh_address, make_mail
from .servers import MailServer, Watch

ACCEPTED, NOT_SENT, UNKNOWN = DeliveryStatus.ACCEPTED, DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN

LARGE = (Attachment("groß.bin", "application/octet-stream", b"\x00" * 12_000_000),)
"""Larger than what two sockets buffer, so that the break is felt while the mail is being written."""


def test_nobody_listens(mailer: MakeMailer) -> None:
    """A refused connection is not sent, for all recipients."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        receipts = mailer(port=closed.getsockname()[1]).send(make_mail("a@kunde.example", "b@kunde.example"))
    assert [(receipt.status, receipt.code, receipt.recipient) for receipt in receipts] == [
        (NOT_SENT, "unreachable", "a@kunde.example"),
        (NOT_SENT, "unreachable", "b@kunde.example"),
    ]


def test_a_name_that_nobody_knows(mailer: MakeMailer) -> None:
    """A host name that cannot be resolved is not sent."""
    (receipt,) = mailer(host="nirgends.invalid").send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "unreachable")


@pytest.mark.parametrize(
    ("listener", "code"),
    [
        ("hangs-up", "unreachable"),
        ("web", "unreachable"),
        ("busy", "temporary_failure"),
        ("tls-later", "temporary_failure"),
    ],
)
def test_no_session_comes_about(mailer: MakeMailer, listener: str, code: str) -> None:
    """A closed door, a server of another kind and a busy one: nothing was sent."""
    (receipt,) = mailer(listener).send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, code)


def test_a_server_that_says_nothing(mailer: MakeMailer) -> None:
    """Without a greeting, the connection is given up in time, and nothing was sent."""
    started = time.monotonic()
    (receipt,) = mailer("silent", connect_timeout=0.3).send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "unreachable")
    assert time.monotonic() - started < 2


def test_a_login_that_does_not_work_now(mailer: MakeMailer) -> None:
    """A temporary failure of the login is no fault of the credentials."""
    (receipt,) = mailer("login-later", username="shop", password="pa55word").send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "temporary_failure")
    assert "454 4.7.0 later" in receipt.raw


@pytest.mark.parametrize("moment", ["rcpt", "data", "content"])
def test_a_break_before_the_final_dot(server: MailServer, mailer: MakeMailer, moment: str) -> None:
    """Until the dot has left, the server cannot have taken the mail: not sent, and so is the rest."""
    to, after = server.answer(fresh_address(), **{moment: "cut"}), fresh_address()
    receipt, rest = mailer().send(make_mail(to, after, attachments=LARGE if moment == "content" else ()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "connection_lost")
    assert (rest.status, rest.code) == (NOT_SENT, "connection_lost")
    assert server.inbox(to) == server.inbox(after) == []


def test_a_break_at_mail(server: MailServer, mailer: MakeMailer) -> None:
    """A break in answer to MAIL is not sent."""
    sender = server.answer(fresh_address(), mail="cut")
    (receipt,) = mailer().send(make_mail(fresh_address(), sender=sender))
    assert (receipt.status, receipt.code) == (NOT_SENT, "connection_lost")


def test_a_break_after_the_final_dot(server: MailServer, mailer: MakeMailer) -> None:
    """The server took the mail and its answer never came: unknown, and the next recipients are not sent."""
    to, after = server.answer(fresh_address(), answer="cut"), fresh_address()
    receipt, rest = mailer().send(make_mail(to, after))
    assert (receipt.status, receipt.code) == (UNKNOWN, "no_answer")
    assert (rest.status, rest.code) == (NOT_SENT, "connection_lost")
    assert len(server.inbox(to)) == 1
    assert server.inbox(after) == []


def test_an_answer_that_takes_too_long(server: MailServer, mailer: MakeMailer) -> None:
    """A server that thinks longer than we wait leaves us not knowing."""
    to = server.answer(fresh_address(), answer="wait 3")
    started = time.monotonic()
    (receipt,) = mailer(answer_timeout=0.3).send(make_mail(to))
    assert (receipt.status, receipt.code) == (UNKNOWN, "no_answer")
    assert time.monotonic() - started < 2


def test_a_late_answer_before_the_content(server: MailServer, mailer: MakeMailer) -> None:
    """A time-out before the content is not sent."""
    to = server.answer(fresh_address(), rcpt="wait 3")
    (receipt,) = mailer(answer_timeout=0.3).send(make_mail(to))
    assert (receipt.status, receipt.code) == (NOT_SENT, "connection_lost")


@pytest.mark.parametrize("listener", ["babbles", "goes-on", "long-line"])
def test_an_answer_that_is_none(mailer: MakeMailer, listener: str) -> None:
    """What cannot be read after the content proves nothing."""
    (receipt,) = mailer(listener).send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (UNKNOWN, "no_answer")


def test_a_server_that_says_yes_instead_of_go_on(mailer: MakeMailer) -> None:
    """Without 354 no content leaves."""
    (receipt,) = mailer("agrees").send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "connection_lost")


def test_a_server_that_leaves_instead_of_taking_the_mail(mailer: MakeMailer) -> None:
    """421 after the content is an answer, and a clear one: the mail was not taken."""
    first, second = mailer("leaves").send(make_mail(fresh_address(), fresh_address()))
    assert (first.status, first.code) == (NOT_SENT, "temporary_failure")
    assert (second.status, second.code) == (NOT_SENT, "connection_lost")


def test_a_long_list_at_a_slow_server(server: MailServer, mailer: MakeMailer) -> None:
    """Past the time budget no further copy is begun; who is left has certainly got nothing and comes next time."""
    people = [server.answer(fresh_address(), answer="wait 0.3") for _ in range(4)]
    shop = mailer(time_budget=0.5)
    receipts = shop.send(make_mail(*people))
    assert [receipt.status for receipt in receipts] == [ACCEPTED, ACCEPTED, NOT_SENT, NOT_SENT]
    assert receipts[2].code == "out_of_time"
    assert [len(server.inbox(person)) for person in people] == [1, 1, 0, 0]
    assert {receipt.status for receipt in shop.send(make_mail(*people[2:]))} == {ACCEPTED}


def test_the_next_mail_dials_again(
    server: MailServer, mailer: MakeMailer, watch: Callable[[str], Watch]
) -> None:
    """A broken session is thrown away, and the next mail gets a new one."""
    to = server.answer(fresh_address(), answer=["cut", "250 ok"])
    shop, seen = mailer("plain"), watch("plain")
    assert shop.send(make_mail(to))[0].status is UNKNOWN
    assert shop.send(make_mail(to))[0].status is ACCEPTED
    assert seen.count("connect") == 2
