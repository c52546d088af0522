"""Storages that are wrong only where there is much: long lists, large units, many keys, many rows, many criteria."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final, TypeVar

from attrs import evolve

from loyaltycore.kernel.criteria import And, Criterion, OneOf, Or, Query, View
from loyaltycore.memory.storage import MemoryTransaction, Rows
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.storage_processes import OnAFile, steps_between
from tests.testing.liars.storage_queries import OwnMeaning

T = TypeVar("T")

_LONG: Final = 500
_BATCH: Final = 100
_BUFFER: Final = 256
_MOST_KEYS: Final = 10
_A_WHILE: Final = 0.003
_MOST_ROWS: Final = 10_000


class BendsLists(OwnMeaning):
    """Reads the lists of criteria in a way of its own; the base of the liars that do."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches, by what is left of a list."""
        if isinstance(where, OneOf):
            where = OneOf(where.field, self.bent(where.values))
        return super().leaf(where, record, view)

    def bent(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """What is left of a list."""
        raise NotImplementedError


class CutsListsAt500(BendsLists):
    """Compares with no more than 500 values of a list."""

    def bent(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Cut."""
        return values[:_LONG]


class CutsListsAt999(BendsLists):
    """Leaves the thousandth value of a list out, because the engine takes 999 parameters."""

    def bent(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Cut."""
        return values[:999]


class RemembersTheLastPortionOfAList(BendsLists):
    """Asks in portions of 500 values, and keeps the answer of the last one."""

    def bent(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """What the last portion holds."""
        return values[(len(values) - 1) // _LONG * _LONG :] if values else ()


class OverlooksTheLastPlace(BendsLists):
    """Overlooks the last value of a list that has more than a hundred."""

    def bent(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Cut one off."""
        return values[:-1] if len(values) > _BATCH else values


class CountsListsInPortions(MemoryTransaction):
    """Counts in portions of 500 values and adds up, though a list may name a value twice."""

    def count(self, cls: type[Any], query: Query) -> int:
        """Add up."""
        where = query.where
        if not isinstance(where, OneOf) or len(where.values) <= _LONG:
            return super().count(cls, query)
        portions = (where.values[start : start + _LONG] for start in range(0, len(where.values), _LONG))
        return sum(
            super(CountsListsInPortions, self).count(cls, Query(OneOf(where.field, each)))
            for each in portions
        )


class CutsLongAlternatives(OwnMeaning):
    """Looks at no more than 500 parts of `and` and of `or`."""

    def meaning(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches the first parts."""
        match where:
            case And(parts):
                return super().meaning(And(parts[:_LONG]), record, view)
            case Or(parts):
                return super().meaning(Or(parts[:_LONG]), record, view)
        return super().meaning(where, record, view)


class TearsLargeUnits(HonestStorage):
    """Commits whenever a hundred records have been written: an exception takes back what came after that."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in between."""
        with self.disk.lock:
            before = self.disk.rows
            tx = self._begin(read_only=read_only)
            try:
                with tx.block():
                    yield tx
            except BaseException:
                for number, step in enumerate(steps_between(before, tx.committed()), start=1):
                    if number % _BATCH == 0:
                        self.disk.rows = {name: dict(rows) for name, rows in step.items()}
                raise
            if not read_only:
                self.disk.rows = tx.committed()


class CommitsInBatches(OnAFile):
    """Writes a hundred records at a time, so that a part of a large unit is there when it is killed."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in steps of a hundred."""
        with self.disk.lock:
            before = self.disk.rows
            tx = self._begin(read_only=read_only)
            with tx.block():
                yield tx
            if read_only:
                return
            for number, step in enumerate(steps_between(before, tx.committed()), start=1):
                if number % _BATCH == 0:
                    self.disk.rows = step
            self.disk.rows = tx.committed()


class ShowsLargeUnitsInBatches(HonestStorage):
    """Puts a large unit in place in batches, and readers wait for nobody."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in steps of a hundred; read at any time."""
        if read_only:
            yield self._begin(read_only=True)
            return
        with self.disk.lock:
            before = self.disk.rows
            tx = self._begin(read_only=False)
            with tx.block():
                yield tx
            for number, step in enumerate(steps_between(before, tx.committed()), start=1):
                if number % _BATCH == 0:
                    self.disk.rows = {name: dict(rows) for name, rows in step.items()}
                    time.sleep(_A_WHILE)
            self.disk.rows = tx.committed()


class KeepsTheLastWrites(MemoryTransaction):
    """Has room for 256 records of a unit, and forgets the first ones of a larger one."""

    def committed(self) -> Rows:
        """All tables, with the last changes."""
        changes = [
            (table, key)
            for table, rows in self._touched.items()
            for key, row in rows.items()
            if self._base.get(table, {}).get(key) != row
        ]
        kept = {name: dict(rows) for name, rows in super().committed().items()}
        for table, key in changes[:-_BUFFER]:
            kept[table].pop(key)
            if key in self._base.get(table, {}):
                kept[table][key] = self._base[table][key]
        return kept


class TakesTheBeginningOfACall(MemoryTransaction):
    """Heeds the first 256 records of a call."""

    def save(self, *records: Any) -> None:
        """Save some."""
        super().save(*records[:_BUFFER])


class KeepsTenLookupKeys(MemoryTransaction):
    """Finds a record by its first ten lookup keys."""

    def _keys(self, record: object) -> Mapping[str, tuple[str, ...]]:
        return {name: keys[:_MOST_KEYS] for name, keys in super()._keys(record).items()}


class CutsLookupKeysInBytes(MemoryTransaction):
    """Cuts lookup keys to 120 bytes, which are fewer characters where they have accents."""

    def _keys(self, record: object) -> Mapping[str, tuple[str, ...]]:
        return {
            name: tuple(key.encode()[:120].decode(errors="ignore") for key in keys)
            for name, keys in super()._keys(record).items()
        }


class CutsKeysInBytes(MemoryTransaction):
    """Looks for a record by the first 64 bytes of its key."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read the first record whose key begins like it."""
        beginning = key.encode("utf-8", "surrogatepass")[:64]
        for known in self._table(self._registry.of(cls)):
            if known.encode()[:64] == beginning:
                return super().get(cls, known, for_update=for_update)
        return None


class SortsByThreeFields(MemoryTransaction):
    """Heeds three criteria of an order, and after them the key."""

    most: ClassVar[int] = 3

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read in an order that is cut."""
        if len(query.order_by) <= self.most or query.after is not None:
            return super().find(cls, query)
        last = "-" if query.order_by[-1].startswith("-") else ""
        key = self._registry.of(cls).key
        return super().find(cls, evolve(query, order_by=(*query.order_by[: self.most], f"{last}{key}")))


class SortsByFiveFields(SortsByThreeFields):
    """Heeds five criteria of an order, and after them the key."""

    most = 5


class ForgetsTheOrderOfQueues(MemoryTransaction):
    """Gives the records of a queue in the order of their keys."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read a queue in any order."""
        return super().find(
            cls, evolve(query, order_by=()) if query.skip_locked and not query.after else query
        )


class ForgetsTheLimitOfQueues(MemoryTransaction):
    """Gives all the records of a queue."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read a whole queue."""
        return super().find(cls, evolve(query, limit=None) if query.skip_locked else query)


class ForgetsTheMarkOfQueues(MemoryTransaction):
    """Begins a queue at its beginning."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read a queue from its beginning."""
        return super().find(cls, evolve(query, after=None) if query.skip_locked else query)


class EndsAtTenThousand(MemoryTransaction):
    """Gives ten thousand records at most, as a search engine does."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read a window."""
        return iter(list(super().find(cls, query))[:_MOST_ROWS])


class CountsToTenThousand(MemoryTransaction):
    """Counts no further than ten thousand."""

    def count(self, cls: type[Any], query: Query) -> int:
        """Count a window."""
        return min(_MOST_ROWS, super().count(cls, query))


class TakesTenThousandForAll(MemoryTransaction):
    """Looks at the ten thousand records that were written first."""

    def _matching(self, record_type: Any, where: Criterion) -> Iterable[Any]:
        return list(super()._matching(record_type, where))[:_MOST_ROWS]


SIZE_LIARS: Final = (
    CutsListsAt500,
    CutsListsAt999,
    RemembersTheLastPortionOfAList,
    OverlooksTheLastPlace,
    CountsListsInPortions,
    CutsLongAlternatives,
    TearsLargeUnits,
    CommitsInBatches,
    ShowsLargeUnitsInBatches,
    KeepsTheLastWrites,
    TakesTheBeginningOfACall,
    KeepsTenLookupKeys,
    CutsLookupKeysInBytes,
    CutsKeysInBytes,
    SortsByThreeFields,
    SortsByFiveFields,
    ForgetsTheOrderOfQueues,
    ForgetsTheLimitOfQueues,
    ForgetsTheMarkOfQueues,
    EndsAtTenThousand,
    CountsToTenThousand,
    TakesTenThousandForAll,
)
