"""Storages that are wrong when other processes work on their data, when one is killed, or when nobody is there."""

from __future__ import annotations

import os
import pickle
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar, Final

from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import Registry
from tests.testing.liars.file_disk import FileDisk
from tests.testing.liars.honest import Disk, HonestStorage


class OnAFile(HonestStorage):
    """Keeps its promises, on a disk that other processes see; the base of the liars that do not."""

    kind: ClassVar[type[Disk]] = FileDisk

    def __init__(self, verbs: Any = MemoryTransaction, disk: Disk | None = None) -> None:
        super().__init__(verbs, disk or self.kind())


class _OwnLock(FileDisk):
    """A disk with a lock that no other process sees."""

    def _turns(self) -> AbstractContextManager[object]:
        return self._threads

    def __init__(self) -> None:
        super().__init__()
        self._threads = threading.RLock()


class LocksItsProcessAlone(OnAFile):
    """Keeps all storages of its process apart, and knows nothing of other processes."""

    kind = _OwnLock


class _KeptLock(FileDisk):
    """A disk whose lock is opened once: a fork shares what is open, and with it the lock."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: int | None = None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        with self._turn:
            if self._kept is None:
                self._kept = os.open(self.file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR)
                weakref.finalize(self, os.close, self._kept)
            if not self._depth:
                fcntl.flock(self._kept, fcntl.LOCK_EX)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    fcntl.flock(self._kept, fcntl.LOCK_UN)


class KeepsItsLockOverAFork(OnAFile):
    """Goes on with what it has opened in a copy of its process, where it is the parent's as well."""

    kind = _KeptLock


class CommitsChangeByChange(OnAFile):
    """Writes one record after the other, so that a part is there when it is killed."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in as many steps as there are records."""
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            yield tx
            for step in [] if read_only else steps_between(self.disk.rows, tx.committed()):
                self.disk.rows = step


def steps_between(before: Rows, after: Rows) -> Iterator[Rows]:
    """The tables on the way from one state to another, a change at a time."""
    now = {table: dict(before.get(table, {})) for table in after}
    for table, rows in after.items():
        for key in {**now[table], **rows}:
            if now[table].get(key) == rows.get(key):
                continue
            now[table].pop(key, None)
            now[table].update({key: rows[key]} if key in rows else {})
            yield now


class _InPlace(FileDisk):
    """A disk that is written over."""

    def _store(self, rows: Rows) -> None:
        self.file.write_bytes(pickle.dumps(rows))


class OverwritesItsFile(OnAFile):
    """Writes over the only copy that there is, so that half a file is left when it is killed."""

    kind = _InPlace


class _Late(FileDisk):
    """A disk that is written to now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._written: Rows | None = None
        self._due = time.monotonic()

    def _load(self) -> Rows:
        return super()._load() if self._written is None else self._written

    def _store(self, rows: Rows) -> None:
        self._written = rows
        if time.monotonic() >= self._due:
            super()._store(rows)
            self._due = time.monotonic() + 5


class WritesLater(OnAFile):
    """Says that a commit is done, and writes it down some seconds later."""

    kind = _Late


class LetsForeignErrorsOut(OnAFile):
    """Lets the error of the system out where its data cannot be reached."""

    def bind(self, registry: Registry) -> None:
        """Look for the data."""
        if self.disk.unplugged:
            raise ConnectionRefusedError("nobody listens")
        super().bind(registry)


class ForgetsWhatItCannotWrite(HonestStorage):
    """Passes over what cannot be written, because its data cannot be reached."""

    def bind(self, registry: Registry) -> None:
        """Begin with an empty disk that nobody else will ever see."""
        if self.disk.unplugged:
            self.disk = Disk()
        super().bind(registry)


PROCESS_LIARS: Final = (
    LocksItsProcessAlone,
    KeepsItsLockOverAFork,
    CommitsChangeByChange,
    OverwritesItsFile,
    WritesLater,
    LetsForeignErrorsOut,
    ForgetsWhatItCannotWrite,
)
