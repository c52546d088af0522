"""Sessions are kept, checked, shared and closed; and a kept one that has gone stale costs no mail."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from loyaltycore.ports.messaging import Attachment, DeliveryStatus
from tests.bounded import PATIENCE, join, start

from .conftest import MakeMailer
from .mails import fresh_address, make_mail
from .servers import MailServer, Watch

ACCEPTED, NOT_SENT, UNKNOWN = DeliveryStatus.ACCEPTED, DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN
MakeWatch = Callable[[str], Watch]


def test_mails_share_a_session(mailer: MakeMailer, watch: MakeWatch) -> None:
    """Many mails, one connection, one login; closed with a word of goodbye."""
    seen = watch("login")
    with mailer("login", username="shop", password="pa55word") as shop:
        for _ in range(5):
            assert shop.send(make_mail(fresh_address(), fresh_address()))[1].status is ACCEPTED
    assert [seen.count(event) for event in ("connect", "auth", "stored", "quit")] == [1, 1, 10, 1]


def test_a_closed_mailer_dials_again(mailer: MakeMailer, watch: MakeWatch) -> None:
    """After `close` a mail still goes out, over a new session."""
    seen, shop = watch("plain"), mailer("plain")
    shop.send(make_mail(fresh_address()))
    shop.close()
    assert shop.send(make_mail(fresh_address()))[0].status is ACCEPTED
    assert (seen.count("connect"), seen.count("quit")) == (2, 1)


@pytest.mark.parametrize("pause", [0.0, 0.15])
def test_an_idle_session_is_not_used_for_ever(mailer: MakeMailer, watch: MakeWatch, pause: float) -> None:
    """Past the limit a session is closed and replaced; with a limit of nothing, after each mail."""
    seen, shop = watch("plain"), mailer("plain", idle_limit=pause / 2)
    for _ in range(2):
        assert shop.send(make_mail(fresh_address()))[0].status is ACCEPTED
        time.sleep(pause)
    assert seen.count("quit") == (1 if pause else 2)
    shop.close()
    assert (seen.count("connect"), seen.count("quit")) == (2, 2)


def test_the_server_closes_an_idle_session(mailer: MakeMailer, watch: MakeWatch) -> None:
    """A server with less patience than we have is dialled again, and nobody notices."""
    seen, shop = watch("impatient"), mailer("impatient")
    shop.send(make_mail(fresh_address()))
    time.sleep(0.8)
    assert shop.send(make_mail(fresh_address()))[0].status is ACCEPTED
    assert (seen.count("connect"), seen.count("stored")) == (2, 2)


def test_the_server_closes_after_each_mail(server: MailServer, mailer: MakeMailer, watch: MakeWatch) -> None:
    """A stale session is replaced before anything is lost, and each mail is taken once."""
    to = server.answer(fresh_address(), after="close")
    seen, shop = watch("starttls"), mailer()
    for _ in range(3):
        assert shop.send(make_mail(to))[0].status is ACCEPTED
    assert (seen.count("connect"), len(server.inbox(to))) == (3, 3)


def test_a_kept_session_is_replaced_once(server: MailServer, mailer: MakeMailer, watch: MakeWatch) -> None:
    """A new session that breaks in the same place is not replaced again."""
    to = server.answer(fresh_address(), rcpt="cut")
    seen, shop = watch("plain"), mailer("plain")
    shop.send(make_mail(fresh_address()))
    (receipt,) = shop.send(make_mail(to))
    assert (receipt.status, receipt.code) == (NOT_SENT, "connection_lost")
    assert seen.count("connect") == 2


@pytest.mark.parametrize(
    ("moment", "size", "status"), [("content", 12_000_000, NOT_SENT), ("answer", 10, UNKNOWN)]
)
def test_no_second_try_once_the_content_went(
    server: MailServer, mailer: MakeMailer, watch: MakeWatch, moment: str, size: int, status: DeliveryStatus
) -> None:
    """From the first octet of the content on, a break is reported and never repaired: that could send it twice."""
    to = server.answer(fresh_address(), **{moment: "cut"})
    seen, shop = watch("plain"), mailer("plain")
    shop.send(make_mail(fresh_address()))
    (receipt,) = shop.send(make_mail(to, attachments=(Attachment("a", "text/csv", b"x" * size),)))
    assert receipt.status is status
    assert (seen.count("connect"), len(server.inbox(to))) == (1, 1 if status is UNKNOWN else 0)


def test_a_server_that_allows_few_mails_in_a_session(
    server: MailServer, mailer: MakeMailer, watch: MakeWatch
) -> None:
    """421 at MAIL from a session that has carried a mail means: dial again; so a long list comes through."""
    full = "421 4.7.0 too many messages in this session"
    own = server.answer(fresh_address(), mail=["250 ok", full, "250 ok", "250 ok", full, "250 ok"])
    seen = watch("plain")
    receipts = mailer("plain", sender=own).send(make_mail(*(fresh_address() for _ in range(4))))
    assert [receipt.status for receipt in receipts] == [ACCEPTED] * 4
    assert seen.count("connect") == 3


def test_a_server_that_allows_no_mail_at_all(
    server: MailServer, mailer: MakeMailer, watch: MakeWatch
) -> None:
    """421 at the first MAIL of a new session is not sent, and nobody dials in circles."""
    own = server.answer(fresh_address(), mail="421 4.3.2 not today")
    seen = watch("plain")
    receipts = mailer("plain", sender=own).send(make_mail(fresh_address(), fresh_address()))
    assert [receipt.status for receipt in receipts] == [NOT_SENT] * 2
    assert seen.count("connect") == 1


def test_threads_share_a_mailer(server: MailServer, mailer: MakeMailer, watch: MakeWatch) -> None:
    """Threads never share a session at the same time: each mail arrives once, with its own text."""
    seen, shop = watch("starttls"), mailer(keep=8)
    mails = [make_mail(fresh_address(), text=f"für {number}\n") for number in range(96)]
    with ThreadPoolExecutor(8) as threads:
        receipts = [receipt for (receipt,) in threads.map(shop.send, mails)]
    assert {receipt.status for receipt in receipts} == {ACCEPTED}
    for mail in mails:
        (arrived,) = server.inbox(mail.to[0])
        assert arrived.body == mail.text.replace("\n", "\r\n")
    assert 1 <= seen.count("connect") <= 8


def test_no_more_sessions_are_kept_than_wanted(
    server: MailServer, mailer: MakeMailer, watch: MakeWatch
) -> None:
    """Three threads at once need three sessions; one is kept."""
    seen, shop = watch("plain"), mailer("plain", keep=1)
    slow = [server.answer(fresh_address(), answer="wait 0.5") for _ in range(3)]
    together = threading.Barrier(3)

    def send(to: str) -> None:
        together.wait(PATIENCE)
        shop.send(make_mail(to))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(send, slow))
    assert (seen.count("connect"), seen.count("quit")) == (3, 2)
    shop.send(make_mail(fresh_address()))
    assert seen.count("connect") == 3


def test_closing_while_a_mail_is_under_way(server: MailServer, mailer: MakeMailer, watch: MakeWatch) -> None:
    """The mail is finished, and its session is not kept."""
    to = server.answer(fresh_address(), answer="wait 0.5")
    seen, shop = watch("plain"), mailer("plain")
    results: list[Any] = []
    sender = start(lambda: results.extend(shop.send(make_mail(to))))
    seen.wait_for("stored")
    shop.close()
    join(sender)
    assert [receipt.status for receipt in results] == [ACCEPTED]
    assert seen.count("quit") == 1


class Interrupted(BaseException):
    """Comes from a signal, as the interrupt of a keyboard does."""


def test_an_interrupt_spoils_the_session(server: MailServer, mailer: MakeMailer, watch: MakeWatch) -> None:
    """After an interrupt in the middle of the dialogue, the session is not used again."""

    def interrupt(*_: object) -> None:
        raise Interrupted

    to = server.answer(fresh_address(), answer="wait 4")
    seen, shop = watch("plain"), mailer("plain")
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(Interrupted):
            shop.send(make_mail(to))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    started = time.monotonic()
    assert shop.send(make_mail(fresh_address()))[0].status is ACCEPTED
    # On the old session, the server would still be thinking.
    assert time.monotonic() - started < 2
    assert seen.count("connect") == 2


FORK = """
import os, sys
from loyaltycore.ports.messaging import Email
from loyaltycore_email import SmtpMailer

shop = SmtpMailer(host="localhost", port=int(sys.argv[1]), sender="shop@laden.example", ca_file=sys.argv[2])
def send(name):
    (receipt,) = shop.send(Email(name, (name + "@fork.example",), "", name))
    return receipt.status.value
assert send("before") == "accepted"
child = os.fork()
if child == 0:
    os._exit(0 if send("child") == "accepted" else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert send("after") == "accepted"
shop.close()
"""


def test_a_forked_process_leaves_the_parents_session_alone(
    server: MailServer, mailer: MakeMailer, watch: MakeWatch
) -> None:
    """A child dials for itself; the parent's session, TLS and all, goes on undisturbed."""
    seen, shop = watch("starttls"), mailer()
    arguments = [str(server.ports["starttls"]), str(shop.ca_file)]
    subprocess.run([sys.executable, "-c", FORK, *arguments], check=True, timeout=20)
    assert seen.events() == ["connect", "stored", "connect", "stored", "stored", "quit"]
    assert [len(server.inbox(f"{name}@fork.example")) for name in ("before", "child", "after")] == [1, 1, 1]
