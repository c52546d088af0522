"""The receiver under the server of the command line: who is believed, what is answered, and how it ends."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import pytest

from loyaltycore import Loyalty
from loyaltycore.cards import OrderState
from loyaltycore.cli.serving import serving
from loyaltycore.errors import CommitUnknown, MissingExtra, StorageError, StorageUnreachable
from loyaltycore.memory import MemoryStorage
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import new_secret
from tests.bounded import join, start
from tests.cli.shop import PATIENCE, order_cards
from tests.house import dump
from tests.webhooks.calls import NO_ANSWER, call, event_of, headers_of, in_chunks, lines, raw, receiving


@pytest.fixture
def url(loyalty: Loyalty) -> Iterator[str]:
    """A server in this process."""
    with receiving(loyalty) as url:
        yield url


def test_genuine_news_are_taken_in(loyalty: Loyalty, order: str, url: str, secret: str) -> None:
    """A signed call is answered with 204 when its news stand in the database; repeated, it is answered the same way."""
    body = event_of(order)
    for _ in range(2):
        response = call(url, body, headers_of(body, secret))
        assert response.status == 204
        assert "Content-Length" not in response.headers
    assert loyalty.session("anna").cards.get_order(order).state is OrderState.DISPATCHED


@pytest.mark.parametrize("age", [3600, -3600])
def test_a_call_out_of_time_is_not_believed(
    loyalty: Loyalty, order: str, url: str, secret: str, age: int
) -> None:
    """A genuine call that is an hour old, or an hour early, gets 401 and changes nothing."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, headers_of(body, secret, age=age)).status == 401
    assert dump(loyalty) == before


def test_a_forged_call_changes_nothing(loyalty: Loyalty, order: str, url: str, secret: str) -> None:
    """A call signed with another secret, and one whose body was changed after it was signed, get 401."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, headers_of(body, new_secret())).status == 401
    assert call(url, body.replace(b"dispatched", b"delivered!"), headers_of(body, secret)).status == 401
    assert dump(loyalty) == before


def test_what_cannot_be_read_is_refused(loyalty: Loyalty, order: str, url: str, secret: str) -> None:
    """Missing headers, headers that are there twice, and signed nonsense get 400, and change nothing."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, {}).status == 400
    nonsense = b'{"id": "evt_1"}'
    assert call(url, nonsense, headers_of(nonsense, secret)).status == 400
    twice = f"{lines(headers_of(body, secret))}webhook-signature: v1,AAAA\r\nContent-Length: {len(body)}\r\n"
    assert raw(url, twice, body) == 400
    assert dump(loyalty) == before


def test_bodies_are_limited(loyalty: Loyalty, order: str, url: str) -> None:
    """The longest body is still judged by its headers, one byte more is 413, and a body of unknown length 411."""
    before = dump(loyalty)
    longest = b" " * 65_536
    assert call(url, longest, {"webhook-id": "evt_1"}).status == 400
    assert call(url, longest + b" ", {}).status == 413
    assert call(url, longest * 10, {}).status == 413
    assert raw(url, "", b"") == 411
    assert raw(url, "Content-Length: 5\r\nContent-Length: 7\r\n", b"12345") == 400
    assert raw(url, "Content-Length: -5\r\n", b"") == 400
    assert raw(url, "Content-Length: 999999999999\r\n", b"1") == 413
    assert raw(url, "Transfer-Encoding: chunked\r\n", in_chunks(longest * 2)) == 413
    assert raw(url, f"X-Long: {'x' * 40_000}\r\n", b"") in {431, NO_ANSWER}
    assert dump(loyalty) == before


def test_a_body_in_chunks_is_put_together(loyalty: Loyalty, order: str, url: str, secret: str) -> None:
    """A genuine call in chunks is believed, a forged one is not."""
    body = event_of(order)
    chunked = "Transfer-Encoding: chunked\r\n"
    assert raw(url, f"{lines(headers_of(body, new_secret()))}{chunked}", in_chunks(body)) == 401
    assert raw(url, f"{lines(headers_of(body, secret))}{chunked}", in_chunks(body)) == 204
    assert loyalty.session("anna").cards.get_order(order).state is OrderState.DISPATCHED


def test_a_body_that_breaks_off_is_refused(loyalty: Loyalty, order: str, url: str) -> None:
    """A body that is shorter than announced is not judged: whoever has hung up gets no answer."""
    before = dump(loyalty)
    assert raw(url, "Content-Length: 100\r\n", b"short", breaks_off=True) == NO_ANSWER
    assert dump(loyalty) == before


def test_one_path_and_one_method(order: str, url: str, secret: str) -> None:
    """Everything but POST is refused, and a GET here, where no vendor calls like that."""
    body = event_of(order)
    for wrong in (f"{url}/more", f"{url}s", url.removesuffix("card-printer")):
        assert call(wrong, body, headers_of(body, secret)).status == 404
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
        response = call(url, None, {}, method)
        left = "POST" if method == "GET" else "GET, POST"
        assert (response.status, response.headers["Allow"]) == (405, left)


