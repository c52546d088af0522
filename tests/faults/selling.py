"""A host that keeps a sale and what a verb does in one transaction, and at one point of it something happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import NullPool, create_engine, delete, event, insert, select

from loyaltycore_sql.connections import parse_url
from tests.faults.verbs.verb import Act, Run
from tests.joining.hosts import SALES


class Counting:
    """The host's end of a database; counts its statements, its commit and what comes after."""

    def __init__(self, url: str, point: int = -1, happens: Callable[[], None] = lambda: None) -> None:
        """Connect to a database.

        Args:
            url: Where the library's tables are, too.

            point: Before which statement of the transaction something happens, counted from 0; the commit follows the
                statements, and after it comes the last point.

            happens: What.
        """
        self.points = 0
        self._point = point
        self._happens = happens
        self._engine = create_engine(parse_url(url), poolclass=NullPool)
        SALES.create(self._engine, checkfirst=True)

    def sell(self, opened: Callable[[], Run], act: Act) -> Any:
        """Write a sale, unless it is there already, and let a verb run; answers what the verb has answered."""
        run = opened()
        event.listen(self._engine, "before_cursor_execute", self._count)
        event.listen(self._engine, "commit", self._count)
        with self._engine.begin() as connection:
            if connection.scalar(select(SALES.c.number)) is None:
                connection.execute(insert(SALES), {"number": "1"})
            with run.loyalty.joined(connection):
                answered = act(run)
        self._count()
        event.remove(self._engine, "before_cursor_execute", self._count)
        event.remove(self._engine, "commit", self._count)
        return answered

    @property
    def sold(self) -> bool:
        """Whether the sale is kept."""
        with self._engine.connect() as connection:
            return connection.scalar(select(SALES.c.number)) is not None

    def clear(self) -> None:
        """Forget the sale."""
        self.points = 0
        with self._engine.begin() as connection:
            connection.execute(delete(SALES))

    def _count(self, *_: Any) -> None:
        if self.points == self._point:
            self._happens()
        self.points += 1
