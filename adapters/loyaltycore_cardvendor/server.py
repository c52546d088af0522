"""The vendor's HTTP side: routes, limits, and answers that are written in one piece."""

from __future__ import annotations

import gzip
import hmac
import ipaddress
import json
import re
import socket
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from loyaltycore_cardvendor.checks import parse
from loyaltycore_cardvendor.control import Control
from loyaltycore_cardvendor.mishaps import Mishap, Mishaps
from loyaltycore_cardvendor.problems import Problem
from loyaltycore_cardvendor.works import Works

MOST_BYTES = 65536
MOST_EVENTS = 200
WORTH_PACKING = 1024
BASE = "/v1"
_LINGER = 0.5
_MOST_LEFTOVERS = 100
_KEY = re.compile(r"[A-Za-z0-9._-]{16,128}")
_PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


class Reply(NamedTuple):
    """What a route answers."""

    status: int
    document: dict[str, Any]
    headers: Mapping[str, str] = MappingProxyType({})


class VendorServer(ThreadingHTTPServer):
    """Serves one print works."""

    daemon_threads = True
    block_on_close = False  # an idle connection of a client must not keep the vendor from stopping
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], works: Works, token: str, stop: Event) -> None:
        self.works = works
        self.token = token
        self.stop = stop
        self.mishaps = Mishaps()
        self.control = Control(works, works.database, self.mishaps)
        super().__init__(address, Handler)

    def shutdown_request(self, request: Any) -> None:
        """Close, but read on for a moment: closing with unread data would lose the client's answer."""
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(_LINGER)
            for _ in range(_MOST_LEFTOVERS):
                if not request.recv(MOST_BYTES):
                    break
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: this vendor is meant for clients that break off."""


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: VendorServer
    protocol_version = "HTTP/1.1"
    server_version = "card-vendor"
    timeout = 30
    wbufsize = -1  # headers and body leave together, else the client waits for a delayed acknowledgement

    def do_GET(self) -> None:
        """Serve any method; the routes say which ones there are."""
        body, mishap = b"", None
        try:
            self._authorize()
            route, arguments = self._route()
            body = self._body()
            mishap = None if route is _control else self.server.mishaps.take()
            reply = _planned(mishap) if mishap and not mishap.act else route(self, body, *arguments)
            reply = _planned(mishap) if mishap else reply
        except Problem as problem:
            reply = Reply(problem.status, problem.document(), problem.headers)
        except sqlite3.Error as error:
            reply = Reply(500, Problem(500, "internal", type(error).__name__).document())
        if not mishap or mishap.answer == "problem":
            self._write(reply)
        else:
            self._withhold(mishap)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_GET  # noqa: N815  the base class looks for these names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with a problem document, too, what the base class refuses (a malformed request line, an unknown method)."""
        self.close_connection = True
        self.request_version = self.protocol_version  # or there would be no status line for what is no HTTP
        kind = "method_not_allowed" if code == HTTPStatus.NOT_IMPLEMENTED else "malformed"
        self._write(Reply(code, Problem(code, kind, message or explain or "").document()))

    def log_message(self, *_: Any) -> None:
        """Write nothing: orders hold names and addresses."""

    def _authorize(self) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        matches = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        if scheme.lower() != "bearer" or not matches:
            self.close_connection = True  # the body was not read
            raise Problem(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})

    def _route(self) -> tuple[Callable[..., Reply], tuple[str, ...]]:
        path = urlsplit(self.path).path
        allowed = []
        for method, pattern, route in _ROUTES:
            if found := re.fullmatch(pattern, path):
                if method == self.command:
                    return route, found.groups()
                allowed.append(method)
        self.close_connection = True
        if allowed:
            raise Problem(405, "method_not_allowed", headers={"Allow": ", ".join(allowed)})
        raise Problem(404, "no_such_path")

    def _body(self) -> bytes:
        """Read the body; refuse one whose length is not known beforehand."""
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or (not lengths and self.command in {"POST", "PUT"}):
            self.close_connection = True
            raise Problem(411, "length_required")
        if len(set(lengths)) > 1 or not all(re.fullmatch("[0-9]{1,12}", length) for length in lengths):
            self.close_connection = True
            raise Problem(400, "malformed", "Content-Length is malformed")
        length = int(lengths[0]) if lengths else 0
        if length > MOST_BYTES:
            self.close_connection = True
            raise Problem(413, "too_large", f"at most {MOST_BYTES} bytes")
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            raise Problem(400, "malformed", "the body is shorter than announced")
        return body

    def _write(self, reply: Reply) -> None:
        content = json.dumps(reply.document).encode()
        kind = "application/problem+json" if reply.status >= HTTPStatus.BAD_REQUEST else "application/json"
        self.send_response(reply.status)
        coding = _packing(getattr(self, "headers", {}).get("Accept-Encoding", ""))
        packed = {"Content-Encoding": coding} if coding and len(content) >= WORTH_PACKING else {}
        if packed:
            content = _PACKERS[coding](content)
        headers = {"Content-Type": kind, "Content-Length": str(len(content)), **packed, **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _withhold(self, mishap: Mishap) -> None:
        """Answer nothing, at once or after a long silence."""
        if mishap.answer == "silence":
            self.server.stop.wait(mishap.seconds)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _packing(accepted: str) -> str:
    """What a client takes of what this vendor packs answers with; empty for nothing."""
    weights = [entry.lower().replace(" ", "").partition(";q=") for entry in accepted.split(",")]
    taken = [name for name, _, weight in weights if not re.fullmatch(r"0(\.0*)?", weight)]
    return next((name for name in taken if name in _PACKERS), "")


def _planned(mishap: Mishap) -> Reply:
    pause = {"Retry-After": str(mishap.retry_after)} if mishap.retry_after else {}
    return Reply(mishap.status, Problem(mishap.status, mishap.code, "as planned").document(), pause)


def _json(handler: Handler, body: bytes) -> dict[str, Any]:
    packed = handler.headers.get("Content-Encoding", "identity").lower() != "identity"
    if packed or handler.headers.get_content_type() != "application/json":
        raise Problem(415, "unsupported_media_type")
    return parse(body)


def _query(handler: Handler, allowed: set[str]) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(handler.path).query, keep_blank_values=True)
    found = dict(pairs)
    if len(found) < len(pairs) or found.keys() - allowed:
        raise Problem(400, "invalid_request", f"parameters: {', '.join(sorted(allowed))}, each once")
    return found


