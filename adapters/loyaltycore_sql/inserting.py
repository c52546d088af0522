"""Inserting rows: the statement is written once for each engine, and the driver gets the values as the encoder made them.

SQLAlchemy would make a dictionary and a list of each row and look at every value on the way. That takes as long as the
engine takes to store them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen
from sqlalchemy import String, Table

from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.statements import Statements
from loyaltycore_sql.translation import Uniques


@frozen(eq=False)
class Inserting:
    """Puts rows into a table."""

    table: Table
    _texts: dict[str, str] = field(factory=dict, init=False)
    """The statement for each engine."""

    def write(self, tx: Statements, rows: Sequence[tuple[Any, ...]], uniques: Uniques | None = None) -> None:
        """Insert rows.

        Args:
            tx: Where.
            rows: The values of all columns, in their order.
            uniques: The unique keys of the table.
        """
        text = self._texts.get(tx.kind.name) or self._texts.setdefault(tx.kind.name, self._text(tx.kind))
        # Where rows travel one by one, narrow ones travel by column.
        tx.write(
            text, [tuple(map(list, zip(*rows, strict=True)))] if self._by_column(tx.kind) else rows, uniques
        )

    def _by_column(self, kind: Kind) -> bool:
        return kind.takes_arrays and all(isinstance(column.type, String) for column in self.table.c)

    def _text(self, kind: Kind) -> str:
        quote = kind.dialect.identifier_preparer.quote
        names = ", ".join(quote(column.name) for column in self.table.c)
        count = len(self.table.c)
        if self._by_column(kind):
            source = "SELECT * FROM unnest({})".format(", ".join([f"{kind.mark}::text[]"] * count))  # noqa: S608  it holds marks alone
        else:
            source = "VALUES ({})".format(", ".join([kind.mark] * count))
        return f"INSERT INTO {quote(self.table.name)} ({names}) {source}"
