"""From queries to SELECT: conditions, order, and the place behind which a page begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Select, and_, func, or_, select

from loyaltycore.domain.criteria import Everything, Query, plain
from loyaltycore_sql.criteria import Compiler, Condition, checked


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
        return self.column < value if self.descending else self.column > value

    def not_before(self, value: Any) -> Condition:
        """The rows with this value, and those behind it."""
        return self.column <= value if self.descending else self.column >= value


def order(compiler: Compiler, query: Query) -> tuple[Step, ...]:
    """The whole order: the names in the query, then the key in the direction of the last one."""
    names = (*query.order_by, _key_step(compiler, query))
    columns = compiler.target.tables.main.c
    return tuple(Step(columns[name.removeprefix("-")], name.startswith("-")) for name in names)


def place(compiler: Compiler, query: Query, record: object) -> tuple[Any, ...]:
    """Where a record stands in the order, as `Query.after` tells it."""
    key = compiler.target.record_type.key
    return tuple(getattr(record, name.removeprefix("-")) for name in (*query.order_by, key))


def selection(compiler: Compiler, query: Query) -> Select[Any]:
    """All columns of the rows that match, in order, behind the place and not more than the limit."""
    steps = order(compiler, query)
    statement = _where(select(compiler.target.tables.main), compiler, query)
    if query.after is not None:
        names = [step.column.name for step in steps]
        values = [checked(plain(value), name) for name, value in zip(names, query.after, strict=True)]
        statement = statement.where(_behind(steps, values))
    statement = statement.order_by(*(step.clause for step in steps))
    return statement if query.limit is None else statement.limit(query.limit)


def counting(compiler: Compiler, query: Query) -> Select[tuple[int]]:
    """The number of rows that match."""
    return _where(select(func.count()).select_from(compiler.target.tables.main), compiler, query)


def _where(statement: Select[Any], compiler: Compiler, query: Query) -> Select[Any]:
    if isinstance(query.where, Everything):
        return statement
    return statement.where(compiler.compile(query.where))


def _key_step(compiler: Compiler, query: Query) -> str:
    descending = bool(query.order_by) and query.order_by[-1].startswith("-")
    return f"-{compiler.target.record_type.key}" if descending else compiler.target.record_type.key


def _behind(steps: Sequence[Step], values: Sequence[Any]) -> Condition:
    # `a >= x AND (a > x OR ...)` and not `a > x OR (a = x AND ...)`: its first part is a range of an index.
    first, value = steps[0], values[0]
    if len(steps) == 1:
        return first.behind(value)
    return and_(first.not_before(value), or_(first.behind(value), _behind(steps[1:], values[1:])))
