"""What a condition means, said once more and straight on the records: the model that criteria are held against.

It knows no criteria, no lookups and no indexes. Days are counted one by one.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer
from loyaltycore.customers.rules.search import foldings, name_keys
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.selections.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
)
from loyaltycore.selections.rules.sources import Today
from tests.domain.selections.world import Person

_OPPOSITES: Final = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_ONE_OF: Operator.ONE_OF,
    Operator.IS_EMPTY: Operator.IS_FILLED,
}
_COMPARE: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    Operator.IS: lambda held, value: held == value,
    Operator.ONE_OF: lambda held, values: any(held == value for value in values),
    Operator.BEGINS: lambda held, value: held[: len(value)] == value,
    Operator.LESS: lambda held, value: held < value,
    Operator.AT_MOST: lambda held, value: not held > value,
    Operator.MORE: lambda held, value: held > value,
    Operator.AT_LEAST: lambda held, value: not held < value,
    Operator.BETWEEN: lambda held, pair: pair[0] <= held <= pair[1],
    Operator.IS_FILLED: lambda *_: True,
}


@frozen
class Model:
    """Evaluates conditions on one person on one day."""

    person: Person
    today: Today

    def holds(self, condition: Condition) -> bool:
        """Whether a condition on the customer holds."""
        return self._holds(condition, self._customer)

    def _holds(self, condition: Condition, leaf: Callable[[Any], bool]) -> bool:
        match condition:
            case AllOf(parts=parts):
                return all(self._holds(part, leaf) for part in parts)
            case AnyOf(parts=parts):
                return any(self._holds(part, leaf) for part in parts)
            case NoneOf(parts=parts):
                return not any(self._holds(part, leaf) for part in parts)
            case FieldCondition(key, operator, value) if operator in _OPPOSITES:
                return not leaf(FieldCondition(key, _OPPOSITES[operator], value))
        return leaf(condition)

    def _customer(self, condition: FieldCondition | RelatedCondition) -> bool:
        if isinstance(condition, RelatedCondition):
            return self._has(condition) == condition.exists
        customer, key, value = self.person.customer, condition.field, condition.value
        if key == "birthday" and value is not None:
            return self._birthday(customer, condition.operator, value)
        if key in {"name", "city"} and value is not None:
            return _named(_names(customer, key), condition.operator, value)
        if key == "email" and value is not None:
            value = _each(value, lambda text: parse_email(text).lower())
            held: Sequence[Any] = [customer.email.lower()] if customer.email else []
        elif key == "number" and value is not None:
            value, held = _each(value, str.casefold), [customer.number.casefold()]
        elif key == "phone" and value is not None:
            value = _each(value, lambda text: parse_phone(text, "DE"))
            held = [phone.number for phone in customer.phones]
        else:
            held = self._values(customer, key)
        return self._compare(held, condition.operator, value)

    def _values(self, customer: Customer, key: str) -> Sequence[Any]:
        """What a customer holds in a field."""
        prefix, _, name = key.partition(".")
        if name and prefix == "custom":
            return [customer.custom[name]] if name in customer.custom else []
        if name and prefix == "property":
            held = self.person.related.get("customer_properties", ())
            return [each.value for each in held if each.property == name and each.slot is not None]
        if key == "age":
            return [] if customer.birth_date is None else [_age(customer.birth_date, self.today.day)]
        if key in {"city", "phone"}:
            return _names(customer, "city") if key == "city" else customer.phones
        return self._plain(getattr(customer, key))

    def _plain(self, value: Any) -> Sequence[Any]:
        if value is None or value == "":
            return []
        if isinstance(value, datetime):
            return [value.astimezone(ZoneInfo(self.today.zone)).date()]
        return [value.value] if isinstance(value, Enum) else [value]

    def _has(self, condition: RelatedCondition) -> bool:
        customer_id = self.person.customer.id
        related = self.person.related.get(condition.relation, ())
        mine = [each for each in related if each.customer_id == customer_id]
        if condition.where is None:
            return bool(mine)
        where = condition.where
        return any(self._holds(where, lambda part, each=each: self._record(each, part)) for each in mine)

    def _record(self, record: Any, condition: FieldCondition) -> bool:
        key = condition.field
        if key == "current":
            held: Sequence[Any] = [record.slot is not None]
        else:
            held = record.words if key == "word" else self._plain(getattr(record, key))
        return self._compare(held, condition.operator, condition.value)

    def _compare(self, held: Sequence[Any], operator: Operator, value: Any) -> bool:
        value = _each(value, lambda one: _shifted(one, self.today.day) if isinstance(one, Relative) else one)
        return any(_COMPARE[operator](each, value) for each in held)

    def _birthday(self, customer: Customer, operator: Operator, value: Any) -> bool:
        if customer.birth_date is None:
            return False
        first, last = value if operator is Operator.BETWEEN else (value, value)
        born = (customer.birth_date.month, customer.birth_date.day)
        if isinstance(first, Relative):
            start, end = _shifted(first, self.today.day), _shifted(last, self.today.day)
            days = (start + timedelta(n) for n in range((end - start).days + 1))
            return any(_celebrated(born, day.year) == day for day in days)
        return born in _around(first, last)


def _around(first: str, last: str) -> list[tuple[int, int]]:
    """The days of a leap year from one to another, on through the new year."""
    day, found = date.fromisoformat(f"2000-{first}"), []
    while True:
        found.append((day.month, day.day))
        if day.strftime("%m-%d") == last:
            return found
        day = date(2000, 1, 1) if (day.month, day.day) == (12, 31) else day + timedelta(1)


def _celebrated(born: tuple[int, int], year: int) -> date:
    return date(year, 3, 1) if born == (2, 29) and not isleap(year) else date(year, *born)


def _age(born: date, today: date) -> int:
    """The number of birthdays that were celebrated."""
    return sum(
        _celebrated((born.month, born.day), year) <= today for year in range(born.year + 1, today.year + 1)
    ) - (born > today and today.year == born.year)


def _shifted(relative: Relative, today: date) -> date:
    month = today.year * 12 + today.month - 1 + relative.years * 12 + relative.months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1])) + timedelta(relative.days)


def _names(customer: Customer, key: str) -> list[str]:
    if key == "name":
        return list(
            name_keys(customer.last_name, customer.first_name, customer.company, customer.name_extension)
        )
    towns = [each.city for each in customer.addresses if each.kind in POSTAL_KINDS]
    return [folded for town in towns for folded in foldings(town)]


def _named(held: list[str], operator: Operator, value: Any) -> bool:
    values = value if operator is Operator.ONE_OF else (value,)
    wanted = [folded for text in values for folded in foldings(text)]
    if operator is Operator.BEGINS:
        return any(each.startswith(folded) for each in held for folded in wanted)
    return any(each in wanted for each in held)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)
