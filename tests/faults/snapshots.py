"""Everything that a database holds, read and put back behind the library's back."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import MetaData, NullPool, StaticPool, create_engine, delete, insert, select

from loyaltycore_sql.connections import parse_url
from loyaltycore_sql.naming import version_table_name

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of every table, sorted."""

_ID: Final = re.compile(r"id-\d{8}")


class Snapshots:
    """Reads and restores all tables of one database."""

    def __init__(self, url: str) -> None:
        parsed = parse_url(url)
        pool = NullPool if parsed.drivername.startswith("sqlite") else StaticPool
        self._engine = create_engine(parsed, poolclass=pool)
        self._metadata = MetaData()
        with self._engine.connect() as connection:
            self._metadata.reflect(connection)
        self._metadata.remove(self._metadata.tables[version_table_name("loyalty_")])

    def take(self) -> Rows:
        """Read everything that is committed."""
        with self._engine.connect() as connection:
            return {
                name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for name, table in self._metadata.tables.items()
            }

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
        self._engine.dispose()
