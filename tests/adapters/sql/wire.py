"""A wire to a database server that can be cut at a chosen word: real sockets, real resets."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Event
from types import TracebackType
from typing import Final, Self

from tests.bounded import PATIENCE, start

_RESET: Final = struct.pack("ii", 1, 0)
_CHUNK: Final = 1 << 16


class Wire:
    """Forwards connections to a server; as a context manager it listens while the block lasts."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._word = b""
        self._delivered = False
        self._broken = False
        self._silent = Event()
        self._silent.set()
        self._open: set[socket.socket] = set()

    def cut_at(self, word: bytes, *, delivered: bool) -> None:
        """Cut the connection that next says this word.

        Args:
            word: Part of what the client sends.

            delivered: Whether the server still gets it, and acts on it; its answer is thrown away.
        """
        self._word, self._delivered = word, delivered

    def break_down(self) -> None:
        """Let no further connection through."""
        self._broken = True

    def cut_all(self) -> None:
        """End the connections that are open."""
        for server in list(self._open):
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let new connections through again, and cut none."""
        self._broken, self._word = False, b""

    def fall_silent(self) -> None:
        """Forward nothing any more, and keep all connections open; new ones are accepted, and hear nothing."""
        self._silent.clear()

    def __enter__(self) -> Self:
        start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silent.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._broken:
                    _reset(client)
                else:
                    start(self._forward, client)

    def _forward(self, client: socket.socket) -> None:
        with (
            client,
            socket.create_connection(self._upstream) as server,
            self._noted(server),
            suppress(OSError),
        ):
            while True:
                ready = select([client, server], [], [])[0]
                self._silent.wait(PATIENCE)
                for source in ready:
                    data = source.recv(_CHUNK)
                    if not data:
                        return
                    if source is server:
                        client.sendall(data)
                    elif self._word and self._word in data.upper():
                        self._cut(client, server, data)
                        return
                    else:
                        server.sendall(data)

    @contextmanager
    def _noted(self, server: socket.socket) -> Iterator[None]:
        self._open.add(server)
        try:
            yield
        finally:
            self._open.discard(server)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        self._word = b""
        if self._delivered:
            server.sendall(data)
            server.recv(_CHUNK)  # it has answered, so it has acted
        _reset(client)


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    client.close()
