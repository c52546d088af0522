"""Receiving webhooks: who is believed, what is answered, and that nothing else changes anything."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from loyaltycore import Loyalty
from loyaltycore.cards import OrderState
from loyaltycore.cli.webhook_server import MAX_BODY, receiving_webhooks
from loyaltycore.errors import CommitUnknown, DeliveryFailed, StorageError, StorageUnreachable
from loyaltycore.memory import MemoryStorage
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, new_secret, sign
from tests.cli.shop import PATIENCE, Shop, order_cards, wait_for
from tests.house import build_house, dump

SECRET = new_secret()


def event_of(order: str, state: str = "dispatched", revision: int = 9) -> bytes:
    """A body as the vendor would send it."""
    now = "2026-01-15T09:00:00Z"
    data = {
        "id": "ord_1",
        "reference": order,
        "content_digest": "0" * 64,
        "state": state,
        "revision": revision,
        "created_at": now,
        "changed_at": now,
        "cancellation": "none",
    }
    event = {
        "id": f"evt_{secrets.token_hex(8)}",
        "type": "card.state_changed",
        "timestamp": now,
        "data": data,
    }
    return json.dumps(event).encode()


def headers_of(body: bytes, secret: str, *, age: int = 0) -> dict[str, str]:
    """The headers of a call that is signed with a secret."""
    event_id, seconds = json.loads(body)["id"], int(time.time()) - age
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(secret, event_id, seconds, body),
    }


def call(
    url: str, body: bytes | None, headers: dict[str, str], method: str = "POST"
) -> http.client.HTTPResponse:
    """Make one call; answers the response, whose body is empty."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, urlsplit(url).path, body, headers)
        response = connection.getresponse()
        assert response.read() == b""
        return response
    finally:
        connection.close()


@pytest.fixture
def loyalty() -> Iterator[Loyalty]:
    """A shop in memory with the real adapter of the vendor, which is never called."""
    printer = HttpCardPrinter(base_url="http://127.0.0.1:9/v1", token="t", webhook_secrets=[SECRET])
    yield Loyalty(MemoryStorage(), card_printer=printer)
    printer.close()


@pytest.fixture
def order(loyalty: Loyalty) -> str:
    """An order."""
    return order_cards(loyalty, 1)[0]


@pytest.fixture
def url(loyalty: Loyalty) -> Iterator[str]:
    """A server in this process."""
    with receiving_webhooks(loyalty) as url:
        yield url


def test_genuine_news_are_taken_in(loyalty: Loyalty, order: str, url: str) -> None:
    """A signed call is answered with 204 when its news stand in the database; repeated, it is answered the same way."""
    body = event_of(order)
    for _ in range(2):
        response = call(url, body, headers_of(body, SECRET))
        assert response.status == 204
        assert "Content-Length" not in response.headers
    assert loyalty.session("anna").cards.get_order(order).state is OrderState.DISPATCHED


@pytest.mark.parametrize("age", [3600, -3600])
def test_a_call_out_of_time_is_not_believed(loyalty: Loyalty, order: str, url: str, age: int) -> None:
    """A genuine call that is an hour old, or an hour early, gets 401 and changes nothing."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, headers_of(body, SECRET, age=age)).status == 401
    assert dump(loyalty) == before


def test_a_forged_call_changes_nothing(loyalty: Loyalty, order: str, url: str) -> None:
    """A call signed with another secret, and one whose body was changed behind the signature, get 401."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, headers_of(body, new_secret())).status == 401
    assert call(url, body.replace(b"dispatched", b"delivered!"), headers_of(body, SECRET)).status == 401
    assert dump(loyalty) == before


def test_what_cannot_be_read_is_refused(loyalty: Loyalty, order: str, url: str) -> None:
    """Missing headers, headers that are there twice, and signed nonsense get 400, and change nothing."""
    before, body = dump(loyalty), event_of(order)
    assert call(url, body, {}).status == 400
    nonsense = b'{"id": "evt_1"}'
    assert call(url, nonsense, headers_of(nonsense, SECRET)).status == 400
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers_of(body, SECRET).items())
    twice = f"{raw}webhook-signature: v1,AAAA\r\nContent-Length: {len(body)}\r\n"
    assert _raw(url, twice, body) == 400
    assert dump(loyalty) == before


def test_bodies_are_limited(loyalty: Loyalty, order: str, url: str) -> None:
    """The longest body is still judged by its signature, one byte more is 413, and a body of unknown length 411."""
    before = dump(loyalty)
    longest = b" " * MAX_BODY
    assert call(url, longest, {"webhook-id": "evt_1"}).status == 400
    assert call(url, longest + b" ", {}).status == 413
    assert _raw(url, "Transfer-Encoding: chunked\r\n", b"0\r\n\r\n") == 411
    assert _raw(url, "", b"") == 411
    assert _raw(url, "Content-Length: 5\r\nContent-Length: 7\r\n", b"12345") == 400
    assert _raw(url, "Content-Length: -5\r\n", b"") == 400
    assert _raw(url, "Content-Length: 999999999999\r\n", b"1") == 413
    assert dump(loyalty) == before


