"""Taking the values out of criteria.

What is left is the same for all criteria that differ in values alone, so that their SQL is made once: wherever a value
stood, the name of its parameter stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from attrs import define, field

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import (
    And,
    Compare,
    Criteria,
    Everything,
    Exists,
    HasKey,
    IsNull,
    KeyBetween,
    Not,
    OneOf,
    Op,
    Or,
    plain,
)
from loyaltycore_sql.records import GREATEST, LEAST, storable

OPERATORS: Final[Mapping[Op, Callable[[Any, Any], Any]]] = {
    Op.EQ: eq,
    Op.NE: ne,
    Op.LT: lt,
    Op.LE: le,
    Op.GT: gt,
    Op.GE: ge,
}

_NOTHING: Final = Or(())
_LAST_CHARACTER: Final = chr(0x10FFFF)
_BEFORE_SURROGATES: Final = chr(0xD7FF)
_BEHIND_SURROGATES: Final = chr(0xE000)


@define
class Slots:
    """Takes values and keeps them.

    Attributes:
        values: The values by the names of their parameters.
    """

    values: dict[str, Any] = field(factory=dict)

    def take(self, criteria: Criteria) -> Criteria:
        """The criteria with names in place of values; `check_query` has passed it.

        Raises:
            InvalidInput: A text holds a character that no engine can store.
        """
        return _TAKE[type(criteria)](self, criteria)

    def put(self, value: Any) -> str:
        """Keep a value; the answer is the name of its parameter."""
        parameter = f"p{len(self.values)}"
        self.values[parameter] = value
        return parameter

    def place(self, fields: tuple[str, ...], after: tuple[Any, ...]) -> tuple[str, ...]:
        """Keep the values that tell a place in an order.

        Raises:
            InvalidInput: As `take`, or a number needs more than 64 bits.
        """
        values = tuple(_sendable(name, plain(value)) for name, value in zip(fields, after, strict=True))
        if not all(map(_fits, values)):
            raise InvalidInput(
                [Fault("after", "out_of_range", "holds a number that needs more than 64 bits")]
            )
        return tuple(map(self.put, values))


def _compare(slots: Slots, criteria: Compare) -> Criteria:
    value = plain(criteria.value)
    if _fits(value):
        return Compare(criteria.field, criteria.op, slots.put(_sendable(criteria.field, value)))
    # No engine can take such a number, but the answer is the same for whatever the column holds.
    return Not(IsNull(criteria.field)) if OPERATORS[criteria.op](0, value) else _NOTHING


def _one_of(slots: Slots, criteria: OneOf) -> Criteria:
    fitting = [_sendable(criteria.field, value) for value in map(plain, criteria.values) if _fits(value)]
    return OneOf(criteria.field, (slots.put(fitting),)) if fitting else _NOTHING


def _has_key(slots: Slots, criteria: HasKey) -> Criteria:
    first = slots.put(_sendable(criteria.lookup, criteria.value))
    if not criteria.prefix:
        return HasKey(criteria.lookup, first)
    end = _behind_prefix(criteria.value)
    return KeyBetween(criteria.lookup, first, None if end is None else slots.put(end))


def _key_between(slots: Slots, criteria: KeyBetween) -> Criteria:
    first = slots.put(_sendable(criteria.lookup, criteria.first))
    end = None if criteria.end is None else slots.put(_sendable(criteria.lookup, criteria.end))
    return KeyBetween(criteria.lookup, first, end)


_TAKE: Final[Mapping[type, Callable[[Slots, Any], Criteria]]] = {
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


def _sendable(name: str, value: Any) -> Any:
    # Drivers treat such characters each in its own way; no stored text holds one.
    if isinstance(value, str) and not storable(value):
        raise InvalidInput([Fault(name, "bad_text", "is compared with a character that cannot be stored")])
    return value


def _behind_prefix(prefix: str) -> str | None:
    """The least text that sorts behind every text with this prefix; None where there is none."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return None
    last = stem[-1]
    return stem[:-1] + (_BEHIND_SURROGATES if last == _BEFORE_SURROGATES else chr(ord(last) + 1))