def test_a_fault_of_ours_is_ours(
    order: str,
    loyalty: Loyalty,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    secret: str,
) -> None:
    """Where the news cannot be kept, the vendor is told 500 so that it tries again, and the log says why."""

    def break_down(*_: object) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr(loyalty, "receive_webhook", break_down)
    body = event_of(order)
    with receiving(loyalty) as url:
        assert call(url, body, headers_of(body, secret)).status == 500
    assert "cause=ENOSPC" in caplog.text


class BreakingStorage(MemoryStorage):
    """A storage that does everything but commit, as long as it is broken."""

    broken: Exception | None = None

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Open a unit of work; where it would commit it breaks."""
        with super().transaction(read_only=read_only) as tx:
            yield tx
            if self.broken and not read_only:
                raise self.broken


@pytest.mark.parametrize(
    "broken",
    [StorageError("no space left"), StorageUnreachable("gone"), CommitUnknown("cut off"), OSError("torn")],
    ids=lambda broken: type(broken).__name__,
)
def test_news_are_acknowledged_only_when_they_are_committed(
    broken: Exception, printer: HttpCardPrinter, secret: str
) -> None:
    """While no commit succeeds the call gets 500 and nothing is kept; the vendor's repetition is then taken in whole."""
    storage = BreakingStorage()
    loyalty = Loyalty(storage, card_printer=printer)
    order = order_cards(loyalty, 1)[0]
    before, body = dump(loyalty), event_of(order)
    with receiving(loyalty) as url:
        storage.broken = broken
        assert call(url, body, headers_of(body, secret)).status == 500
        assert dump(loyalty) == before
        storage.broken = None
        assert call(url, body, headers_of(body, secret)).status == 204
    assert loyalty.session("anna").cards.get_order(order).state is OrderState.DISPATCHED


def _slowly(arrived: threading.Event, take: Callable[..., Any], finished: list[object]) -> Callable[..., Any]:
    def slowly(*arguments: object) -> object:
        arrived.set()
        time.sleep(0.3)
        news = take(*arguments)
        finished.append(news)
        return news

    return slowly


def test_the_call_in_hand_is_finished(
    order: str, loyalty: Loyalty, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    """A call that is being taken in when the server ends is kept before the block is left, and still answered."""
    arrived = threading.Event()
    answers: list[int] = []
    finished: list[object] = []
    monkeypatch.setattr(loyalty, "receive_webhook", _slowly(arrived, loyalty.receive_webhook, finished))
    body = event_of(order)
    with receiving(loyalty) as url:
        caller = start(lambda: answers.append(call(url, body, headers_of(body, secret)).status))
        assert arrived.wait(PATIENCE)
    assert len(finished) == 1
    join(caller)
    assert answers == [204]


def test_the_end_waits_for_nobody_who_only_holds_the_line(loyalty: Loyalty) -> None:
    """Open connections without a call, and half a call, hold up the end for less than a second; the port is free then."""
    with receiving(loyalty) as url:
        place = urlsplit(url)
        idle = [socket.create_connection((place.hostname, place.port), PATIENCE) for _ in range(5)]
        idle[0].sendall(b"POST /card-printer HTTP/1.1\r\nContent-Le")
        time.sleep(0.1)
        begin = time.monotonic()
    assert time.monotonic() - begin < 1
    for connection in idle:
        with connection:
            assert connection.recv(100) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.hostname, place.port), PATIENCE)


def test_it_ends_amid_callers(loyalty: Loyalty, order: str, secret: str) -> None:
    """While eight callers call without a pause, the server ends all the same, and each acknowledged event is kept."""
    acknowledged: list[bytes] = []
    enough = threading.Event()

    def bring(url: str) -> None:
        while True:
            body = event_of(order)
            try:
                status = call(url, body, headers_of(body, secret)).status
            except (OSError, HTTPException):
                return
            assert status == 204
            acknowledged.append(body)
            if len(acknowledged) > 50:
                enough.set()

    with receiving(loyalty) as url:
        callers = [start(bring, url) for _ in range(8)]
        assert enough.wait(PATIENCE)
    join(*callers)
    for body in acknowledged:
        assert loyalty.receive_webhook("card-printer", headers_of(body, secret), body).repeated == 1


def test_without_waitress_it_says_what_to_install(loyalty: Loyalty, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing, the error is the command that installs it."""
    monkeypatch.setitem(sys.modules, "waitress.server", None)
    with pytest.raises(MissingExtra, match=r'pip install "loyaltycore\[webhooks\]"'), receiving(loyalty):
        pass


def test_it_listens_on_ipv6(loyalty: Loyalty) -> None:
    """An address with colons is one of IPv6."""
    with serving(lambda *_: [], "::1") as server, socket.create_connection(("::1", server.port), PATIENCE):
        assert server.is_running
    assert not server.is_running