def test_a_body_that_breaks_off_is_refused(loyalty: Loyalty, order: str, url: str) -> None:
    """A body that is shorter than announced is not judged."""
    before = dump(loyalty)
    assert _raw(url, "Content-Length: 100\r\n", b"short") == 400
    assert dump(loyalty) == before


def test_one_path_and_one_method(order: str, url: str) -> None:
    """Everything but POST to the one path is refused."""
    body = event_of(order)
    assert call(f"{url}/more", body, headers_of(body, SECRET)).status == 404
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
        response = call(url, None, {}, method)
        assert (response.status, response.headers["Allow"]) == (405, "POST")


def test_a_fault_of_ours_is_ours(
    order: str, loyalty: Loyalty, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the news cannot be kept, the vendor is told 500 so that it tries again, and the log says why."""

    def break_down(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(loyalty, "receive_card_webhook", break_down)
    body = event_of(order)
    with receiving_webhooks(loyalty) as url:
        assert call(url, body, headers_of(body, SECRET)).status == 500
    assert "disk full" in caplog.text


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
def test_news_are_acknowledged_only_when_they_are_committed(broken: Exception) -> None:
    """While no commit succeeds the call gets 500 and nothing is kept; the vendor's repetition is then taken in whole."""
    storage = BreakingStorage()
    with HttpCardPrinter(base_url="http://127.0.0.1:9/v1", token="t", webhook_secrets=[SECRET]) as printer:
        loyalty = Loyalty(storage, card_printer=printer)
        order = order_cards(loyalty, 1)[0]
        before, body = dump(loyalty), event_of(order)
        with receiving_webhooks(loyalty) as url:
            storage.broken = broken
            assert call(url, body, headers_of(body, SECRET)).status == 500
            assert dump(loyalty) == before
            storage.broken = None
            assert call(url, body, headers_of(body, SECRET)).status == 204
        assert loyalty.session("anna").cards.get_order(order).state is OrderState.DISPATCHED


def test_the_call_in_hand_is_finished(order: str, loyalty: Loyalty, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is being taken in when the server ends is kept before the block is left, and still answered."""
    arrived, take = threading.Event(), loyalty.receive_card_webhook
    answers: list[int] = []
    finished: list[object] = []

    def slowly(*arguments: object) -> object:
        arrived.set()
        time.sleep(0.3)
        news = take(*arguments)
        finished.append(news)
        return news

    monkeypatch.setattr(loyalty, "receive_card_webhook", slowly)
    body = event_of(order)
    with receiving_webhooks(loyalty) as url:
        caller = threading.Thread(
            target=lambda: answers.append(call(url, body, headers_of(body, SECRET)).status)
        )
        caller.start()
        assert arrived.wait(PATIENCE)
    assert len(finished) == 1
    caller.join()
    assert answers == [204]


def test_a_shop_whose_printer_sends_none(loyalty: Loyalty) -> None:
    """Without a card printer that sends webhooks the server does not begin."""
    house = build_house()
    house.loyalty.card_printer = None
    with (
        pytest.raises(DeliveryFailed, match="no card printer that sends webhooks"),
        receiving_webhooks(house.loyalty),
    ):
        pass


def test_the_command_serves_until_it_is_told_to_end(card_shop: Shop, vendor: RunningVendor) -> None:
    """As a process: the vendor's own call is taken in, a forged one gets 401 and changes nothing, SIGTERM ends it with 0."""
    with card_shop.opened() as loyalty:
        order = order_cards(loyalty, 1)[0]
        loyalty.deliver()
        with card_shop.running("receive-webhooks", "--port", "0", "--path", "/news") as server:
            assert server.stderr
            found = re.search(
                r"receiving webhooks at (http://127\.0\.0\.1:\d+/news)", server.stderr.readline()
            )
            assert found
            body = event_of(order)
            before = dump(loyalty)
            assert call(found[1], body, headers_of(body, new_secret())).status == 401
            assert dump(loyalty) == before
            vendor.control("settings", webhook_url=found[1])
            vendor.control("advance", state="dispatched")
            cards = loyalty.session("anna").cards
            wait_for(lambda: cards.get_order(order).state is OrderState.DISPATCHED)
            wait_for(lambda: vendor.control("webhooks")["owed"] == 0)
            server.terminate()
            _, log = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0
    assert "was refused: no signature matches" in log
    assert "Traceback" not in log


def test_a_port_that_is_taken(card_shop: Shop) -> None:
    """A port that somebody else has is one line and exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = card_shop.run("receive-webhooks", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def _raw(url: str, headers: str, body: bytes) -> int:
    """Make a call that no client would make; answers the status."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), PATIENCE) as connection:
        connection.sendall(f"POST {place.path} HTTP/1.1\r\nHost: shop\r\n{headers}\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while portion := connection.recv(4096):
            answer += portion
    return int(answer.split()[1])
