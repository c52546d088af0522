"""From queries to SELECT: conditions, order, and the place behind which a page begins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from attrs import define, evolve, field, frozen
from sqlalchemy import Column, ColumnElement, Integer, Select, and_, bindparam, func, or_, select

from loyaltycore.kernel.criteria import EVERYTHING, And, Criteria, Exists, Not, Or, Query, stored
from loyaltycore_sql.criteria import Compiler, Condition, condition, parameter
from loyaltycore_sql.slots import Slots

_REMEMBERED: Final = 500
"""How many statements of a record type are remembered."""

_SIZE: Final = "size"


@frozen
class Ask:
    """A statement and its parameters."""

    statement: Select[Any]
    parameters: dict[str, Any]


@frozen
class Step:
    """One criterion of an order."""

    column: Column[Any]
    descending: bool

    @property
    def clause(self) -> ColumnElement[Any]:
        """For ORDER BY."""
        return self.column.desc() if self.descending else self.column.asc()

    def behind(self, name: str) -> Condition:
        """The rows that this criterion puts behind the value of the parameter."""
        value = parameter(self.column, name)
        return condition(self.column < value if self.descending else self.column > value)

    def not_before(self, name: str) -> Condition:
        """The rows with this value, and those behind it."""
        value = parameter(self.column, name)
        return condition(self.column <= value if self.descending else self.column >= value)


@define
class Queries:
    """Makes the statements that queries on one record type need.

    Queries that differ in values alone share one statement, which is remembered.

    Attributes:
        compiler: Compiles criteria on its rows.
    """

    compiler: Compiler
    _statements: dict[Hashable, Select[Any]] = field(factory=dict)

    def find(self, query: Query, size: int, *, skip_locked: bool) -> Ask:
        """All columns of the first rows that match, behind the place where the query begins.

        Raises:
            InvalidInput: A value that no engine takes.
        """
        slots = Slots()
        where = slots.take(query.where)
        place = () if query.after is None else slots.place(self._names(query.order_by), query.after)
        slots.values[_SIZE] = size
        shape = (where, query.order_by, place, skip_locked)
        return self._ask(
            shape, slots, lambda: self._finding(where, query.order_by, place, skip_locked=skip_locked)
        )

    def count(self, query: Query) -> Ask:
        """The number of rows that match.

        Raises:
            InvalidInput: A value that no engine takes.
        """
        slots = Slots()
        where = slots.take(query.where)
        return self._ask(where, slots, lambda: self._counting(where))

    def place_of(self, record: object, order_by: tuple[str, ...]) -> tuple[Any, ...]:
        """Where a record stands in an order, as `Query.after` tells it."""
        return tuple(getattr(record, name) for name in self._names(order_by))

    def _ask(self, shape: Hashable, slots: Slots, make: Callable[[], Select[Any]]) -> Ask:
        statement = self._statements.get(shape)
        if statement is None:
            if len(self._statements) >= _REMEMBERED:
                self._statements.clear()
            statement = self._statements[shape] = make()
        return Ask(statement, slots.values)

    def _finding(
        self, where: Criteria, order_by: tuple[str, ...], place: tuple[str, ...], *, skip_locked: bool
    ) -> Select[Any]:
        steps = self._steps(order_by)
        statement = self._where(select(self.compiler.target.tables.main), where)
        if place:
            statement = statement.where(_behind(steps, place))
        statement = statement.order_by(*(step.clause for step in steps)).limit(
            bindparam(_SIZE, type_=Integer())
        )
        return statement.with_for_update(skip_locked=True) if skip_locked else statement

    def _counting(self, where: Criteria) -> Select[Any]:
        return self._where(select(func.count()).select_from(self.compiler.target.tables.main), where)

    def _where(self, statement: Select[Any], where: Criteria) -> Select[Any]:
        return statement if where == EVERYTHING else statement.where(self.compiler.compile(where))

    def _steps(self, order_by: tuple[str, ...]) -> list[Step]:
        main, descending = self.compiler.target.tables.main, [name.startswith("-") for name in order_by]
        # The key, which is the last criterion, goes the way of the last name.
        directions = [*descending, bool(descending) and descending[-1]]
        return [
            Step(main.c[name], down) for name, down in zip(self._names(order_by), directions, strict=True)
        ]

    def _names(self, order_by: tuple[str, ...]) -> tuple[str, ...]:
        return (*(name.removeprefix("-") for name in order_by), self.compiler.target.record_type.key)


def narrowed(query: Query) -> Query:
    """The same query, with what refers to the records looked for behind the place where it begins as well.

    For an engine that lists what refers to them first: it would list all of it again for each page.
    """
    if query.after is None or query.order_by:
        return query
    return evolve(query, where=_referring_behind(query.where, query.after[-1]))


def _referring_behind(criteria: Criteria, key: str) -> Criteria:
    match criteria:
        case Exists(table, refers_by, where):
            return Exists(table, refers_by, where & (stored(refers_by) > key))
        case And(parts):
            return And(tuple(_referring_behind(part, key) for part in parts))
        case Or(parts):
            return Or(tuple(_referring_behind(part, key) for part in parts))
        case Not(part):
            return Not(_referring_behind(part, key))
    return criteria


def _behind(steps: Sequence[Step], names: Sequence[str]) -> Condition:
    # `a >= x AND (a > x OR ...)` and not `a > x OR (a = x AND ...)`: its first part is a range of an index.
    first, name = steps[0], names[0]
    if len(steps) == 1:
        return first.behind(name)
    return and_(first.not_before(name), or_(first.behind(name), _behind(steps[1:], names[1:])))
