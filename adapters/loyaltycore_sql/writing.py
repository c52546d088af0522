"""The writing verbs: one statement per table for all records of a class, with versions checked and keys in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve
from sqlalchemy import CursorResult

from loyaltycore.errors import StaleRecord
from loyaltycore_sql.inserting import Rows
from loyaltycore_sql.layouts import KEY, KEYS, VERSION, KeyStatements, Layout, Layouts
from loyaltycore_sql.statements import Statements

_AT_ONCE: Final = 500
"""How many keys one SELECT asks for."""

Pairs = set[tuple[str, str]]
"""The lookup keys of a record, each with its lookup's name."""


def by_class(layouts: Layouts, records: Iterable[Any]) -> list[tuple[Layout[Any], list[Any]]]:
    """Group records by class; classes in the order of their first record, records in the order given.

    The order within a class is kept because unique keys are checked row by row: it says which record gives up a value
    before another takes it.
    """
    groups: dict[type, list[Any]] = {}
    for record in records:
        groups.setdefault(type(record), []).append(record)
    return [(layouts.of(cls), group) for cls, group in groups.items()]


class Insertion:
    """New records of one class, checked and ready to be written."""

    def __init__(self, layout: Layout[Any], records: Sequence[Any]) -> None:
        self._layout = layout
        self._rows = layout.encoder.encode_all(records)
        self._keys = layout.encoder.keys_of_all(records) if layout.keys else []

    def __iter__(self) -> Iterator[Rows]:
        """Rows and lookup keys."""
        yield Rows(self._layout.insert, self._rows, self._layout.uniques)
        if self._layout.keys is not None and self._keys:
            yield Rows(self._layout.keys.insert, self._keys, self._layout.keys.uniques)


class Replacement:
    """Changed records of one class, checked and ready to be written."""

    def __init__(self, layout: Layout[Any], records: Sequence[Any]) -> None:
        self._layout = layout
        self._records = records
        self._rows = [self._row(record) for record in records]
        key_of, keys_of = layout.record_type.key_of, layout.encoder.keys
        self._keys = {key_of(record): set(keys_of(record)) for record in records if layout.keys}

    def write(self, tx: Statements) -> None:
        """Update rows and the lookup keys that differ.

        Raises:
            StaleRecord: A record is not as it was read.
        """
        if len(self._records) == 1:
            tx.contends(self._layout.row(self._rows[0][KEY]))
        changed = tx.write(self._layout.update, self._rows, self._layout.uniques)
        if changed != len(self._rows):
            raise stale(tx, self._layout, self._records)
        if self._layout.keys is not None:
            self._write_keys(tx, self._layout.keys)

    def _row(self, record: Any) -> dict[str, Any]:
        row = self._layout.encoder.named(record)
        row[KEY] = row.pop(self._layout.record_type.key)
        row[VERSION] = row["version"]
        row["version"] += 1
        return row

    def _write_keys(self, tx: Statements, statements: KeyStatements) -> None:
        stored = _stored_keys(tx, statements, list(self._keys))
        gone = {key: stored.get(key, set()) - pairs for key, pairs in self._keys.items()}
        fresh = {key: pairs - stored.get(key, set()) for key, pairs in self._keys.items()}
        rows = [
            {KEY: key, "lookup_": lookup, "value_": value}
            for key, pairs in gone.items()
            for lookup, value in pairs
        ]
        if rows:
            tx.write(statements.delete, rows)
        added = [(lookup, value, key) for key, pairs in fresh.items() for lookup, value in sorted(pairs)]
        if added:
            statements.insert.write(tx, added)


def remove(tx: Statements, layout: Layout[Any], records: Sequence[Any]) -> None:
    """Delete records and their lookup keys.

    Raises:
        StaleRecord: A record is not as it was read.
    """
    rows = [{KEY: layout.record_type.key_of(record), VERSION: record.version} for record in records]
    if tx.write(layout.delete, rows) != len(rows):
        raise stale(tx, layout, records, removed=True)
    if layout.keys is not None:
        tx.write(layout.keys.clear, [{KEY: row[KEY]} for row in rows])


def stale(
    tx: Statements, layout: Layout[Any], records: Sequence[Any], *, removed: bool = False
) -> StaleRecord:
    """Find out which record was not as it was read, after a statement has not touched them all."""
    key = layout.record_type.key_of(_suspect(tx, layout, records, removed=removed))
    tx.contends(layout.row(key))
    return StaleRecord(layout.record_type.table, key)


def _suspect(tx: Statements, layout: Layout[Any], records: Sequence[Any], *, removed: bool) -> Any:
    if len(records) == 1:
        return records[0]
    if not tx.take_back():
        # What the statement has touched is as it left it.
        return next((each for each in records if not _is_done(tx, layout, each, removed=removed)), records[0])
    # The transaction is lost anyway, so it was rolled back: the stored records show whose version differs.
    key_of = layout.record_type.key_of
    stored: dict[str, int] = {}
    for keys in _portions([key_of(record) for record in records]):
        stored.update(tx.execute(layout.versions, {KEYS: keys}, lambda found: dict(map(tuple, found))))
    return max(records, key=lambda record: _suspicion(record, stored.get(key_of(record))))


def _is_done(tx: Statements, layout: Layout[Any], record: Any, *, removed: bool) -> bool:
    found = tx.execute(layout.get, {KEY: layout.record_type.key_of(record)}, layout.decoder.decode)
    return found == ([] if removed else [evolve(record, version=record.version + 1)])


def _suspicion(record: Any, stored: int | None) -> int:
    # Lower than expected is what this very transaction had saved before, and lost when it was rolled back.
    if stored is None or stored > record.version:
        return 2
    return int(stored != record.version)


def _stored_keys(tx: Statements, statements: KeyStatements, keys: Sequence[str]) -> dict[str, Pairs]:
    stored: dict[str, Pairs] = {}
    for portion in _portions(keys):
        for key, lookup, value in tx.execute(statements.select, {KEYS: portion}, _pairs):
            stored.setdefault(key, set()).add((lookup, value))
    return stored


def _pairs(found: CursorResult[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in found]


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
