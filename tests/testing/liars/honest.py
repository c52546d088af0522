"""The honest storage that the liars are made from: the one in memory, with its data on something like a disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Self

from loyaltycore.errors import CommitUnknown, StorageBusy, StorageFull, StorageUnreachable
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import Registry
from loyaltycore.testing.trouble import Trouble

Verbs = Callable[..., MemoryTransaction]

PATIENCE: Final = 0.6
"""Seconds for which a unit waits for a rival that does not let go."""


class Disk:
    """What outlives a storage. In trouble it says so with the errors of the port, which a liar may take for others."""

    def __init__(self) -> None:
        self.unplugged = False
        """Whether it cannot be reached."""
        self.trouble: Trouble | None = None
        """What is wrong with it at the moment."""
        self._rows: Rows = {}
        self._lock = threading.RLock()

    @contextmanager
    def in_trouble(self, trouble: Trouble) -> Iterator[None]:
        """Misbehave as long as the block lasts."""
        self.trouble = trouble
        try:
            yield
        finally:
            self.trouble = None

    @property
    def rows(self) -> Rows:
        """All tables."""
        if self.trouble is Trouble.BREAK_BEFORE:
            raise StorageUnreachable("the disk is gone")
        return self._load()

    @rows.setter
    def rows(self, rows: Rows) -> None:
        if self.trouble is Trouble.BREAK_BEFORE:
            raise StorageUnreachable("the disk is gone")
        if self.trouble is Trouble.FAIL:
            raise StorageFull("no room is left")
        silent = self.trouble is Trouble.LOSE_ANSWER and rows != self._load()
        self._store(rows)
        if silent:
            raise CommitUnknown("the disk does not answer")

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held by the transaction that is under way."""
        if self.trouble is Trouble.BUSY:
            time.sleep(PATIENCE)
            raise StorageBusy("somebody else does not let go")
        return self._turns()

    def _load(self) -> Rows:
        return self._rows

    def _store(self, rows: Rows) -> None:
        self._rows = rows

    def _turns(self) -> AbstractContextManager[object]:
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
            with tx.block():
                yield tx
            if not read_only:
                self.disk.rows = tx.committed()

    def reopened(self) -> Self:
        """Another storage on the same disk."""
        return type(self)(self._verbs, self.disk)

    def count_rows(self, table: str) -> int:
        """The rows of a table, counted on the disk."""
        return len(self.disk.rows.get(table, {}))

    def _begin(self, *, read_only: bool) -> MemoryTransaction:
        return self._verbs(self.disk.rows, self._registry, read_only=read_only)
