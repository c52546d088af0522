"""Storages that are wrong about what surrounds a unit: the clock, later registries, copies of the process, waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from loyaltycore.errors import StorageBusy, StorageError
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.ports.forking import this_process
from loyaltycore.storing.registry import RecordType, Registry
from tests.testing.liars.file_disk import FileDisk
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.storage_processes import OnAFile

T = TypeVar("T")

_HOUR: Final = 3600


class LetsTheLaterClockWin(HonestStorage):
    """Keeps of two writings the one with the later time of day."""

    _at = 0.0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write unless something newer is there."""
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            with tx.block():
                yield tx
            now = time.time()
            if not read_only and now >= self._at:
                self.disk.rows, self._at = tx.committed(), now


class ForgetsAfterAnHour(HonestStorage):
    """Forgets what was written more than an hour ago, as a cache does."""

    _at = 0.0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Begin with what is fresh."""
        if self._at and time.time() - self._at > _HOUR:
            self.disk.rows = {}
        with super().transaction(read_only=read_only) as tx:
            yield tx
        if not read_only:
            self._at = time.time()


class LetsTheLaterStampWin(HonestStorage):
    """Keeps of two writings the one with the later date and time."""

    _at = datetime.min.replace(tzinfo=UTC)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write unless something newer is there."""
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            with tx.block():
                yield tx
            now = datetime.now(UTC)
            if not read_only and now >= self._at:
                self.disk.rows, self._at = tx.committed(), now


class ForgetsByTheCalendar(HonestStorage):
    """Forgets what was written on a day before yesterday."""

    _on = datetime.max.replace(tzinfo=UTC)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Begin with what is fresh."""
        if datetime.now(UTC) - timedelta(days=1) > self._on:
            self.disk.rows = {}
        with super().transaction(read_only=read_only) as tx:
            yield tx
        if not read_only:
            self._on = datetime.now(UTC)


class ReadsItsCacheForASecond(OnAFile):
    """Answers from a copy that is as old as a second."""

    _copy: Rows | None = None
    _until = 0.0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Read what was read before."""
        if not read_only:
            with super().transaction() as tx:
                yield tx
            self._copy = None
            return
        if self._copy is None or time.time() >= self._until:
            self._copy, self._until = self.disk.rows, time.time() + 1
        tx = MemoryTransaction(self._copy, self._registry, read_only=True)
        with tx.block():
            yield tx


class BreaksLocksByTheClock(HonestStorage):
    """Takes a lock whose time lies in the future for one that was never taken back, and waits for it."""

    _until = 0.0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Take the lock when it is free by the clock."""
        if time.time() < self._until - _HOUR / 2:
            raise StorageBusy("locked by somebody else")
        with super().transaction(read_only=read_only) as tx:
            yield tx
        self._until = time.time()


class IgnoresASecondBind(HonestStorage):
    """Knows the record types that it was bound to first."""

    _bound = False

    def bind(self, registry: Registry) -> None:
        """Learn the record types once."""
        if not self._bound:
            super().bind(registry)
        self._bound = True


class EmptiesItselfForMoreTypes(HonestStorage):
    """Makes its tables anew when it is bound to other record types."""

    _known: frozenset[str] = frozenset()

    def bind(self, registry: Registry) -> None:
        """Begin with nothing where something is new."""
        tables = frozenset(record_type.table for record_type in registry)
        if self._known and tables != self._known:
            self.disk.rows = {}
        self._known = tables
        super().bind(registry)


class DropsTablesThatItDoesNotKnow(HonestStorage):
    """Removes the tables of record types that it was not bound to."""

    def bind(self, registry: Registry) -> None:
        """Tidy up."""
        super().bind(registry)
        tables = {record_type.table for record_type in registry}
        self.disk.rows = {name: rows for name, rows in self.disk.rows.items() if name in tables}


class DropsUniquesOfMoreTypes(HonestStorage):
    """Knows the unique tuples of the record types that it was bound to first."""

    _first: Registry | None = None

    def bind(self, registry: Registry) -> None:
        """Learn the record types, and unique tuples once."""
        self._first = self._first or registry
        super().bind(registry)

    def _begin(self, *, read_only: bool) -> MemoryTransaction:
        tx = _KnowsUniques(self.disk.rows, self._registry, read_only=read_only)
        tx.tables = {record_type.table for record_type in self._first or ()}
        return tx


class _KnowsUniques(MemoryTransaction):
    """Knows the unique tuples of some tables."""

    tables: set[str]

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        if record_type.table in self.tables:
            return super()._put(record_type, table, key, record)
        alone: dict[str, Any] = {}
        super()._put(record_type, alone, key, record)
        table.update(alone)
        return None


class CommitsUnitsOfItsParent(OnAFile):
    """Commits a unit that its process was copied with when the copy leaves it."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Forget where it began."""
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            yield tx
            if tx.failed:
                raise StorageError("a verb failed and was not heeded")
            tx.ended = True
            if not read_only:
                self.disk.rows = tx.committed()


