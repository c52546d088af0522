"""The six verbs of the storage port on one transaction of an SQL engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeVar

from attrs import evolve, frozen
from sqlalchemy import Select

from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.words import is_storable
from loyaltycore.storing.checks import check_query
from loyaltycore_sql.inserting import insert_all
from loyaltycore_sql.layouts import KEY, KEYS, Layout, Layouts
from loyaltycore_sql.selection import narrowed
from loyaltycore_sql.statements import Statements
from loyaltycore_sql.writing import Insertion, Replacement, by_class, remove

T = TypeVar("T")

FIRST_PORTION: Final = 1000
LATER_PORTION: Final = 8000
"""Larger, because an engine may have to sort all rows again for each portion."""


@frozen
class SqlTransaction:
    """A transaction; see `loyaltycore.ports.storage.Transaction` for what its verbs promise."""

    _tx: Statements
    _layouts: Layouts

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record by its key, and lock its row if `for_update` is set and the engine can."""
        with self._tx:
            layout = self._layouts.of(cls)
            if not is_storable(key):
                return None
            statement = layout.get
            if for_update and self._tx.locks_rows:
                statement = layout.lock
                self._tx.contends(layout.row(key))
            found = self._tx.execute(statement, {KEY: key}, layout.decoder.decode)
            return found[0] if found else None

    def add(self, *records: Any) -> None:
        """Store new records: at most one statement for all records of a class, one for their lookup keys."""
        with self._tx:
            # All are checked before the first is written.
            insertions = [Insertion(*group) for group in by_class(self._layouts, records)]
            insert_all(self._tx, list(chain(*insertions)))

    def save(self, *records: Any) -> None:
        """Replace stored records that are as they were read."""
        with self._tx:
            for replacement in [Replacement(*group) for group in by_class(self._layouts, records)]:
                replacement.write(self._tx)

    def remove(self, *records: Any) -> None:
        """Remove stored records that are as they were read."""
        with self._tx:
            for layout, group in by_class(self._layouts, records):
                remove(self._tx, layout, group)

    def hold(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Keep rows from being deleted; see `loyaltycore.ports.bulk.SupportsHolding`."""
        with self._tx:
            layout = self._layouts.of(cls)
            return self._there(layout.hold if self._tx.locks_rows else layout.there, keys)

    def claim(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Lock rows, and see what others have committed until then; see `loyaltycore.ports.bulk.SupportsHolding`."""
        with self._tx:
            layout = self._layouts.of(cls)
            self._tx.see_the_latest()
            return self._there(layout.claim if self._tx.locks_rows else layout.there, keys)

    def _there(self, statement: Select[Any], keys: Sequence[str]) -> frozenset[str]:
        # SQLite, which lets one transaction write at a time, only looks.
        return self._tx.execute(
            statement, {KEYS: list(keys)}, lambda found: frozenset(row[0] for row in found)
        )

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match, a portion at a time, the first one at once.

        Each portion is a query of its own that continues after the last record, in the same snapshot. So no result
        stays open on the connection, and other reads may come in between.
        """
        with self._tx:
            layout = self._layouts.of(cls)
            check_query(query, layout.record_type, self._layouts.registry)
            size = _size(query, FIRST_PORTION if _is_long(query) else LATER_PORTION)
            first = self._portion(layout, query, size)
        if _is_last(query, size, first):
            return iter(first)
        return chain(first, self._rest(layout, _after(layout, query, first)))

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        with self._tx:
            layout = self._layouts.of(cls)
            check_query(query, layout.record_type, self._layouts.registry)
            ask = layout.queries.count(query)
            return self._tx.execute(ask.statement, ask.parameters, lambda found: int(found.scalar_one()))

    def _rest(self, layout: Layout[T], query: Query) -> Iterator[T]:
        while True:
            size = _size(query, LATER_PORTION)
            with self._tx:
                records = self._portion(layout, query, size)
            yield from records
            if _is_last(query, size, records):
                return
            query = _after(layout, query, records)

    def _portion(self, layout: Layout[T], query: Query, size: int) -> list[T]:
        if not size:
            return []
        skip_locked = query.skip_locked and self._tx.skips_locked
        if self._tx.kind.lists_related:
            query = narrowed(query)
        ask = layout.queries.find(query, size, skip_locked=skip_locked)
        return self._tx.execute(ask.statement, ask.parameters, layout.decoder.decode)


def _is_long(query: Query) -> bool:
    """Whether there may be more records than fit into one portion."""
    return query.limit is None or query.limit > LATER_PORTION


def _size(query: Query, size: int) -> int:
    return size if query.limit is None else min(size, query.limit)


def _is_last(query: Query, size: int, records: list[T]) -> bool:
    return len(records) < size or size == query.limit


def _after(layout: Layout[T], query: Query, records: list[T]) -> Query:
    """The query for what comes after these records."""
    order = query.total_order(layout.record_type.key)
    after = tuple(getattr(records[-1], name) for name, _ in order)
    limit = None if query.limit is None else query.limit - len(records)
    return evolve(query, after=after, limit=limit)
