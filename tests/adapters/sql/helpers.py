"""What several test modules need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Table, event, select

from loyaltycore_sql import SqlStorage
from loyaltycore_sql.transaction import SqlTransaction

R = TypeVar("R")


class Undo(Exception):
    """Leaves a transaction without keeping anything."""


@contextmanager
def undone(storage: SqlStorage) -> Iterator[SqlTransaction]:
    """A transaction of which nothing stays."""
    with suppress(Undo), storage.transaction() as tx:
        yield tx
        raise Undo


def tables_of(storage: SqlStorage, cls: type) -> list[Table]:
    """The tables of a record class."""
    layouts = storage._layouts
    assert layouts is not None
    return list(layouts.of(cls).queries.compiler.target.tables)


def raw_rows(storage: SqlStorage, table: Table) -> list[tuple[Any, ...]]:
    """What a table holds, read behind the adapter's back."""
    with storage._database.engine.connect() as connection:
        rows = sorted(tuple(row) for row in connection.execute(select(table)))
        connection.rollback()
    return rows


@contextmanager
def statements(storage: SqlStorage) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that reaches the engine inside the block, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    engine = storage._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
