"""A line to a database server on which one COMMIT after the other is cut, and everything that is stored afterwards."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import frozen
from sqlalchemy import URL, make_url

from loyaltycore.capabilities import core_record_types
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.wire import Wire
from tests.engines import fresh_database

ANSWER_LOST = "answer lost"
"""The server commits, and its answer is thrown away."""

COMMIT_LOST = "commit lost"
"""The server never hears of the commit."""


class CommitCutter(Wire):
    """A wire that cuts the next commits as it is told, one after the other; the rest go through."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.cuts = 0
        """How many were cut so far."""
        self._script: deque[str] = deque()

    def plan(self, cuts: Sequence[str]) -> None:
        """Cut the next commits; forget what was planned before."""
        self._script = deque(cuts)
        self._arm()

    def _arm(self) -> None:
        if self._script:
            self.cut_at(b"COMMIT", delivered=self._script.popleft() == ANSWER_LOST)
        else:
            self.cut_at(b"", delivered=False)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        self.cuts += 1
        super()._cut(client, server, data)
        self._arm()


@frozen
class Line:
    """Two ways to one database."""

    cutter: CommitCutter
    far: SqlStorage
    """A storage behind the wire."""
    near: SqlStorage
    """A storage that goes straight."""


def readable(address: str, port: int) -> str:
    """The address of the same database behind a local port, unencrypted so that a proxy can read along."""
    url: URL = make_url(address)
    if url.drivername.startswith("postgresql"):
        url = url.update_query_dict({"sslmode": "disable"})
    return url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)


@contextmanager
def cut_line(engine: str) -> Iterator[Line]:
    """A line to an empty database of a server."""
    with fresh_database(engine) as address:
        url = make_url(address)
        assert url.host
        assert url.port
        with CommitCutter(url.host, url.port) as cutter:
            far, near = SqlStorage(readable(address, cutter.port)), SqlStorage(address)
            near.bind(Registry(core_record_types()))
            yield Line(cutter, far, near)
            far.close()
            near.close()
