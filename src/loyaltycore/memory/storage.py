"""A storage in memory: for tests, and the model that every other storage is compared with.

It is correct because it is simple: one transaction at a time, rows kept as plain data through the codec (so nothing
comes back as the caller's own object), queries answered by `matches`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord, StorageBusy, StorageError
from loyaltycore.kernel.criteria import Criterion, Query, View, matches
from loyaltycore.ports.forking import PerProcess
from loyaltycore.ports.heeding import Heeding
from loyaltycore.storing.answering import answer
from loyaltycore.storing.checks import check_query, check_record
from loyaltycore.storing.codec import from_data, to_data
from loyaltycore.storing.registry import RecordType, Registry

T = TypeVar("T")

Rows = dict[str, dict[str, Any]]
"""Plain data by table and key."""


PATIENCE: Final = 30
"""Seconds that a transaction waits for its turn before `StorageBusy`."""


class _Turn:
    """Which thread of one process may work."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.holder = 0


class MemoryStorage:
    """Keeps records in dictionaries; a lock lets in one transaction at a time.

    It belongs to one process: a fork has a copy, and neither sees what the other writes.
    """

    def __init__(self) -> None:
        self._rows: Rows = {}
        self._registry: Registry | None = None
        self._turns = PerProcess(_Turn)

    def bind(self, registry: Registry) -> None:
        """Learn the record types."""
        self._registry = registry
        for record_type in registry:
            self._rows.setdefault(record_type.table, {})

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Open a unit of work; see `loyaltycore.ports.storage.Storage`."""
        if self._registry is None:
            raise StorageError("bind a registry first")
        turn = self._turns.get()
        me = threading.get_ident()
        if turn.holder == me:
            raise StorageError("this thread has a transaction open already")
        if not turn.lock.acquire(timeout=PATIENCE):
            raise StorageBusy(f"another thread has had a transaction open for {PATIENCE} seconds")
        turn.holder = me
        try:
            tx = MemoryTransaction(self._rows, self._registry, read_only=read_only)
            with tx.block():
                yield tx
            self._rows = tx.committed()
        finally:
            turn.holder = 0
            turn.lock.release()


class MemoryTransaction(Heeding):
    """One unit of work on a copy of the tables that it touches."""

    def __init__(self, rows: Rows, registry: Registry, *, read_only: bool) -> None:
        self._base = rows
        self._touched: Rows = {}
        self._registry = registry
        self._read_only = read_only

    def committed(self) -> Rows:
        """All tables, with what this transaction did."""
        return {**self._base, **self._touched}

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:  # noqa: ARG002  a hint
        """Read one record by its key."""
        with self:
            record_type = self._registry.of(cls)
            data = self._table(record_type).get(key)
            return None if data is None else from_data(data, cls)

    def hold(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Which records are there; nobody else writes meanwhile."""
        with self:
            table = self._table(self._registry.of(cls))
            return frozenset(key for key in keys if key in table)

    claim = hold

    def add(self, *records: Any) -> None:
        """Store new records."""
        with self:
            for record in records:
                record_type, table = self._writable(record)
                key = record_type.key_of(record)
                if key in table:
                    raise DuplicateKey(record_type.table, (record_type.key,))
                self._put(record_type, table, key, record)

    def save(self, *records: Any) -> None:
        """Replace stored records, version by version."""
        with self:
            for record in records:
                record_type, table = self._writable(record)
                key = self._current(record_type, table, record)
                self._put(record_type, table, key, evolve(record, version=record.version + 1))

    def remove(self, *records: Any) -> None:
        """Remove stored records."""
        with self:
            for record in records:
                record_type, table = self._writable(record)
                del table[self._current(record_type, table, record)]

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match, in order."""
        with self:
            record_type = self._registry.of(cls)
            check_query(query, record_type, self._registry)
            return iter(answer(self._matching(record_type, query.where), query, record_type))

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        with self:
            record_type = self._registry.of(cls)
            check_query(query, record_type, self._registry)
            return sum(1 for _ in self._matching(record_type, query.where))

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        view = View(keys=self._keys, related=self._related, key=self._key)
        records = [from_data(data, record_type.cls) for data in self._table(record_type).values()]
        return [record for record in records if matches(where, record, view)]

    def _keys(self, record: object) -> Mapping[str, tuple[str, ...]]:
        return self._registry.of(type(record)).keys_of(record)

    def _key(self, record: object) -> str:
        return self._registry.of(type(record)).key_of(record)

    def _related(self, table: str, refers_by: str, key: str) -> Iterable[object]:
        record_type = self._registry.named(table)
        for data in self._table(record_type).values():
            if data[refers_by] == key:
                yield from_data(data, record_type.cls)

    def _table(self, record_type: RecordType[Any]) -> dict[str, Any]:
        touched = self._touched.get(record_type.table)
        return self._base.get(record_type.table, {}) if touched is None else touched

    def _writable(self, record: object) -> tuple[RecordType[Any], dict[str, Any]]:
        if self._read_only:
            raise StorageError("this transaction only reads")
        record_type = self._registry.of(type(record))
        if record_type.table not in self._touched:
            self._touched[record_type.table] = dict(self._base.get(record_type.table, {}))
        return record_type, self._touched[record_type.table]

    def _current(self, record_type: RecordType[Any], table: dict[str, Any], record: Any) -> str:
        key = record_type.key_of(record)
        stored = table.get(key)
        if stored is None or stored["version"] != record.version:
            raise StaleRecord(record_type.table, key)
        return key

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        check_record(record_type, record)
        data = to_data(record)
        for columns in record_type.unique:
            mine = [data[column] for column in columns]
            if None not in mine and any(
                other != key and [row[column] for column in columns] == mine for other, row in table.items()
            ):
                raise DuplicateKey(record_type.table, columns)
        table[key] = data
