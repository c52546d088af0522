"""A TCP proxy that is unkind on purpose: real sockets, real resets."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.bounded import join, start

Behaviour = Callable[["Proxy", socket.socket], None]


class Proxy:
    """Stands between a client and a server, and treats every connection as it was told."""

    def __init__(self, upstream: str, behaviour: Behaviour, certificate: Path | None = None) -> None:
        self.behaviour = behaviour
        """What to do with a connection."""
        self.requests: list[bytes] = []
        """What was received, one entry for each request."""
        self.acted = threading.Event()
        """Set when the server has answered, whatever became of its answer."""
        self._upstream = urlsplit(upstream)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._stopped = threading.Event()
        self._threads = [start(self._accept)]

    @property
    def url(self) -> str:
        """The address that a client is given."""
        scheme = "https" if self._context else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}{self._upstream.path}"

    def read_request(self, client: socket.socket) -> bytes:
        """Read one request."""
        request = read_message(client)
        self.requests.append(request)
        return request

    def ask(self, request: bytes) -> bytes:
        """Hand a request on to the server, and return its answer."""
        address = (self._upstream.hostname or "", self._upstream.port or 80)
        with socket.create_connection(address, timeout=10) as server:
            server.sendall(request)
            answer = read_message(server)
        self.acted.set()
        return answer

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the test."""
        self._stopped.wait(seconds)

    def close(self) -> None:
        """Stop, and wait for every connection."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        join(*self._threads)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(start(self._serve, client))

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(10)
        with suppress(OSError), client:
            if self._context:
                with self._context.wrap_socket(client, server_side=True) as encrypted:
                    self.behaviour(self, encrypted)
            else:
                self.behaviour(self, client)


@contextmanager
def proxy(upstream: str, behaviour: Behaviour, certificate: Path | None = None) -> Iterator[Proxy]:
    """Run a proxy while the block lasts."""
    running = Proxy(upstream, behaviour, certificate)
    try:
        yield running
    finally:
        running.close()


def read_message(connection: socket.socket) -> bytes:
    """Read one HTTP message with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            return data
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length and (received := connection.recv(65536)):
        body += received
    return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def pass_on(running: Proxy, client: socket.socket) -> None:
    """Do nothing unkind."""
    while request := running.read_request(client):
        client.sendall(running.ask(request))


def reset_at_once(_: Proxy, client: socket.socket) -> None:
    """Reset before a byte was read: some clients learn it while they connect, others while they send."""
    reset(client)


def reset_within_request(_: Proxy, client: socket.socket) -> None:
    """Reset when the first byte has come; the server never hears of it."""
    client.recv(1)
    reset(client)


def reset_after_request(running: Proxy, client: socket.socket) -> None:
    """Let the server act, and reset instead of handing its answer on."""
    running.ask(running.read_request(client))
    reset(client)


def cut_head(running: Proxy, client: socket.socket) -> None:
    """Hand on the first bytes of the answer's head."""
    client.sendall(running.ask(running.read_request(client))[:25])


def cut_body(running: Proxy, client: socket.socket) -> None:
    """Hand on the answer without its last bytes."""
    client.sendall(running.ask(running.read_request(client))[:-20])


def black_hole(running: Proxy, client: socket.socket) -> None:
    """Read and never answer; the server never hears of it."""
    running.read_request(client)
    running.wait(10)


def silence(running: Proxy, client: socket.socket) -> None:
    """Let the server act and hand nothing on."""
    running.ask(running.read_request(client))
    running.wait(10)


def drip(running: Proxy, client: socket.socket) -> None:
    """Let the server act and hand its answer on so slowly that no single wait is long."""
    for byte in running.ask(running.read_request(client)):
        client.sendall(bytes([byte]))
        running.wait(0.05)


def drip_without_length(running: Proxy, client: socket.socket) -> None:
    """The same with a body that ends with the connection, so that a part of it looks complete."""
    _, _, body = running.ask(running.read_request(client)).partition(b"\r\n\r\n")
    client.sendall(b"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n" + body)
    for _ in range(100):
        client.sendall(b" ")
        running.wait(0.05)


def huge(running: Proxy, client: socket.socket) -> None:
    """Let the server act, and hand its answer on with blanks behind it that do not end."""
    _, _, body = running.ask(running.read_request(client)).partition(b"\r\n\r\n")
    client.sendall(b"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n" + body)
    with suppress(OSError):
        for _ in range(200):
            client.sendall(b" " * 65536)


def huge_redirect(running: Proxy, client: socket.socket) -> None:
    """Let the server act, and send the client elsewhere with a body that does not end."""
    running.ask(running.read_request(client))
    client.sendall(b"HTTP/1.1 303 See Other\r\nLocation: /v2\r\nConnection: close\r\n\r\n")
    with suppress(OSError):
        for _ in range(200):
            client.sendall(b" " * 65536)


def instead(answer: bytes, *, acting: bool = True) -> Behaviour:
    """Answer with something else, whether the server acts or not."""

    def behave(running: Proxy, client: socket.socket) -> None:
        request = running.read_request(client)
        if acting:
            running.ask(request)
        client.sendall(answer)

    return behave


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
