"""Inserting rows: the statement is written once for each engine, and the driver gets the values as the encoder made them.

SQLAlchemy would make a dictionary and a list of each row and look at every value on the way. That takes as long as the
engine takes to store them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from attrs import evolve, field, frozen
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
        tx.write(self.text(tx.kind), self.parameters(tx.kind, rows), uniques)

    def text(self, kind: Kind) -> str:
        """The statement."""
        return self._texts.get(kind.name) or self._texts.setdefault(kind.name, self._text(kind))

    def parameters(self, kind: Kind, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """What the statement is given, and how often: where rows travel one by one, narrow ones travel by column."""
        return [tuple(map(list, zip(*rows, strict=True)))] if self._by_column(kind) else rows

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


@frozen(eq=False)
class Rows:
    """Rows of one table that are to be inserted."""

    into: Inserting
    rows: Sequence[tuple[Any, ...]]
    uniques: Uniques | None = None
    """The unique keys of the table."""


def insert_all(tx: Statements, many: Sequence[Rows]) -> None:
    """Insert rows into several tables, by one statement as far as the engine can.

    A journey to the server takes longer than what it does there, and most verbs write one row into each of several tables.
    """
    travelling = [(each, each.into.parameters(tx.kind, each.rows)) for each in many]
    together = [(each, rows[0]) for each, rows in travelling if tx.kind.inserts_together and len(rows) == 1]
    if len(together) == 1:
        together = []
    joined = [each for each, _ in together]
    for each in many:
        if each not in joined:
            each.into.write(tx, each.rows, each.uniques)
    if together:
        # PostgreSQL carries out the statement itself first, and what stands in front of it from the last to the first.
        ordered = [*together[:0:-1], together[0]]
        *others, last = [each.into.text(tx.kind) for each, _ in ordered]
        text = f"WITH {', '.join(f'w{number} AS ({other})' for number, other in enumerate(others))} {last}"
        first, *further = [each.uniques or _NONE for each in joined]
        tx.write(text, [tuple(chain(*(row for _, row in ordered)))], evolve(first, others=tuple(further)))


_NONE: Final = Uniques("", {})
