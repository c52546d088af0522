"""Conditions: which customers are meant, as small frozen values.

Example:
    >>> AllOf(FieldCondition("age", "at_least", 60), RelatedCondition("cards"))
    AllOf(parts=(FieldCondition(field='age', operator=<Operator.AT_LEAST: 'at_least'>, value=60), \
RelatedCondition(relation='cards', exists=True, where=None)))
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias

from attrs import field as attrs_field, frozen
from dateutil.relativedelta import relativedelta

from loyaltycore.kernel.given import as_tuple, member_of


class Operator(Enum):
    """How a field is compared."""

    IS = "is"
    IS_NOT = "is_not"
    """The opposite of `IS`: it holds for an empty field too."""

    ONE_OF = "one_of"
    NOT_ONE_OF = "not_one_of"
    """The opposite of `ONE_OF`."""

    BEGINS = "begins"
    LESS = "less"
    """Smaller, or earlier."""

    AT_MOST = "at_most"
    MORE = "more"
    """Greater, or later."""

    AT_LEAST = "at_least"
    BETWEEN = "between"
    """From the first of two values to the second, both included."""

    IS_EMPTY = "is_empty"
    IS_FILLED = "is_filled"
    """The opposite of `IS_EMPTY`."""


WITHOUT_VALUE: Final = frozenset({Operator.IS_EMPTY, Operator.IS_FILLED})
WITH_SEVERAL: Final = frozenset({Operator.ONE_OF, Operator.NOT_ONE_OF})


@frozen
class Relative:
    """A day counted from the day on which the condition is evaluated; all zeros mean that day itself.

    Years and months are added first; if the month is too short, its last day is meant.

    Example:
        >>> Relative(months=1).on(date(2026, 1, 31))
        datetime.date(2026, 2, 28)
    """

    days: int = 0
    """Days later; earlier if negative."""
    months: int = 0
    years: int = 0

    def on(self, today: date) -> date:
        """The day that is meant on a day."""
        return today + relativedelta(years=self.years, months=self.months, days=self.days)


Scalar: TypeAlias = str | int | bool | date | Relative
"""One value that a field is compared with."""

Value: TypeAlias = Scalar | tuple[Scalar, ...] | None
"""What a field is compared with: nothing, one value, or several."""


class Condition:
    """Base of all conditions."""

    __slots__ = ()


class Group(Condition):
    """Base of the conditions that consist of others."""

    __slots__ = ()

    parts: tuple[Condition, ...]


@frozen(init=False)
class AllOf(Group):
    """Every part holds; without parts it holds for everybody."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        self.__attrs_init__(parts)


@frozen(init=False)
class AnyOf(Group):
    """At least one part holds; without parts it holds for nobody."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        self.__attrs_init__(parts)


@frozen(init=False)
class NoneOf(Group):
    """No part holds; without parts it holds for everybody."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        self.__attrs_init__(parts)


def _operator(given: Operator | str) -> Any:
    return member_of(Operator, given)


def _value(given: Value | list[Scalar]) -> Any:
    return as_tuple(given)


@frozen
class FieldCondition(Condition):
    """A comparison of a field."""

    field: str
    """The field's key in the catalogue."""
    operator: Operator = attrs_field(converter=_operator)
    """The member or its value."""
    value: Value = attrs_field(default=None, converter=_value)
    """What it is compared with: None for `IS_EMPTY` and `IS_FILLED`, a tuple for `ONE_OF` and `NOT_ONE_OF`,
    two values for `BETWEEN`."""


@frozen
class RelatedCondition(Condition):
    """The customer has, or does not have, a matching record of some kind."""

    relation: str
    """The relation's key in the catalogue."""
    exists: bool = True
    """Whether there must be one, or must be none."""
    where: Condition | None = None
    """What the record must be like, by the fields of the relation; None for any."""
