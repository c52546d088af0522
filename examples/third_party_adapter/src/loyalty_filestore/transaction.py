"""The six verbs of the storage port, on tables in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from attrs import define, evolve

from loyalty_filestore.file import Tables
from loyaltycore import DuplicateKey, StaleRecord, StorageError
from loyaltycore.ports import (
    Query,
    RecordType,
    Registry,
    View,
    answer,
    check_query,
    check_record,
    from_data,
    matches,
    to_data,
)

T = TypeVar("T")


@define
class FileTransaction:
    """One unit of work on what a file held at its beginning."""

    tables: Tables
    """All records, with what this transaction did."""
    registry: Registry
    read_only: bool = False
    """Whether it may not write."""
    wrote: bool = False
    """Whether it did anything that must be kept."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:  # noqa: ARG002  writers are alone
        """Read one record by its key."""
        data = self._table(self.registry.of(cls)).get(key)
        return None if data is None else from_data(data, cls)

    def add(self, *records: Any) -> None:
        """Store new records."""
        for record in records:
            record_type = self.registry.of(type(record))
            if record_type.key_of(record) in self._table(record_type):
                raise DuplicateKey(record_type.table, (record_type.key,))
            self._put(record_type, record)

    def save(self, *records: Any) -> None:
        """Replace stored records, version by version."""
        for record in records:
            record_type = self._current(record)
            self._put(record_type, evolve(record, version=record.version + 1))

    def remove(self, *records: Any) -> None:
        """Remove stored records, version by version."""
        for record in records:
            record_type = self._current(record)
            del self._writable(record_type)[record_type.key_of(record)]

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match, in order, after the mark where there is one."""
        record_type = self.registry.of(cls)
        check_query(query, record_type, self.registry)
        return iter(answer(self._matching(record_type, query), query, record_type))

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        record_type = self.registry.of(cls)
        check_query(query, record_type, self.registry)
        return sum(1 for _ in self._matching(record_type, query))

    def _matching(self, record_type: RecordType[T], query: Query) -> Iterable[T]:
        """The domain's own evaluation of a query is its meaning."""
        view = View(
            keys=lambda record: self.registry.of(type(record)).keys_of(record),
            key=lambda record: self.registry.of(type(record)).key_of(record),
            related=self._referring,
        )
        return (record for record in self._all(record_type) if matches(query.where, record, view))

    def _referring(self, table: str, refers_by: str, key: str) -> Iterable[object]:
        others = self._all(self.registry.named(table))
        return (other for other in others if getattr(other, refers_by) == key)

    def _all(self, record_type: RecordType[T]) -> list[T]:
        return [from_data(data, record_type.cls) for data in self._table(record_type).values()]

    def _table(self, record_type: RecordType[Any]) -> dict[str, dict[str, Any]]:
        return self.tables.get(record_type.table, {})

    def _writable(self, record_type: RecordType[Any]) -> dict[str, dict[str, Any]]:
        if self.read_only:
            raise StorageError("this transaction only reads")
        self.wrote = True
        return self.tables.setdefault(record_type.table, {})

    def _current(self, record: Any) -> RecordType[Any]:
        record_type = self.registry.of(type(record))
        key = record_type.key_of(record)
        stored = self._table(record_type).get(key)
        if stored is None or stored["version"] != record.version:
            raise StaleRecord(record_type.table, key)
        return record_type

    def _put(self, record_type: RecordType[Any], record: Any) -> None:
        check_record(record_type, record)
        table, key, data = self._writable(record_type), record_type.key_of(record), to_data(record)
        for columns in record_type.unique:
            mine = [data[column] for column in columns]
            others = (row for other, row in table.items() if other != key)
            if None not in mine and any([row[column] for column in columns] == mine for row in others):
                raise DuplicateKey(record_type.table, columns)
        table[key] = data
