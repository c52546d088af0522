"""From queries to SELECT: conditions, order, and the place behind which a page begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Select, and_, func, or_, select

from loyaltycore.domain.criteria import Everything, Query, plain
from loyaltycore_sql.criteria import Compiler, Condition, bound, condition


@frozen
class Step:
    """One criterion of an order."""

    column: Column[Any]
    descending: bool

    @property
    def clause(self) -> ColumnElement[Any]:
        """For ORDER BY."""
        return self.column.desc() if self.descending else self.column.asc()

    def behind(self, value: Any) -> Condition:
        """The rows that this criterion puts behind the value."""
        return condition(self.column < value if self.descending else self.column > value)

    def not_before(self, value: Any) -> Condition:
        """The rows with this value, and those behind it."""
        return condition(self.column <= value if self.descending else self.column >= value)


@frozen
class Order:
    """A total order of the rows of one table.

    Attributes:
        steps: The criteria, the key being the last.

        everything: All columns of all rows in this order.
    """

    steps: tuple[Step, ...]
    everything: Select[Any]

    def place(self, record: object) -> tuple[Any, ...]:
        """Where a record stands, as `Query.after` tells it."""
        return tuple(getattr(record, step.column.name) for step in self.steps)

    def behind(self, after: Sequence[Any]) -> Condition:
        """The rows behind a place."""
        places = zip(self.steps, after, strict=True)
        return _behind(self.steps, [bound(step.column, plain(value)) for step, value in places])


def make_order(compiler: Compiler, order_by: tuple[str, ...]) -> Order:
    """The order by these names, then by the key in the direction of the last one."""
    main, key = compiler.target.tables.main, compiler.target.record_type.key
    last = f"-{key}" if order_by and order_by[-1].startswith("-") else key
    steps = tuple(Step(main.c[name.removeprefix("-")], name.startswith("-")) for name in (*order_by, last))
    return Order(steps, select(main).order_by(*(step.clause for step in steps)))


def selection(compiler: Compiler, order: Order, query: Query, size: int) -> Select[Any]:
    """The first rows that match, behind the place where the query begins."""
    statement = _where(order.everything, compiler, query)
    if query.after is not None:
        statement = statement.where(order.behind(query.after))
    return statement.limit(size)


def counting(compiler: Compiler, query: Query) -> Select[Any]:
    """The number of rows that match."""
    return _where(select(func.count()).select_from(compiler.target.tables.main), compiler, query)


def _where(statement: Select[Any], compiler: Compiler, query: Query) -> Select[Any]:
    if isinstance(query.where, Everything):
        return statement
    return statement.where(compiler.compile(query.where))


def _behind(steps: Sequence[Step], values: Sequence[Any]) -> Condition:
    # `a >= x AND (a > x OR ...)` and not `a > x OR (a = x AND ...)`: its first part is a range of an index.
    first, value = steps[0], values[0]
    if len(steps) == 1:
        return first.behind(value)
    return and_(first.not_before(value), or_(first.behind(value), _behind(steps[1:], values[1:])))
