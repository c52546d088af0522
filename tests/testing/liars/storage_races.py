"""Storages that are wrong when several work at the same time, and those that forget."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self

from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import Registry
from tests.testing.liars.honest import Disk, HonestStorage

_A_WHILE: Final = 0.003
"""Seconds in which another thread can get in between."""


class LosesUpdates(HonestStorage):
    """Checks versions and keys before it waits for its turn to commit."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Check early, commit late, row by row over what has come in between."""
        before = self.disk.rows
        tx = self._verbs(before, self._registry, read_only=read_only)
        yield tx
        if not read_only:
            time.sleep(_A_WHILE)
            with self.disk.lock:
                self.disk.rows = _laid_over(self.disk.rows, before, tx.committed())


def _laid_over(rows: Rows, before: Rows, after: Rows) -> Rows:
    """The rows with what a transaction changed in those that it found, whatever others have done since."""
    return {
        table: _changed(rows.get(table, {}), before.get(table, {}), after.get(table, {}))
        for table in {**rows, **after}
    }


def _changed(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    kept = {key: row for key, row in now.items() if key in after or key not in before}
    return {**kept, **{key: row for key, row in after.items() if before.get(key) != row}}


class ShowsUnfinishedWork(HonestStorage):
    """Writes where everybody reads, and takes back what was wrong."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write through, without a lock."""
        before = copy.deepcopy(self.disk.rows)
        tx = _WritesThrough(self.disk.rows, self._registry, read_only=read_only)
        try:
            yield tx
        except BaseException:
            self.disk.rows.clear()
            self.disk.rows.update(before)
            raise


class _WritesThrough(MemoryTransaction):
    """Changes the tables in place."""

    def _table(self, record_type: Any) -> dict[str, Any]:
        return self._base.setdefault(record_type.table, {})

    def _writable(self, record: object) -> tuple[Any, dict[str, Any]]:
        record_type = self._registry.of(type(record))
        return record_type, self._table(record_type)


class ReadsTheLatest(HonestStorage):
    """Reads each time what was committed last, in the middle of a transaction too."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Read without a snapshot; write as usual."""
        if not read_only:
            with super().transaction(read_only=read_only) as tx:
                yield tx
            return
        yield _Latest(_LatestRows(self.disk), self._registry, read_only=True)


class _LatestRows(dict[str, Any]):
    """All tables, as they are at the moment of asking."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk

    def get(self, table: str, default: Any = None) -> Any:
        """The table as it is now."""
        return self._disk.rows.get(table, default)


class _Latest(MemoryTransaction):
    """Reads through to the disk."""


class CommitsTableByTable(HonestStorage):
    """Lets others look while it puts one table after the other in place."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in steps; readers wait for nobody."""
        if read_only:
            yield self._begin(read_only=True)
            return
        with self.disk.lock:
            tx = self._begin(read_only=False)
            yield tx
            for table, rows in tx.committed().items():
                self.disk.rows = {**self.disk.rows, table: rows}
                time.sleep(_A_WHILE)


class LocksForItselfAlone(HonestStorage):
    """Keeps its own threads apart, and knows nothing of other storages on the same data."""

    def __init__(self, verbs: Any = MemoryTransaction, disk: Disk | None = None) -> None:
        super().__init__(verbs, disk)
        self._own = threading.RLock()

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Lock a lock of its own."""
        with self._own:
            before = self.disk.rows
            tx = self._verbs(before, self._registry, read_only=read_only)
            yield tx
            if not read_only:
                time.sleep(_A_WHILE)
                self.disk.rows = _laid_over(self.disk.rows, before, tx.committed())


class ForgetsWhenClosed(HonestStorage):
    """Has nothing on its disk."""

    def reopened(self) -> Self:
        """Begin anew."""
        return type(self)(self._verbs)


class ForgetsLookupKeys(HonestStorage):
    """Keeps the lookup keys in memory, and does not make them again."""

    def reopened(self) -> Self:
        """Open without them."""
        return type(self)(_WithoutKeys, self.disk)


class _WithoutKeys(MemoryTransaction):
    """Knows no lookup key."""

    def _keys(self, record: object) -> Mapping[str, tuple[str, ...]]:
        return {}


class ForgetsUniqueTuples(HonestStorage):
    """Keeps an index of unique tuples in memory, and does not make it again."""

    def reopened(self) -> Self:
        """Open without it."""
        return type(self)(_WithoutUniques, self.disk)


class _WithoutUniques(MemoryTransaction):
    """Knows keys alone."""

    def _put(self, record_type: Any, table: dict[str, Any], key: str, record: object) -> None:
        honest = table.copy()
        table.clear()
        super()._put(record_type, table, key, record)
        table.update({**honest, **table})


class KeepsACopy(HonestStorage):
    """Reads the data when it is bound, and answers from its copy ever after."""

    def bind(self, registry: Registry) -> None:
        """Read everything."""
        super().bind(registry)
        self._copy = dict(self.disk.rows)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Work on the copy, and write it down."""
        with self.disk.lock:
            tx = MemoryTransaction(self._copy, self._registry, read_only=read_only)
            yield tx
            self._copy = tx.committed()
            if not read_only:
                self.disk.rows = self._copy


class WritesNothing(HonestStorage):
    """Answers from memory; whoever looks for rows finds none."""

    def count_rows(self, table: str) -> int:
        """The rows on the disk."""
        return 0


class HidesRemovedRecords(HonestStorage):
    """Marks a record as removed and leaves its row where it is."""

    _hidden = 0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Note how many rows go."""
        before = sum(map(len, self.disk.rows.values()))
        with super().transaction(read_only=read_only) as tx:
            yield tx
        self._hidden += max(0, before - sum(map(len, self.disk.rows.values())))

    def count_rows(self, table: str) -> int:
        """The rows, hidden ones too."""
        return super().count_rows(table) + self._hidden


RACE_LIARS: Final = (
    LosesUpdates,
    ShowsUnfinishedWork,
    ReadsTheLatest,
    CommitsTableByTable,
    LocksForItselfAlone,
    ForgetsWhenClosed,
    ForgetsLookupKeys,
    ForgetsUniqueTuples,
    KeepsACopy,
    WritesNothing,
    HidesRemovedRecords,
)
