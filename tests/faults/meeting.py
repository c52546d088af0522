"""Rivals that really meet: a storage whose first writes wait for one another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import Registry

PATIENCE = 0.15
"""Seconds to wait for a rival that an engine's locks may keep from coming."""

_WRITING = frozenset({"add", "save", "remove"})


class MeetingStorage:
    """Lets as many units as there are rivals read before the first of them writes.

    Where an engine lets one unit in at a time, or a row lock holds the rivals back, the wait ends after `PATIENCE`.
    """

    def __init__(self, inner: Storage) -> None:
        self.inner = inner
        self._barrier = threading.Barrier(1)

    def meet(self, rivals: int) -> None:
        """Let so many units meet, once."""
        self._barrier = threading.Barrier(rivals)

    def bind(self, registry: Registry) -> None:
        """Hand on."""
        self.inner.bind(registry)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Any]:
        """Open a unit of work whose first write waits."""
        with self.inner.transaction(read_only=read_only) as tx:
            yield tx if read_only else _Meeting(tx, self._wait)

    def _wait(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(PATIENCE)
            self._barrier.abort()  # they have met; whoever runs again does not wait


class _Meeting:
    """A transaction whose first write waits."""

    def __init__(self, tx: Any, wait: Any) -> None:
        self._tx = tx
        self._wait = wait
        self._waited = False

    def __getattr__(self, name: str) -> Any:
        if name in _WRITING and not self._waited:
            self._waited = True
            self._wait()
        return getattr(self._tx, name)
