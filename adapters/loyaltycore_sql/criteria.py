"""From criteria to SQL, with the two-valued meaning of `loyaltycore.domain.criteria.matches`.

SQL knows a third answer, NULL. As a row's condition it counts as no, so it does no harm until a NOT turns it round;
below a NOT every comparison with a column that may be NULL therefore says first that it is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.elements import Grouping

from loyaltycore.domain.criteria import (
    And,
    Compare,
    Criteria,
    Everything,
    Exists,
    HasKey,
    IsNull,
    Not,
    OneOf,
    Op,
    Or,
    plain,
)
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.records.registry import RecordType, Storing
from loyaltycore_sql.records import GREATEST, LEAST, storable
from loyaltycore_sql.tables import Tables

Condition = ColumnElement[bool]

_OPERATORS: Final[Mapping[Op, Callable[[Any, Any], Any]]] = {
    Op.EQ: eq,
    Op.NE: ne,
    Op.LT: lt,
    Op.LE: le,
    Op.GT: gt,
    Op.GE: ge,
}

_WIDTH: Final = 50
"""Longest chain of ANDs or ORs: SQLite counts each link as a level of nesting and stops at 1,000."""

_LAST_CHARACTER: Final = 0x10FFFF
_BEFORE_SURROGATES: Final = 0xD7FF
_BEHIND_SURROGATES: Final = 0xE000


@frozen
class Target:
    """A record type with the tables it lives in."""

    record_type: RecordType[Any]
    tables: Tables


@frozen
class Compiler:
    """Compiles criteria on the rows of one table.

    Attributes:
        targets: Every record type by its table's name, for `Exists`.

        target: The record type whose rows are asked about.

        rows: Its main table, or an alias of it.

        below_not: Whether a NOT stands somewhere above.
    """

    targets: Mapping[str, Target]
    target: Target
    rows: FromClause
    below_not: bool = False

    def compile(self, criteria: Criteria) -> Condition:
        """The condition; `check_query` has passed the criteria."""
        match criteria:
            case Everything():
                return true()
            case Compare(name, op, value):
                return self._guarded(name, self._compare(name, op, value))
            case IsNull(name):
                return self.rows.c[name].is_(None)
            case OneOf(name, values):
                return self._guarded(name, self._one_of(name, values))
            case HasKey(lookup, value, prefix):
                return self._has_key(lookup, value, prefix=prefix)
            case Exists(table, refers_by, where):
                return self._exists(table, refers_by, where)
            case And(parts):
                return _chain(and_, true(), [self.compile(part) for part in parts])
            case Or(parts):
                return _chain(or_, false(), [self.compile(part) for part in parts])
            case Not(part):
                return not_(evolve(self, below_not=True).compile(part))
        raise TypeError(f"not a criteria: {criteria!r}")

    @property
    def _key(self) -> ColumnElement[Any]:
        return self.rows.c[self.target.record_type.key]

    def _guarded(self, name: str, condition: Condition) -> Condition:
        column = self.rows.c[name]
        if self.below_not and self.target.record_type.field_map[name].nullable:
            return and_(column.is_not(None), condition)
        return condition

    def _compare(self, name: str, op: Op, value: Any) -> Condition:
        column: ColumnElement[Any] = self.rows.c[name]
        value = plain(value)
        if isinstance(value, int) and not LEAST <= value <= GREATEST:
            # No engine can take such a number, but the answer is known for whatever the column holds.
            return column.is_not(None) if _OPERATORS[op](0, value) else false()
        return condition(_OPERATORS[op](column, bound(column, value)))

    def _one_of(self, name: str, values: Sequence[Any]) -> Condition:
        fitting = [checked(name, plain(value)) for value in values if not _too_big(value)]
        return self.rows.c[name].in_(fitting) if fitting else false()

    def _has_key(self, lookup: str, value: str, *, prefix: bool) -> Condition:
        if self.target.tables.keys is None:
            return false()
        keys = self.target.tables.keys.alias()
        checked(lookup, value)
        fits = starts_with(keys.c.value, value) if prefix else keys.c.value == value
        found = select(keys.c.record_key).where(keys.c.lookup == lookup, fits)
        return self._related(found, keys.c.record_key)

    def _exists(self, table: str, refers_by: str, where: Criteria) -> Condition:
        target = self.targets[table]
        if target.record_type.field_map[refers_by].storing is not Storing.TEXT:
            return false()  # holds no key, whatever it holds
        other = target.tables.main.alias()
        inner = Compiler(self.targets, target, other).compile(where)
        column = other.c[refers_by]
        return self._related(select(column).where(inner, column.is_not(None)), column)

    def _related(self, found: Select[Any], column: ColumnElement[Any]) -> Condition:
        # IN lets an engine begin with what was found. Below a NOT it must not: PostgreSQL would compare each row
        # with a list that may outgrow its working memory, where NOT EXISTS is a join.
        if self.below_not:
            return exists(found.where(column == self._key).correlate(self.rows))
        return self._key.in_(found)


def bound(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    """A value as a parameter of the column's type; left to itself, SQLAlchemy writes truth values in its own way.

    Raises:
        InvalidInput: As `checked`.
    """
    return literal(checked(str(column.key), value), column.type)


def checked(name: str, value: Any) -> Any:
    """A value that a driver can send.

    Raises:
        InvalidInput: It holds a character that no engine can store, and that drivers treat each in its own way.
    """
    if isinstance(value, str) and not storable(value):
        raise InvalidInput([Fault(name, "bad_text", "is compared with a character that cannot be stored")])
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidInput([Fault(name, "wrong_type", "is compared with an instant without a time zone")])
    return value


def starts_with(column: ColumnElement[str], prefix: str) -> Condition:
    """The texts that begin so, as a range of the index; LIKE would fold case and has characters of its own."""
    bound = _behind(prefix)
    at_least = column >= prefix
    return at_least if bound is None else and_(at_least, column < bound)


def _behind(prefix: str) -> str | None:
    """The least text that sorts behind every text with this prefix; None where there is none."""
    stem = prefix.rstrip(chr(_LAST_CHARACTER))
    if not stem:
        return None
    last = ord(stem[-1])
    return stem[:-1] + chr(_BEHIND_SURROGATES if last == _BEFORE_SURROGATES else last + 1)


def _too_big(value: Any) -> bool:
    return isinstance(value, int) and not LEAST <= value <= GREATEST


def condition(expression: Any) -> Condition:
    """What Python's operators build from a column, by its type."""
    return expression  # type: ignore[no-any-return]  # operators on a column build it


def _chain(join: Callable[..., Condition], neutral: Condition, parts: Sequence[Condition]) -> Condition:
    """Join any number of parts, in groups of groups where there are many."""
    if len(parts) > _WIDTH:
        groups = [parts[start : start + _WIDTH] for start in range(0, len(parts), _WIDTH)]
        return _chain(join, neutral, [_sealed(_chain(join, neutral, group)) for group in groups])
    return join(neutral, *parts)


def _sealed(part: Condition) -> Condition:
    # SQLAlchemy would dissolve a bare group in the chain around it.
    return type_coerce(Grouping(part), Boolean())
