"""From queries to SELECT: conditions, order, and the place after which a page begins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from attrs import define, evolve, field, frozen
from sqlalchemy import Column, ColumnElement, Integer, Select, and_, bindparam, func, or_, select

from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Exists, Not, Or, Query, stored
from loyaltycore_sql.criteria import Compiler, SqlCondition, condition, parameter
from loyaltycore_sql.slots import Slots

_REMEMBERED: Final = 500
"""How many statements of a record type are cached."""

_SIZE: Final = "size"

Order = tuple[tuple[str, bool], ...]
"""What `Query.total_order` returns."""


@frozen
class Ask:
    """A statement and its parameters."""

    statement: Select[Any]
    parameters: dict[str, Any]


@frozen
class OrderColumn:
    """One field of an order."""

    column: Column[Any]
    descending: bool

    @property
    def clause(self) -> ColumnElement[Any]:
        """For ORDER BY."""
        return self.column.desc() if self.descending else self.column.asc()

    def after(self, name: str) -> SqlCondition:
        """The rows that this field puts after the value of the parameter."""
        value = parameter(self.column, name)
        return condition(self.column < value if self.descending else self.column > value)

    def not_before(self, name: str) -> SqlCondition:
        """The rows with this value, and those after it."""
        value = parameter(self.column, name)
        return condition(self.column <= value if self.descending else self.column >= value)


@define
class Queries:
    """Makes the statements that queries on one record type need.

    Queries that differ only in values share one statement, which is cached.
    """

    compiler: Compiler
    _statements: dict[Hashable, Select[Any]] = field(factory=dict)

    def find(self, query: Query, size: int, *, skip_locked: bool) -> Ask:
        """All columns of the first matching rows, after the place where the query begins.

        Raises:
            InvalidInput: A number in that place exceeds 64 bits.
        """
        slots = Slots()
        where = slots.take(query.where)
        order = query.total_order(self.compiler.target.record_type.key)
        place = () if query.after is None else slots.place(query.after)
        slots.values[_SIZE] = size
        shape = (where, order, place, skip_locked)
        return self._ask(shape, slots, lambda: self._finding(where, order, place, skip_locked=skip_locked))

    def count(self, query: Query) -> Ask:
        """The number of rows that match."""
        slots = Slots()
        where = slots.take(query.where)
        return self._ask(where, slots, lambda: self._counting(where))

    def _ask(self, shape: Hashable, slots: Slots, make: Callable[[], Select[Any]]) -> Ask:
        statement = self._statements.get(shape)
        if statement is None:
            if len(self._statements) >= _REMEMBERED:
                self._statements.clear()
            statement = self._statements[shape] = make()
        return Ask(statement, slots.values)

    def _finding(
        self, where: Criterion, order: Order, place: tuple[str, ...], *, skip_locked: bool
    ) -> Select[Any]:
        main = self.compiler.target.tables.main
        columns = [OrderColumn(main.c[name], descending) for name, descending in order]
        statement = self._where(select(main), where)
        if place:
            statement = statement.where(_after(columns, place))
        statement = statement.order_by(*(column.clause for column in columns)).limit(
            bindparam(_SIZE, type_=Integer())
        )
        return statement.with_for_update(skip_locked=True) if skip_locked else statement

    def _counting(self, where: Criterion) -> Select[Any]:
        return self._where(select(func.count()).select_from(self.compiler.target.tables.main), where)

    def _where(self, statement: Select[Any], where: Criterion) -> Select[Any]:
        return statement if where == EVERYTHING else statement.where(self.compiler.compile(where))


def narrowed(query: Query) -> Query:
    """The query with its subqueries, too, limited to what comes after the place where it begins.

    For an engine that evaluates subqueries first: it would evaluate them completely for each page.
    """
    if query.after is None or query.order_by:
        return query
    return evolve(query, where=_referring_after(query.where, query.after[-1]))


def _referring_after(criteria: Criterion, key: str) -> Criterion:
    match criteria:
        case Exists(table, refers_by, where):
            return Exists(table, refers_by, where & (stored(refers_by) > key))
        case And(parts):
            return And(tuple(_referring_after(part, key) for part in parts))
        case Or(parts):
            return Or(tuple(_referring_after(part, key) for part in parts))
        case Not(part):
            return Not(_referring_after(part, key))
    return criteria


def _after(columns: Sequence[OrderColumn], names: Sequence[str]) -> SqlCondition:
    # `a >= x AND (a > x OR ...)` and not `a > x OR (a = x AND ...)`: its first part is a range of an index.
    first, name = columns[0], names[0]
    if len(columns) == 1:
        return first.after(name)
    return and_(first.not_before(name), or_(first.after(name), _after(columns[1:], names[1:])))
