"""Calls as a vendor makes them, and as no client would."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from loyaltycore import Loyalty, WebhookReceiver
from loyaltycore.cli.serving import serving
from loyaltycore_cardvendor import sign
from tests.cli.shop import PATIENCE

NO_ANSWER: Final = 0
"""The server has ended the connection without a word."""


@contextmanager
def receiving(loyalty: Loyalty) -> Iterator[str]:
    """Serve the receiver in this process; answers where the vendor of the card printer posts to."""
    with serving(WebhookReceiver(loyalty)) as server:
        yield f"http://127.0.0.1:{server.port}/card-printer"


def connected(url: str) -> socket.socket:
    """A connection on which nothing has been said yet."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), PATIENCE)


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


def raw(url: str, headers: str, body: bytes, *, breaks_off: bool = False) -> int:
    """Make a call that no client would make; answers the status, or `NO_ANSWER`."""
    with connected(url) as connection:
        head = f"POST {urlsplit(url).path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n{headers}\r\n"
        connection.sendall(head.encode() + body)
        if breaks_off:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        # A server that closes on what it has not read takes the line away.
        with suppress(ConnectionResetError):
            while portion := connection.recv(4096):
                answer += portion
    return int(answer.split()[1]) if answer else NO_ANSWER


def lines(headers: dict[str, str]) -> str:
    """Headers as they stand in a call."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def in_chunks(body: bytes) -> bytes:
    """A body in two chunks."""
    half = len(body) // 2
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
