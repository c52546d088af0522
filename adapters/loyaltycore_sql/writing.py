"""The writing verbs: one statement per table for all records of a class, with versions checked and keys in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import CursorResult

from loyaltycore.errors import StaleRecord
from loyaltycore_sql.engine_transaction import EngineTransaction
from loyaltycore_sql.layouts import KEY, KEYS, VERSION, KeyStatements, Layout, Layouts

_AT_ONCE: Final = 500
"""How many keys one SELECT asks for."""

Pairs = set[tuple[str, str]]


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
        self._rows = [layout.encoder.encode(record) for record in records]
        self._keys = _keys(layout, records)

    def write(self, tx: EngineTransaction) -> None:
        """Insert rows and lookup keys."""
        tx.write(self._layout.insert, self._rows, self._layout.uniques)
        if self._layout.keys is not None:
            _insert_keys(tx, self._layout.keys, self._keys)


class Replacement:
    """Changed records of one class, checked and ready to be written."""

    def __init__(self, layout: Layout[Any], records: Sequence[Any]) -> None:
        self._layout = layout
        self._records = records
        self._rows = [self._row(record) for record in records]
        self._keys = _keys(layout, records)

    def write(self, tx: EngineTransaction) -> None:
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
        row = self._layout.encoder.encode(record)
        row[KEY] = row.pop(self._layout.record_type.key)
        row[VERSION] = row["version"]
        row["version"] += 1
        return row

    def _write_keys(self, tx: EngineTransaction, statements: KeyStatements) -> None:
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
        _insert_keys(tx, statements, fresh)


def remove(tx: EngineTransaction, layout: Layout[Any], records: Sequence[Any]) -> None:
    """Delete records and their lookup keys.

    Raises:
        StaleRecord: A record is not as it was read.
    """
    rows = [{KEY: layout.record_type.key_of(record), VERSION: record.version} for record in records]
    if tx.write(layout.delete, rows) != len(rows):
        raise stale(tx, layout, records)
    if layout.keys is not None:
        tx.write(layout.keys.clear, [{KEY: row[KEY]} for row in rows])


def stale(tx: EngineTransaction, layout: Layout[Any], records: Sequence[Any]) -> StaleRecord:
    """Find out which record was not as it was read.

    The transaction is lost anyway, so it is rolled back first: the stored records then show whose version differs.
    """
    key_of = layout.record_type.key_of
    stored: dict[str, int] = {}
    if len(records) > 1:
        tx.begin_afresh()
        for keys in _portions([key_of(record) for record in records]):
            stored.update(tx.execute(layout.versions, {KEYS: keys}, lambda found: dict(map(tuple, found))))
    key = key_of(max(records, key=lambda record: _suspicion(record, stored.get(key_of(record)))))
    tx.contends(layout.row(key))
    return StaleRecord(layout.record_type.table, key)


def _suspicion(record: Any, stored: int | None) -> int:
    # Lower than expected is what this very transaction had saved before, and lost when it was rolled back.
    if stored is None or stored > record.version:
        return 2
    return int(stored != record.version)


def _keys(layout: Layout[Any], records: Sequence[Any]) -> dict[str, Pairs]:
    if layout.keys is None:
        return {}
    return {layout.record_type.key_of(record): layout.encoder.keys(record) for record in records}


def _stored_keys(tx: EngineTransaction, statements: KeyStatements, keys: Sequence[str]) -> dict[str, Pairs]:
    stored: dict[str, Pairs] = {}
    for portion in _portions(keys):
        for key, lookup, value in tx.execute(statements.select, {KEYS: portion}, _pairs):
            stored.setdefault(key, set()).add((lookup, value))
    return stored


def _pairs(found: CursorResult[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in found]


def _insert_keys(tx: EngineTransaction, statements: KeyStatements, pairs: dict[str, Pairs]) -> None:
    rows = [
        {"lookup": lookup, "value": value, "record_key": key}
        for key, each in pairs.items()
        for lookup, value in sorted(each)
    ]
    if rows:
        tx.write(statements.insert, rows)


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
