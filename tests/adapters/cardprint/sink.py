"""A small HTTP server that collects webhooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from attrs import Factory, define

from tests.bounded import join, start


@define(eq=False)
class Sink:
    """What came in, and what is answered."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = Factory(list)
    """Headers and body of every call."""
    answer: Callable[[int], int] = lambda _: 204
    """Chooses the status by the number of the call, counted from 0."""

    def wait_for(self, count: int, seconds: float = 30.0) -> list[tuple[dict[str, str], bytes]]:
        """Wait until so many calls have come."""
        end = time.monotonic() + seconds
        while len(self.calls) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.calls) >= count, f"{len(self.calls)} calls instead of {count}"
        return list(self.calls)


@contextmanager
def webhook_sink() -> Iterator[Sink]:
    """Run a sink while the block lasts."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            number = len(sink.calls)
            sink.calls.append((dict(self.headers.items()), body))
            self.send_response(sink.answer(number))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sink.url = f"http://127.0.0.1:{server.server_port}/hooks/cards?shop=7"
        thread = start(server.serve_forever, 0.02)
        try:
            yield sink
        finally:
            server.shutdown()
            join(thread)
