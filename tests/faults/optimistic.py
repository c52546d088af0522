"""A storage in memory that lets rivals in: each unit sees one moment, and who commits second must not have missed anything.

Its transactions have the six verbs alone. So units meet on it at any point, without threads and without waiting, and
whatever rests on the versions of records and on unique keys is put to the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.kernel.criteria import Criterion, View, matches
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.codec import from_data
from loyaltycore.storing.registry import RecordType, Registry

T = TypeVar("T")

Known = dict[int, tuple[dict[str, Any], Any]]
"""Rows and their records, by the identity of the row."""

_MOST_KNOWN: Final = 20_000


class OptimisticStorage:
    """Keeps records in dictionaries that nobody changes; a commit puts others in their place."""

    def __init__(self) -> None:
        self.rows: Rows = {}
        """All tables. To go back to a former moment, put them back."""
        self._registry = Registry(())
        self._known: Known = {}

    def bind(self, registry: Registry) -> None:
        """Learn the record types."""
        self._registry = registry
        self.rows = {**{each.table: {} for each in registry}, **self.rows}

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Any]:
        """Open a unit of work on the tables as they are now."""
        base = self.rows
        tx = _Quick(base, self._registry, read_only=read_only)
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        tx.known = self._known
        with tx.block():
            yield _SixVerbs(tx)
        after = tx.committed()
        self.rows = {**self.rows, **{name: self._merged(name, base, after) for name in after}}

    def _merged(self, name: str, base: Rows, after: Rows) -> dict[str, Any]:
        """A table as it is now, with what a unit has changed."""
        before, mine, now = base.get(name, {}), after[name], self.rows.get(name, {})
        if mine is before:
            return now
        keys = [key for key in {**before, **mine} if before.get(key) is not mine.get(key)]
        for key in keys:
            if now.get(key) is not before.get(key):
                raise StaleRecord(name, key) if key in before else DuplicateKey(name, ("id",))
        merged = dict(now)
        for key in keys:
            if key in mine:
                merged[key] = mine[key]
            else:
                del merged[key]
        self._require_unique(self._registry.named(name), merged, keys)
        return merged

    def _require_unique(self, record_type: RecordType[Any], rows: dict[str, Any], keys: list[str]) -> None:
        for columns in record_type.unique:
            held = [[row[column] for column in columns] for row in rows.values()]
            for key in keys:
                own = [rows[key][column] for column in columns] if key in rows else [None]
                if None not in own and held.count(own) > 1:
                    raise DuplicateKey(record_type.table, columns)


class _Quick(MemoryTransaction):
    """Reads each row once, as long as nobody writes it anew: there are many tries, and most of them see the same."""

    known: Known

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        view = View(keys=self._keys, related=self._related, key=self._key)
        for row in self._table(record_type).values():
            if id(row) not in self.known:
                self.known[id(row)] = (row, from_data(row, record_type.cls))
            record = self.known[id(row)][1]
            if matches(where, record, view):
                yield record


class _SixVerbs:
    """A transaction that can do what every storage can, and no more."""

    def __init__(self, tx: MemoryTransaction) -> None:
        self.get, self.find, self.count = tx.get, tx.find, tx.count
        self.add, self.save, self.remove = tx.add, tx.save, tx.remove
