"""Everything that a database holds, read and put back behind the library's back."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Engine, MetaData, NullPool, StaticPool, create_engine, delete, event, insert, select

from loyaltycore_sql.connections import parse_url
from loyaltycore_sql.naming import version_table_name

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of every table, sorted."""

_ID: Final = re.compile(r"id-\d{8}")
_READS: Final = re.compile(
    r"\s*(SELECT|SET|SHOW|PRAGMA|BEGIN|ROLLBACK|COMMIT|SAVEPOINT|RELEASE)\b", re.IGNORECASE
)
_WRITES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) [`\"]?(\w+)", re.IGNORECASE)


class Snapshots:
    """Reads and restores all tables of one database.

    A table is read again when a statement of this process has named it since; `forget` is for what others did.
    """

    def __init__(self, url: str) -> None:
        self._known: Rows = {}
        parsed = parse_url(url)
        pool = NullPool if parsed.drivername.startswith("sqlite") else StaticPool
        self._engine = create_engine(parsed, poolclass=pool)
        self._metadata = MetaData()
        with self._engine.connect() as connection:
            self._metadata.reflect(connection)
        self._metadata.remove(self._metadata.tables[version_table_name("loyalty_")])
        event.listen(Engine, "before_cursor_execute", self._heard)

    def take(self) -> Rows:
        """Everything that is committed."""
        with self._engine.connect() as connection:
            for name, table in self._metadata.tables.items():
                if name not in self._known:
                    rows = (tuple(row) for row in connection.execute(select(table)))
                    self._known[name] = sorted(rows, key=repr)
        return dict(self._known)

    def forget(self) -> None:
        """Read everything again: another process has written."""
        self._known.clear()

    def _heard(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if found := _WRITES.match(statement):
            self._known.pop(found[1], None)
        elif not _READS.match(statement):
            self.forget()

    def restore(self, rows: Rows) -> None:
        """Put a former state back, touching only the tables that differ."""
        present = self.take()
        with self._engine.begin() as connection:
            for name, table in self._metadata.tables.items():
                if present[name] == rows[name]:
                    continue
                connection.execute(delete(table))
                if rows[name]:
                    names = [column.name for column in table.columns]
                    connection.execute(
                        insert(table), [dict(zip(names, row, strict=True)) for row in rows[name]]
                    )

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in the order of the values in its rows."""
        return [column.name for column in self._metadata.tables[table].columns]

    def compared(self, rows: Rows, *, without: Collection[str] = ()) -> Rows:
        """The rows in a form in which two runs can be compared: ids as their rank, since a try may use some up.

        Args:
            rows: As read.

            without: Columns that are left out.
        """
        found = set(_ID.findall(repr(rows)))
        ranks = {text: f"#{rank}" for rank, text in enumerate(sorted(found))}

        def plain(value: Any) -> Any:
            return _ID.sub(lambda match: ranks[match[0]], value) if isinstance(value, str) else value

        compared = {}
        for name, table in rows.items():
            kept = [place for place, column in enumerate(self.columns(name)) if column not in without]
            compared[name] = sorted((tuple(plain(row[place]) for place in kept) for row in table), key=repr)
        return compared

    def close(self) -> None:
        """Close the connection."""
        event.remove(Engine, "before_cursor_execute", self._heard)
        self._engine.dispose()
