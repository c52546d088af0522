"""A server that speaks as seven.io does: a real one, over HTTP, that can be got into trouble."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl

from attrs import frozen

from loyaltycore.testing.trouble import WAIT, Trouble
from tests.adapters.sms.texts import KEY
from tests.bounded import join, start

_STATUS: Final = {Trouble.ASK_TO_WAIT: 429, Trouble.FAIL: 500}


@frozen
class Call:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


class SevenServer(ThreadingHTTPServer):
    """Takes texts and keeps them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Call] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        """What is answered next, instead of the usual."""
        self.said: list[dict[str, Any]] = []
        """The bodies of the usual answers."""
        self.trouble: Trouble | None = None
        self.refused = ""
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where its interface begins."""
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def texts_to(self, number: str) -> list[str]:
        """The texts that were taken for a number."""
        return [call.form["text"] for call in self.calls if call.form.get("to") == number]

    @contextmanager
    def in_trouble(self, trouble: Trouble, about: str = "") -> Iterator[None]:
        """Misbehave as long as the block lasts."""
        self.trouble, self.refused = trouble, about
        try:
            yield
        finally:
            self.trouble, self.refused = None, ""

    def take(self, call: Call) -> dict[str, Any]:
        """Take a text, and say so."""
        with self._lock:
            self.calls.append(call)
            text = call.form["text"]
            said = _answer(call, "100", {"success": True, "error": None, "error_text": None})
            said["messages"][0] |= {"id": str(len(self.calls)), "parts": 1, "text": text}
            self.said.append(said)
            return said


def refusal(number: str, call: Call, words: str = "refused") -> dict[str, Any]:
    """What the gateway answers where it takes nothing."""
    return _answer(call, number, {"success": False, "error": number, "error_text": words})


def _answer(call: Call, number: str, text: dict[str, Any]) -> dict[str, Any]:
    known = {"recipient": call.form.get("to", "").removeprefix("+"), "sender": call.form.get("from", "shop")}
    return {
        "success": number,
        "total_price": 0.075,
        "balance": 12.5,
        "debug": "false",
        "sms_type": "direct",
        "messages": [{"encoding": "gsm", "price": 0.075, **known, **text}],
    }


class _Handler(BaseHTTPRequestHandler):
    server: SevenServer
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: otherwise the second waits until the first was acknowledged.
    wbufsize = -1

    def do_POST(self) -> None:
        trouble = self.server.trouble
        if trouble is Trouble.BREAK_BEFORE:
            return self._hang_up()
        call = self._call()
        if self.server.answers:
            return self._say(*self.server.answers.pop(0))
        if call.headers.get("x-api-key") != KEY or trouble is Trouble.SHUT_OUT:
            return self._tell(refusal("900", call))
        if self.path != "/api/sms":
            return self._say(404, {}, b"")
        if trouble is Trouble.REFUSE and call.form["to"] == self.server.refused:
            return self._tell(refusal("202", call))
        if trouble in _STATUS:
            return self._say(
                _STATUS[trouble], {"Retry-After": str(WAIT)} if trouble is Trouble.ASK_TO_WAIT else {}, b""
            )
        said = self.server.take(call)
        return self._hang_up() if trouble is Trouble.LOSE_ANSWER else self._tell(said)

    def _call(self) -> Call:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
        form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, self.path, headers, form)

    def _tell(self, said: dict[str, Any]) -> None:
        self._say(200, {"Content-Type": "application/json"}, json.dumps(said).encode())

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002  as above
        """Say nothing."""


@contextmanager
def running_seven() -> Iterator[SevenServer]:
    """A server in a thread of its own."""
    with SevenServer() as server:
        thread = start(server.serve_forever, 0.01)
        try:
            yield server
        finally:
            server.shutdown()
            join(thread)
