"""Storages that remember an answer that was true once, or have room for less than they promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from loyaltycore.kernel.criteria import Query
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import RecordType
from tests.testing.liars.honest import Disk, HonestStorage

_BATCH: Final = 1000
_MOST_OCTETS: Final = 65_535
_MOST_REFERENCES: Final = 100


class CountsOnce(HonestStorage):
    """Remembers how many match until it writes something itself."""

    def __init__(self, verbs: Any = MemoryTransaction, disk: Disk | None = None) -> None:
        super().__init__(verbs, disk)
        self._counts: dict[tuple[type, str], int] = {}

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Remember the counts of readers."""
        with super().transaction(read_only=read_only) as tx:
            if read_only:
                self._remember(tx)
            else:
                self._counts.clear()
            yield tx

    def _remember(self, tx: MemoryTransaction) -> None:
        count = tx.count

        def remembered(cls: type[Any], query: Query) -> int:
            place = cls, repr(query)
            if place not in self._counts:
                self._counts[place] = count(cls, query)
            return self._counts[place]

        tx.count = remembered  # type: ignore[method-assign]  # it lies


class CommitsByTheThousand(HonestStorage):
    """Commits whenever a thousand records have been added, so that no unit becomes too large."""

    def _begin(self, *, read_only: bool) -> MemoryTransaction:
        tx = super()._begin(read_only=read_only)
        add = tx.add
        added = 0

        def add_and_commit(*records: Any) -> None:
            nonlocal added
            add(*records)
            added += len(records)
            if added >= _BATCH:
                self.disk.rows = tx.committed()
                added = 0

        tx.add = add_and_commit  # type: ignore[method-assign]  # it lies
        return tx


class KeepsShortNestedValues(MemoryTransaction):
    """Has so many octets for a nested value, and keeps as many of its parts as fit."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        super()._put(record_type, table, key, record)
        data = table[key]
        for name in [name for name, value in data.items() if isinstance(value, list)]:
            while len(to_json(data[name])) > _MOST_OCTETS:
                data[name] = data[name][: len(data[name]) // 2]


class LooksAtAHundredReferences(MemoryTransaction):
    """Looks at the first hundred records that refer to one."""

    def _related(self, table: str, refers_by: str, key: str) -> Iterable[object]:
        return islice(super()._related(table, refers_by, key), _MOST_REFERENCES)


MEMORY_LIARS: Final = (CountsOnce, CommitsByTheThousand, KeepsShortNestedValues, LooksAtAHundredReferences)
