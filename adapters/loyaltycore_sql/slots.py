"""Taking the values out of criteria.

What is left is the same for all criteria that differ only in values, so that their SQL is made once: the name of a
parameter replaces each value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, field

from loyaltycore.errors import Fault, InvalidInput
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
    end_of_prefix,
    plain,
)
from loyaltycore_sql.records import GREATEST, LEAST

_NOTHING: Final = Or(())


@define
class Slots:
    """Takes values and keeps them."""

    values: dict[str, Any] = field(factory=dict)
    """By name of parameter."""

    def take(self, criteria: Criterion) -> Criterion:
        """The criterion with names instead of values; `check_query` has passed it."""
        return _TAKE[type(criteria)](self, criteria)

    def put(self, value: Any) -> str:
        """Keep a value and return the name of its parameter."""
        parameter = f"p{len(self.values)}"
        self.values[parameter] = value
        return parameter

    def place(self, after: tuple[Any, ...]) -> tuple[str, ...]:
        """Keep the values that mark a place in an order.

        Raises:
            InvalidInput: A number exceeds 64 bits.
        """
        values = tuple(map(plain, after))
        if not all(map(_fits, values)):
            raise InvalidInput(
                [Fault("after", "out_of_range", "holds a number that needs more than 64 bits")]
            )
        return tuple(map(self.put, values))


def _compare(slots: Slots, criteria: Compare) -> Criterion:
    value = plain(criteria.value)
    if _fits(value):
        return Compare(criteria.field, criteria.op, slots.put(value))
    # No engine can take such a number, but the answer is the same for whatever the column holds.
    return Not(IsNull(criteria.field)) if OPERATORS[criteria.op](0, value) else _NOTHING


def _one_of(slots: Slots, criteria: OneOf) -> Criterion:
    fitting = [value for value in map(plain, criteria.values) if _fits(value)]
    return OneOf(criteria.field, (slots.put(fitting),)) if fitting else _NOTHING


def _has_key(slots: Slots, criteria: HasKey) -> Criterion:
    first = slots.put(criteria.value)
    if not criteria.prefix:
        return HasKey(criteria.lookup, first)
    end = end_of_prefix(criteria.value)
    return KeyBetween(criteria.lookup, first, None if end is None else slots.put(end))


def _key_between(slots: Slots, criteria: KeyBetween) -> Criterion:
    first = slots.put(criteria.first)
    end = None if criteria.end is None else slots.put(criteria.end)
    return KeyBetween(criteria.lookup, first, end)


_TAKE: Final[Mapping[type, Callable[[Slots, Any], Criterion]]] = {
    Compare: _compare,
    OneOf: _one_of,
    HasKey: _has_key,
    KeyBetween: _key_between,
    Everything: lambda _, criteria: criteria,
    IsNull: lambda _, criteria: criteria,
    Exists: lambda slots, criteria: Exists(criteria.table, criteria.refers_by, slots.take(criteria.where)),
    And: lambda slots, criteria: And(tuple(map(slots.take, criteria.parts))),
    Or: lambda slots, criteria: Or(tuple(map(slots.take, criteria.parts))),
    Not: lambda slots, criteria: Not(slots.take(criteria.part)),
}


def _fits(value: Any) -> bool:
    return not isinstance(value, int) or LEAST <= value <= GREATEST
