"""The six verbs of the storage port on one transaction of an SQL engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from loyaltycore.domain.criteria import Query
from loyaltycore.records.checks import check_query
from loyaltycore_sql.layouts import KEY, Layout, Layouts
from loyaltycore_sql.records import storable
from loyaltycore_sql.selection import counting, place, selection
from loyaltycore_sql.unit import Unit
from loyaltycore_sql.writing import Insertion, Replacement, by_class, remove

T = TypeVar("T")

FIRST_PORTION: Final = 500
GREATEST_PORTION: Final = 8000
_GROWTH: Final = 4


@frozen
class SqlTransaction:
    """A transaction; see `loyaltycore.ports.storage.Transaction` for what its verbs promise."""

    _unit: Unit
    _layouts: Layouts

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record by its key, and lock its row where `for_update` asks for it and the engine can."""
        with self._unit:
            layout = self._layouts.of(cls)
            if not storable(key):
                return None
            statement = layout.get.with_for_update() if for_update and self._unit.locks_rows else layout.get
            found = self._unit.execute(statement, {KEY: key}, layout.decoder.decode)
            return found[0] if found else None

    def add(self, *records: Any) -> None:
        """Store new records: one statement for all records of a class, one for their lookup keys."""
        with self._unit:
            # All are checked before the first is written.
            for insertion in [Insertion(*group) for group in by_class(self._layouts, records)]:
                insertion.write(self._unit)

    def save(self, *records: Any) -> None:
        """Replace stored records that are as they were read."""
        with self._unit:
            for replacement in [Replacement(*group) for group in by_class(self._layouts, records)]:
                replacement.write(self._unit)

    def remove(self, *records: Any) -> None:
        """Remove stored records that are as they were read."""
        with self._unit:
            for layout, group in by_class(self._layouts, records):
                remove(self._unit, layout, group)

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match, a growing portion at a time, the first one at once.

        A portion is a query of its own that goes on behind the last record, in the same snapshot. So no result stays
        open on the connection, and other reads may come in between.
        """
        with self._unit:
            layout = self._layouts.of(cls)
            check_query(query, layout.record_type, self._layouts.registry)
            size = _size(query, FIRST_PORTION)
            first = self._portion(layout, query, size)
        if len(first) < size or size == query.limit:
            return iter(first)
        return chain(first, self._rest(layout, _behind(layout, query, first), size))

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        with self._unit:
            layout = self._layouts.of(cls)
            check_query(query, layout.record_type, self._layouts.registry)
            return self._unit.execute(counting(layout.compiler, query), {}, lambda result: int(result.scalar_one()))

    def _rest(self, layout: Layout[T], query: Query, size: int) -> Iterator[T]:
        while True:
            size = _size(query, min(size * _GROWTH, GREATEST_PORTION))
            with self._unit:
                records = self._portion(layout, query, size)
            yield from records
            if len(records) < size or size == query.limit:
                return
            query = _behind(layout, query, records)

    def _portion(self, layout: Layout[T], query: Query, size: int) -> list[T]:
        if not size:
            return []
        statement = selection(layout.compiler, evolve(query, limit=size))
        if query.skip_locked and self._unit.skips_locked:
            statement = statement.with_for_update(skip_locked=True)
        return self._unit.execute(statement, {}, layout.decoder.decode)


def _size(query: Query, size: int) -> int:
    return size if query.limit is None else min(size, query.limit)


def _behind(layout: Layout[T], query: Query, records: list[T]) -> Query:
    """The query for what comes after these records."""
    limit = None if query.limit is None else query.limit - len(records)
    return evolve(query, after=place(layout.compiler, query, records[-1]), limit=limit)
