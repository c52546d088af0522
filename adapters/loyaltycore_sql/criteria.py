"""From criteria to SQL, with the two-valued meaning of `loyaltycore.kernel.criteria.matches`.

SQL has a third answer, NULL. As a row's condition it counts as false, so it does no harm until a NOT negates it; below
a NOT, every comparison with a nullable column therefore first demands that it is not NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    false,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.elements import Grouping

from loyaltycore.kernel.criteria import (
    OPERATORS,
    And,
    Compare,
    Criterion,
    Everything,
    Exists,
    HasKey,
    IsNull,
    KeyBetween,
    Not,
    OneOf,
    Or,
)
from loyaltycore.kernel.given import shown
from loyaltycore.storing.registry import RecordType, Storing
from loyaltycore_sql.tables import Tables

SqlCondition = ColumnElement[bool]

_WIDTH: Final = 50
"""Longest chain of ANDs or ORs: SQLite counts each link as a level of nesting and stops at 1,000."""


@frozen
class Target:
    """A record type with its tables."""

    record_type: RecordType[Any]
    tables: Tables


@frozen
class Compiler:
    """Compiles criteria on the rows of one table; `Slots` has replaced the values by names of parameters."""

    targets: Mapping[str, Target]
    """Every record type by its table's name, for `Exists`."""
    target: Target
    """The record type whose rows are searched."""
    rows: FromClause
    """Its main table, or an alias of it."""
    below_not: bool = False
    """Whether there is a NOT above."""

    def compile(self, criteria: Criterion) -> SqlCondition:
        """The condition."""
        match criteria:
            case Everything():
                return true()
            case Compare(name, op, value):
                return self._guarded(
                    name, condition(OPERATORS[op](self.rows.c[name], parameter(self.rows.c[name], value)))
                )
            case IsNull(name):
                return self.rows.c[name].is_(None)
            case OneOf(name, (values,)):
                return self._guarded(name, self.rows.c[name].in_(bindparam(values, expanding=True)))
            case HasKey() | KeyBetween():
                return self._has_any_key([criteria])
            case Exists(table, refers_by, where):
                return self._exists(table, refers_by, where)
            case And(parts):
                return _chain(and_, true(), [self.compile(part) for part in parts])
            case Or(parts):
                return self._or(parts)
            case Not(part):
                return not_(evolve(self, below_not=True).compile(part))
        raise TypeError(f"not a criterion: {shown(criteria)}")

    def _guarded(self, name: str, comparison: SqlCondition) -> SqlCondition:
        if self.below_not and self.target.record_type.field_map[name].nullable:
            return and_(self.rows.c[name].is_not(None), comparison)
        return comparison

    def _or(self, parts: Sequence[Criterion]) -> SqlCondition:
        # Alternative keys are looked up together: PostgreSQL joins with one subquery, and filters all rows by two.
        keyed = [part for part in parts if isinstance(part, HasKey | KeyBetween)]
        others = [self.compile(part) for part in parts if not isinstance(part, HasKey | KeyBetween)]
        return _chain(or_, false(), [self._has_any_key(keyed), *others] if keyed else others)

    def _has_any_key(self, wanted: Sequence[HasKey | KeyBetween]) -> SqlCondition:
        if self.target.tables.keys is None:
            return false()
        keys = self.target.tables.keys.alias()
        fitting = [and_(keys.c.lookup == part.lookup, _fits(keys.c.value, part)) for part in wanted]
        found = select(keys.c.record_key).where(_chain(or_, false(), fitting))
        return self._related(found, keys.c.record_key)

    def _exists(self, table: str, refers_by: str, where: Criterion) -> SqlCondition:
        target = self.targets[table]
        if target.record_type.field_map[refers_by].storing is not Storing.TEXT:
            return false()  # holds no key, whatever it holds
        other = target.tables.main.alias()
        inner = Compiler(self.targets, target, other).compile(where)
        column = other.c[refers_by]
        return self._related(select(column).where(inner, column.is_not(None)), column)

    def _related(self, found: Select[Any], column: ColumnElement[Any]) -> SqlCondition:
        # IN lets an engine begin with what was found. Below a NOT it must not: PostgreSQL would compare each row
        # with a list that may outgrow its working memory, where NOT EXISTS is a join.
        key = self.rows.c[self.target.record_type.key]
        if self.below_not:
            return exists(found.where(column == key).correlate(self.rows))
        return key.in_(found)


def parameter(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """A parameter of the column's type; SQLAlchemy alone would write truth values in its own way."""
    return bindparam(name, type_=column.type)


def condition(expression: Any) -> SqlCondition:
    """The condition that Python's operators build from a column, typed."""
    built: SqlCondition = expression
    return built


def _fits(keys: ColumnElement[Any], part: HasKey | KeyBetween) -> SqlCondition:
    if isinstance(part, KeyBetween):
        return _between(keys, part.first, part.end)
    return condition(keys == parameter(keys, part.value))


def _between(column: ColumnElement[Any], first: str, end: str | None) -> SqlCondition:
    # A range of the index; LIKE would fold case, and has characters of its own.
    at_least = condition(column >= parameter(column, first))
    return at_least if end is None else and_(at_least, column < parameter(column, end))


def _chain(
    join: Callable[..., SqlCondition], neutral: SqlCondition, parts: Sequence[SqlCondition]
) -> SqlCondition:
    """Join any number of parts; many of them in groups of groups."""
    if len(parts) > _WIDTH:
        groups = [parts[start : start + _WIDTH] for start in range(0, len(parts), _WIDTH)]
        return _chain(join, neutral, [_sealed(_chain(join, neutral, group)) for group in groups])
    return join(neutral, *parts)


def _sealed(part: SqlCondition) -> SqlCondition:
    # SQLAlchemy would dissolve a bare group in the chain around it.
    return type_coerce(Grouping(part), Boolean())