def _create(handler: Handler, body: bytes) -> Reply:
    document = _json(handler, body)
    keys = handler.headers.get_all("Idempotency-Key", [])
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        raise Problem(400, "invalid_request", "Idempotency-Key is missing or malformed")
    is_new, order = handler.server.works.place(document, keys[0])
    if is_new:
        return Reply(201, order, {"Location": f"{BASE}/orders/{order['id']}"})
    return Reply(200, order, {"Idempotent-Replayed": "true"})


def _find(handler: Handler, _body: bytes) -> Reply:
    query = _query(handler, {"reference"})
    return Reply(200, {"orders": handler.server.works.find(query.get("reference", ""))})


def _get(handler: Handler, _body: bytes, order_id: str) -> Reply:
    return Reply(200, handler.server.works.get(order_id))


def _cancel(handler: Handler, body: bytes, order_id: str) -> Reply:
    return Reply(*handler.server.works.cancel(order_id, _json(handler, body)))


def _events(handler: Handler, _body: bytes) -> Reply:
    query = _query(handler, {"after", "limit"})
    limit = query.get("limit", "100")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST_EVENTS:
        raise Problem(400, "invalid_request", f"limit must be between 1 and {MOST_EVENTS}")
    return Reply(200, handler.server.works.events(query.get("after"), int(limit)))


def _control(handler: Handler, body: bytes, action: str) -> Reply:
    if not ipaddress.ip_address(handler.client_address[0]).is_loopback:
        raise Problem(404, "no_such_path")
    return Reply(200, handler.server.control.run(action, _json(handler, body)))


_ROUTES: list[tuple[str, str, Callable[..., Reply]]] = [
    ("POST", f"{BASE}/orders", _create),
    ("GET", f"{BASE}/orders", _find),
    ("GET", f"{BASE}/orders/([A-Za-z0-9_-]{{1,64}})", _get),
    ("PUT", f"{BASE}/orders/([A-Za-z0-9_-]{{1,64}})/cancellation", _cancel),
    ("GET", f"{BASE}/events", _events),
    ("POST", "/_control/([a-z]+)", _control),
]
