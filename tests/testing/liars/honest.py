"""The honest storage that the liars are made from: the one in memory, with its data on something like a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

from loyaltycore.errors import StorageError, StorageUnreachable
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import Registry

Verbs = Callable[..., MemoryTransaction]


class Disk:
    """What outlives a storage."""

    def __init__(self) -> None:
        self.unplugged = False
        """Whether it cannot be reached."""
        self._rows: Rows = {}
        self._lock = threading.RLock()

    @property
    def rows(self) -> Rows:
        """All tables."""
        return self._rows

    @rows.setter
    def rows(self, rows: Rows) -> None:
        self._rows = rows

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held by the transaction that is under way."""
        return self._lock


class HonestStorage:
    """Keeps records in memory, one transaction at a time, on a disk that several storages may share."""

    def __init__(self, verbs: Verbs = MemoryTransaction, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self._verbs = verbs
        self._registry = Registry(())

    def bind(self, registry: Registry) -> None:
        """Learn the record types."""
        if self.disk.unplugged:
            raise StorageUnreachable("the disk is not there")
        self._registry = registry

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Open a unit of work."""
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            yield tx
            if tx.failed:
                raise StorageError("a verb failed and was not heeded")
            self.disk.rows = tx.committed()

    def reopened(self) -> Self:
        """Another storage on the same disk."""
        return type(self)(self._verbs, self.disk)

    def count_rows(self, table: str) -> int:
        """The rows of a table, counted on the disk."""
        return len(self.disk.rows.get(table, {}))

    def _begin(self, *, read_only: bool) -> MemoryTransaction:
        return self._verbs(self.disk.rows, self._registry, read_only=read_only)
