"""A small HTTP server for the card vendor's webhooks: for demonstrations, for small shops, and to read.

What it answers: 204 when the news are kept, 401 to whoever cannot prove to be the vendor (or comes too late), 400 to
what cannot be read, 411 and 413 to bodies of unknown or too great length, and 500 where the fault is ours, so that the
vendor tries again. It speaks plain HTTP: in front of it belongs a web server that does TLS.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast
from urllib.parse import urlsplit

from loyaltycore.errors import DeliveryFailed, WebhookRejected
from loyaltycore.loyalty import Loyalty
from loyaltycore.ports.card_printing import SupportsWebhooks

DEFAULT_PATH: Final = "/card-vendor"
MAX_BODY: Final = 65_536
"""Longest body in bytes."""

_log = logging.getLogger(__name__)

_REJECTED: Final = {
    "bad_signature": HTTPStatus.UNAUTHORIZED,
    "stale": HTTPStatus.UNAUTHORIZED,
    "malformed": HTTPStatus.BAD_REQUEST,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


@contextmanager
def receiving_webhooks(
    loyalty: Loyalty, host: str = "127.0.0.1", port: int = 0, path: str = DEFAULT_PATH
) -> Iterator[str]:
    """Take webhooks in while the block lasts; calls in hand are finished at its end.

    Args:
        loyalty: Whose orders the news are about.

        host: Address to listen on.

        port: 0 takes a free one.

        path: The one path that takes webhooks.

    Yields:
        The URL to tell the vendor.

    Raises:
        DeliveryFailed: ``no_webhooks``; the card printer sends none, or there is no card printer.

        OSError: The port is taken.
    """
    if not isinstance(loyalty.card_printer, SupportsWebhooks):
        raise DeliveryFailed("no_webhooks", "there is no card printer that sends webhooks", permanent=True)
    with _Server((host, port), loyalty, path) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="webhooks")
        thread.start()
        try:
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{server.server_port}{path}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    # Leaving the `with` block waits for the calls in hand; their timeouts keep that short.
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], loyalty: Loyalty, path: str) -> None:
        self.loyalty = loyalty
        self.path = path
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  signature of the base class
        """A client that breaks off is one line and no trace."""
        _log.info("a call of %s broke off", client_address[0])


class _Handler(BaseHTTPRequestHandler):
    """One call."""

    server: _Server
    server_version = "loyaltycore"
    sys_version = ""
    timeout = 10

    def do_POST(self) -> None:
        """Take a webhook in."""
        if urlsplit(self.path).path != self.server.path:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        body = self._body()
        if body is not None:
            self._answer(self._take(body))

    def do_GET(self) -> None:
        """Refuse every other method."""
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, Allow="POST")

    do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET  # noqa: N815  names given by the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  name given by the base class
        """Log in the way of the whole command."""
        _log.debug(format, *args)

    def _body(self) -> bytes | None:
        """Read the body as long as it says it is; None where the call was answered already."""
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,12}", lengths[0]):
            self._answer(HTTPStatus.BAD_REQUEST)
        elif int(lengths[0]) > MAX_BODY:
            # Closing on unread data would take the answer away from the client: read some of it.
            self.rfile.read(min(int(lengths[0]), 16 * MAX_BODY))
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(lengths[0]))
            if len(body) == int(lengths[0]):
                return body
            self._answer(HTTPStatus.BAD_REQUEST)
        return None

    def _take(self, body: bytes) -> HTTPStatus:
        # Handed on as they came: a header that is there twice must be seen twice.
        headers = cast("Mapping[str, str]", self.headers)
        try:
            news = self.server.loyalty.receive_webhook("card-printer", headers, body)
        except WebhookRejected as error:
            _log.warning("a webhook from %s was refused: %s", self.client_address[0], error)
            return _REJECTED.get(error.code, HTTPStatus.BAD_REQUEST)
        except Exception:  # noqa: BLE001  whatever it is, the vendor must hear that the fault is ours
            _log.exception("a webhook could not be taken in; the vendor will send it again")
            return HTTPStatus.INTERNAL_SERVER_ERROR
        _log.info(
            "card vendor: %d taken in, %d known already, %d unknown", news.taken, news.repeated, news.unknown
        )
        return HTTPStatus.NO_CONTENT

    def _answer(self, status: HTTPStatus, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()