class WorksInUnitsOfItsParent(OnAFile):
    """Writes at once what a copy of its process does in a unit of the parent's."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Hand out verbs that reach through."""
        parent = this_process()
        with super().transaction(read_only=read_only) as tx:
            yield _ReachesThrough(tx, self, parent)  # type: ignore[misc]  # it has the same verbs


class _ReachesThrough:
    """Passes verbs on, and in a copy of the process writes at once."""

    def __init__(self, tx: MemoryTransaction, storage: WorksInUnitsOfItsParent, parent: object) -> None:
        self._tx, self._storage, self._parent = tx, storage, parent

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._tx, verb)

    def add(self, *records: Any) -> None:
        """Add here or there."""
        if this_process() == self._parent:
            self._tx.add(*records)
            return
        disk = self._storage.disk
        tx = MemoryTransaction(disk.rows, self._tx._registry, read_only=False)
        tx.add(*records)
        disk.rows = tx.committed()


class EndsUnitsOfItsParent(OnAFile):
    """Takes the lock away from the parent when a copy of its process leaves a unit."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Leave a note that the parent finds."""
        assert isinstance(self.disk, FileDisk)
        parent, note = this_process(), self.disk.file.with_suffix(".ended")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
                if this_process() == parent and note.exists():
                    raise StorageError("the connection was closed by somebody else")
        finally:
            if this_process() != parent:
                note.touch()


class GivesUpAtOnce(HonestStorage):
    """Raises `StorageBusy` while another thread has a unit open, and waits for nobody."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Try the lock once."""
        lock: Any = self.disk.lock
        if not lock.acquire(blocking=False):
            raise StorageBusy("somebody else writes")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        finally:
            lock.release()


class GivesUpSoon(HonestStorage):
    """Waits a hundredth of a second for another unit before it raises `StorageBusy`."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Try the lock for a moment."""
        lock: Any = self.disk.lock
        if not lock.acquire(timeout=0.01):
            raise StorageBusy("somebody else writes")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        finally:
            lock.release()


class LetsDeadlocksOut(HonestStorage):
    """Raises an error of its engine where two units wait for each other."""

    _open = 0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Notice that somebody else is there."""
        self._open += 1
        try:
            if self._open > 1 and not read_only:
                time.sleep(0.01)
                raise RuntimeError("deadlock detected")
            with super().transaction(read_only=read_only) as tx:
                yield tx
        finally:
            self._open -= 1


SETTING_LIARS: Final = (
    LetsTheLaterClockWin,
    ForgetsAfterAnHour,
    LetsTheLaterStampWin,
    ForgetsByTheCalendar,
    ReadsItsCacheForASecond,
    BreaksLocksByTheClock,
    IgnoresASecondBind,
    EmptiesItselfForMoreTypes,
    DropsTablesThatItDoesNotKnow,
    DropsUniquesOfMoreTypes,
    CommitsUnitsOfItsParent,
    WorksInUnitsOfItsParent,
    EndsUnitsOfItsParent,
    GivesUpAtOnce,
    GivesUpSoon,
    LetsDeadlocksOut,
)
