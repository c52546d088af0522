"""Who is around Kannel: the operator that it hands texts to, phones, the web server before it, and who takes its reports."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from attrs import frozen

from loyaltycore.testing.trouble import WAIT, Trouble
from tests.bounded import join, start

PATIENCE: Final = 20.0


@frozen
class Part:
    """One message of a text, as it reached the operator."""

    to: str
    sender: str
    text: bytes
    charset: str
    header: bytes
    """Which of how many it is, or empty."""


def whole(parts: list[Part], number: str) -> list[str]:
    """The texts for a number, put together as a phone would."""
    found, open_texts = [], dict[tuple[int, int], dict[int, bytes]]()
    for part in parts:
        if part.to != number:
            continue
        if not part.header:
            found.append(part.text.decode(part.charset))
            continue
        assert part.header[:3] == b"\x05\x00\x03", part.header
        reference, count, place = part.header[3:6]
        waiting = open_texts.setdefault((reference, count), {})
        waiting[place] = part.text
        if len(waiting) == count:
            found.append(b"".join(text for _, text in sorted(waiting.items())).decode(part.charset))
            del open_texts[reference, count]
    assert not open_texts, "a text has not come in full"
    return found


class Operator(ThreadingHTTPServer):
    """A network that Kannel hands texts to; it refuses those that begin with "REJECT"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _OperatorHandler)
        self.parts: list[Part] = []

    @property
    def url(self) -> str:
        """Where it takes texts."""
        return f"http://127.0.0.1:{self.server_address[1]}/send"


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: otherwise the second waits until the first was acknowledged.
    wbufsize = -1

    def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002  as above
        """Say nothing."""


def _octets(query: str) -> dict[str, bytes]:
    """The fields of a query whose values are in any character set."""
    pairs = (field.partition("=") for field in query.split("&"))
    return {name: unquote_to_bytes(value.replace("+", " ")) for name, _, value in pairs}


class _OperatorHandler(_Quiet):
    server: Operator

    def do_GET(self) -> None:
        given = _octets(urlsplit(self.path).query)
        if given["text"].startswith(b"REJECT"):
            return self.say(403, b"Rejected by operator")
        two = given.get("coding") == b"2"
        self.server.parts.append(
            Part(
                to=given["to"].decode(),
                sender=given["from"].decode(),
                text=given["text"],
                charset="utf-16-be" if two else "utf-8",
                header=given.get("udh", b""),
            )
        )
        return self.say(202, b"0: Accepted for delivery")


class Reports(ThreadingHTTPServer):
    """Whoever takes Kannel's reports: it keeps their queries."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ReportHandler)
        self.queries: list[str] = []

    @property
    def url(self) -> str:
        """Where reports are taken."""
        return f"http://127.0.0.1:{self.server_address[1]}/webhooks/sms"

    def wait_for(self, reference: str, count: int) -> list[str]:
        """Wait until so many reports have come whose query has these words."""
        deadline = time.monotonic() + PATIENCE
        while len(found := [query for query in self.queries if reference in query]) < count:
            assert time.monotonic() < deadline, f"{len(found)} reports have come: {self.queries}"
            time.sleep(0.02)
        return found


class _ReportHandler(_Quiet):
    server: Reports

    def do_GET(self) -> None:
        self.server.queries.append(urlsplit(self.path).query)
        self.say(204, b"")


class Front(ThreadingHTTPServer):
    """The web server before Kannel, through which it is reached from elsewhere, and where troubles begin."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _FrontHandler)
        self.behind = port
        self.trouble: Trouble | None = None
        self.refused = ""

    @property
    def url(self) -> str:
        """Where Kannel is reached."""
        return f"http://127.0.0.1:{self.server_address[1]}/cgi-bin/sendsms"

    @contextlib.contextmanager
    def in_trouble(self, trouble: Trouble, about: str = "") -> Iterator[None]:
        """Misbehave as long as the block lasts."""
        self.trouble, self.refused = trouble, about
        try:
            yield
        finally:
            self.trouble, self.refused = None, ""


class _FrontHandler(_Quiet):
    server: Front

    def do_POST(self) -> None:
        trouble = self.server.trouble
        if trouble is Trouble.BREAK_BEFORE:
            return self._hang_up()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if trouble is Trouble.ASK_TO_WAIT:
            return self.say(429, b"too many", {"Retry-After": str(WAIT)})
        if trouble is Trouble.FAIL:
            return self.say(500, b"out of order")
        headers = dict(self.headers)
        # The words of the refusals are Kannel's own: they are asked for with a user or a password that it refuses.
        if trouble is Trouble.SHUT_OUT:
            headers["X-Kannel-Password"] = "wr0ng"
        if trouble is Trouble.REFUSE and headers["X-Kannel-To"] == self.server.refused:
            headers["X-Kannel-Username"] = "nobody"
        status, said = self._ask(headers, body)
        return self._hang_up() if trouble is Trouble.LOSE_ANSWER else self.say(status, said)

    def _ask(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Phones:
    """Phones behind the fake SMS centre of Kannel: they keep what they are sent."""

    def __init__(self, port: int) -> None:
        self.lines: list[list[bytes]] = []
        """Sender, number, kind, and what it holds: a header and a text, or a text alone."""
        self._connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._connection.settimeout(None)
        self._thread = start(self._listen)

    def wait_for(self, number: str, count: int) -> list[list[bytes]]:
        """Wait until a number has so many messages."""
        deadline = time.monotonic() + PATIENCE
        while len(found := [line for line in self.lines if line[1] == number.encode()]) < count:
            assert time.monotonic() < deadline, f"{len(found)} messages have come"
            time.sleep(0.01)
        return found

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        join(self._thread)
        self._connection.close()

    def _listen(self) -> None:
        with self._connection.makefile("rb") as stream:
            for line in stream:
                self.lines.append(line.rstrip(b"\n").split(b" ", 3))
