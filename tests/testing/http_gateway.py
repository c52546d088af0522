"""A gateway for text messages over HTTP, and a server for it that can be got into trouble."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from loyaltycore import DeliveryFailed
from loyaltycore.ports import DeliveryStatus, Receipt, SmsText
from loyaltycore.testing import WAIT, Trouble

_STATUS: Final = {Trouble.ASK_TO_WAIT: 429, Trouble.FAIL: 500, Trouble.SHUT_OUT: 401}


class TextServer(ThreadingHTTPServer):
    """Takes texts, each id once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: dict[str, tuple[str, str]] = {}
        """Number and text, by id."""
        self.trouble: Trouble | None = None
        self.refused = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/texts"

    @contextmanager
    def in_trouble(self, trouble: Trouble, about: str) -> Iterator[None]:
        """Misbehave as long as the block lasts."""
        self.trouble, self.refused = trouble, about
        try:
            yield
        finally:
            self.trouble, self.refused = None, ""


class _Handler(BaseHTTPRequestHandler):
    server: TextServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        trouble = self.server.trouble
        if trouble is Trouble.BREAK_BEFORE:
            return self._hang_up()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if trouble is Trouble.REFUSE and body["to"] == self.server.refused:
            return self._answer(404)
        if trouble in _STATUS:
            return self._answer(_STATUS[trouble])
        self.server.taken[body["id"]] = body["to"], body["text"]
        return self._hang_up() if trouble is Trouble.LOSE_ANSWER else self._answer(201)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", str(WAIT))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002  as above
        """Say nothing."""


@contextmanager
def running_server() -> Iterator[TextServer]:
    """A server in a thread of its own."""
    with TextServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)


class HttpGateway:
    """Hands texts over to such a server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over; its id lets the server recognise a repetition."""
        body = json.dumps({"id": sms.message_id, "to": sms.to, "text": sms.text}).encode()
        try:
            with urllib.request.urlopen(self.url, body, timeout=5):  # noqa: S310  our own server
                return Receipt(DeliveryStatus.ACCEPTED, recipient=sms.to)
        except urllib.error.HTTPError as answer:
            with answer:
                return _receipt(answer, sms.to)
        except urllib.error.URLError as error:
            # No connection came about; a break after that is another error.
            if isinstance(error.reason, ConnectionRefusedError):
                return Receipt(DeliveryStatus.NOT_SENT, recipient=sms.to, code="unreachable")
        except OSError:
            pass
        return Receipt(DeliveryStatus.UNKNOWN, recipient=sms.to, code="no_answer")


def _receipt(answer: urllib.error.HTTPError, number: str) -> Receipt:
    match answer.code:
        case 401 | 403:
            raise DeliveryFailed("key_refused", "the gateway refuses our key", permanent=True)
        case 429:
            wait = float(answer.headers["Retry-After"])
            return Receipt(DeliveryStatus.NOT_SENT, recipient=number, code="throttled", retry_after=wait)
        case code if code >= 500:
            return Receipt(DeliveryStatus.NOT_SENT, recipient=number, code="failed")
    return Receipt(DeliveryStatus.REJECTED, recipient=number, code="unknown_number")
