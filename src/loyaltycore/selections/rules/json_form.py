"""Conditions as plain data, for storing and for user interfaces, and back again.

Every condition is an object with a ``kind``: ``all_of``, ``any_of`` and ``none_of`` with ``parts``; ``field`` with ``field``,
``operator`` and ``value``; ``related`` with ``relation``, ``exists`` and ``where``. A date is ``{"date": "2026-01-31"}``, a
relative day ``{"relative": {"days": -30}}``, several values are a list. What has a default may be left out.

Example:
    >>> dumps(FieldCondition("birth_date", "less", Relative(years=-18)))
    '{"field":"birth_date","kind":"field","operator":"less","value":{"relative":{"years":-18}}}'
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from attrs import asdict, define

from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.kernel.given import day_of, items_of, member_of, members_of, shown, text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.conditions import (
    WITH_SEVERAL,
    WITHOUT_VALUE,
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    Group,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
    Scalar,
    Value,
)

MAX_DEPTH: Final = 7
"""How deep conditions may be nested; what is compiled from them is nested deeper."""

MAX_PARTS: Final = 200
"""How many conditions one may hold, including itself."""

MAX_VALUES: Final = 1000
"""How many values there may be in a condition."""

KEY_LENGTH: Final = 100
"""Longest key of a field or relation, in characters."""

MOST_KEYS: Final = 20
"""How many keys of an object are looked at; none has half as many."""

LONGEST_JSON: Final = 1_000_000

_GROUPS: Final[Mapping[str, type[AllOf | AnyOf | NoneOf]]] = {
    "all_of": AllOf,
    "any_of": AnyOf,
    "none_of": NoneOf,
}
_NAMES: Final = {kind: name for name, kind in _GROUPS.items()}
_SHAPES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(_GROUPS, frozenset({"kind", "parts"})),
    "field": frozenset({"kind", "field", "operator", "value"}),
    "related": frozenset({"kind", "relation", "exists", "where"}),
}
_UNITS: Final = {"days": 73_000, "months": 2_400, "years": 200}
"""How far away a relative day may be, by unit."""

_NOBODY: Final = AnyOf()
"""Stands in for what could not be read."""


def to_data(condition: Condition) -> dict[str, Any]:
    """The JSON form of a condition, as plain data."""
    match condition:
        case Group(parts=parts):
            return {"kind": _NAMES[cast("Any", type(condition))], "parts": [to_data(part) for part in parts]}
        case FieldCondition(key, operator, value):
            shape = {"kind": "field", "field": key, "operator": operator.value}
            return shape if operator in WITHOUT_VALUE else {**shape, "value": _value_data(value)}
        case RelatedCondition(relation, exists, where):
            data: dict[str, Any] = {"kind": "related", "relation": relation, "exists": exists}
            return data if where is None else {**data, "where": to_data(where)}
    raise TypeError(f"not a condition: {shown(condition)}")


def dumps(condition: Condition) -> str:
    """The JSON form of a condition: one line, keys in order, the same for equal conditions."""
    return canonical_json(to_data(condition))


def loads(text: str) -> Condition:
    """Read a condition from JSON text; whether its fields exist is not checked.

    Raises:
        InvalidInput: Names every fault with its place.
    """
    with Faults() as faults:
        return as_condition(faults, text)


def as_condition(faults: Faults, given: object, place: str = "where") -> Condition:
    """Read a condition that came from outside: a `Condition`, its JSON form as data, or as text.

    Args:
        faults: Collects every fault of its form; whether its fields exist is not checked.
        given: What came in.
        place: The name of its place.

    Returns:
        The condition, in normal form; meaningless if faults were noted.
    """
    text = text_of(given)
    if text is not None:
        given = _parsed(faults, text, place)
        if given is None:
            return _NOBODY
    return _Reader(faults).condition(given, place, 0)


def _parsed(faults: Faults, text: str, place: str) -> object:
    if len(text) > LONGEST_JSON:
        faults.note(place, "too_long", f"is longer than {LONGEST_JSON:,} characters")
        return None
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError):
        faults.note(place, "bad_json", "is no JSON; a saved selection is given as `name`")
        return None
    if not isinstance(data, dict):
        faults.note(place, "wrong_type", "must be a condition")
        return None
    return data


def _value_data(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_value_data(part) for part in value]
    if isinstance(value, Relative):
        return {"relative": {unit: number for unit, number in asdict(value).items() if number}}
    return {"date": value.isoformat()} if isinstance(value, date) else value


@define
class _Reader:
    """Reads one condition, and counts what is in it."""

    faults: Faults
    parts: int = 0
    """How many conditions were read."""
    values: int = 0

    def condition(self, given: object, place: str, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            self.faults.note(place, "too_deep", f"is nested deeper than {MAX_DEPTH}")
            return _NOBODY
        self.parts += 1
        if self.parts > MAX_PARTS:
            # Said once: what stands in one place may be referred to from very many.
            if self.parts == MAX_PARTS + 1:
                self.faults.note(place, "too_many", f"are more than {MAX_PARTS} conditions")
            return _NOBODY
        kind, shape = self._opened(given, place)
        if kind in _GROUPS:
            return _GROUPS[kind](*self._members(shape.get("parts"), f"{place}.parts", depth))
        if kind == "field":
            return self._field(shape, place)
        return self._related(shape, place, depth) if kind else _NOBODY

    def _opened(self, given: object, place: str) -> tuple[str, Mapping[str, Any]]:
        """The kind of a condition and its members, still unchecked; no kind if it is not a condition."""
        match given:
            case Group():
                return _NAMES.get(cast("Any", type(given)), ""), {"parts": given.parts}
            case FieldCondition(key, operator, value):
                return "field", {"field": key, "operator": operator, "value": value}
            case RelatedCondition(relation, exists, where):
                return "related", {"relation": relation, "exists": exists, "where": where}
        shape = members_of(given, MOST_KEYS)
        if shape is not None:
            return self._object(shape, place)
        self.faults.note(place, "wrong_type", "must be a condition")
        return "", {}

    def _object(self, shape: Mapping[str, Any], place: str) -> tuple[str, Mapping[str, Any]]:
        kind = text_of(shape.get("kind")) or ""
        if kind not in _SHAPES:
            self.faults.unknown(f"{place}.kind", "unknown_kind", "kind", shape.get("kind"), _SHAPES)
            return "", {}
        for name in shape:
            if name not in _SHAPES[kind]:
                self.faults.unknown(f"{place}.{name}", "unknown_key", "key", name, _SHAPES[kind])
        return kind, shape

    def _members(self, given: object, place: str, depth: int) -> list[Condition]:
        parts = items_of(given, MAX_PARTS + 1)
        if parts is None:
            self.faults.note(place, "wrong_type", "must be a list of conditions")
            return []
        found = []
        for position, part in enumerate(parts):
            found.append(self.condition(part, f"{place}[{position}]", depth + 1))
            if self.parts > MAX_PARTS:
                break
        return found

    def _related(self, shape: Mapping[str, Any], place: str, depth: int) -> RelatedCondition:
        relation = self._key(shape.get("relation"), f"{place}.relation")
        exists = self.faults.flag(f"{place}.exists", shape.get("exists"), default=True)
        where = shape.get("where")
        inner = None if where is None else self.condition(where, f"{place}.where", depth + 1)
        return RelatedCondition(relation, exists, inner)

    def _field(self, shape: Mapping[str, Any], place: str) -> Condition:
        key = self._key(shape.get("field"), f"{place}.field")
        given = shape.get("operator")
        operator = member_of(Operator, given)
        if type(operator) is not Operator:
            words = (each.value for each in Operator)
            self.faults.unknown(f"{place}.operator", "unknown_operator", "operator", given, words)
            return _NOBODY
        return FieldCondition(key, operator, self._value(operator, shape.get("value"), f"{place}.value"))

    def _value(self, operator: Operator, given: object, place: str) -> Value:
        if operator in WITHOUT_VALUE:
            if given is not None:
                self.faults.note(place, "without_value", f"{operator.value} takes no value")
            return None
        if operator not in WITH_SEVERAL and operator is not Operator.BETWEEN:
            return self._scalar(given, place)
        values = items_of(given, MAX_VALUES + 1)
        if values is None:
            self.faults.note(place, "wrong_type", "must be a list of values")
            return ()
        if operator is Operator.BETWEEN and len(values) != len(("from", "to")):
            self.faults.note(place, "wrong_length", "must be two values")
            return ()
        return self._scalars(values, place)

    def _scalars(self, given: Sequence[object], place: str) -> tuple[Scalar, ...]:
        found = []
        for position, value in enumerate(given):
            found.append(self._scalar(value, f"{place}[{position}]"))
            if self.values > MAX_VALUES:
                break
        return tuple(value for value in found if value is not None)

    def _scalar(self, given: object, place: str) -> Scalar | None:
        self.values += 1
        if self.values > MAX_VALUES:
            if self.values == MAX_VALUES + 1:
                self.faults.note(place, "too_many", f"are more than {MAX_VALUES} values")
            return None
        if isinstance(given, Relative):
            return self._relative(asdict(given), place)
        shape = members_of(given, MOST_KEYS)
        if shape is not None:
            return self._day(shape, place)
        if given is None:
            self.faults.note(place, "required", "must be given")
            return None
        return self._plain(given, place)

    def _plain(self, given: object, place: str) -> Scalar | None:
        text = text_of(given)
        if text is not None or type(given) is bool or type(given) is int:
            return cast("Scalar", given if text is None else text)
        day = day_of(given)
        if day is not None:
            return day
        self.faults.note(place, "wrong_type", "must be text, a number, true, false or a day")
        return None

    def _day(self, shape: Mapping[str, Any], place: str) -> date | Relative | None:
        match [*shape.items()]:
            case [("date", given)] if (text := text_of(given)) is not None:
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    self.faults.note(place, "bad_date", "must be a date like 2026-01-31")
                    return None
            case [("relative", given)] if (units := members_of(given, MOST_KEYS)) is not None:
                return self._relative(units, place)
        self.faults.note(place, "wrong_type", "must be a date or a relative day")
        return None

    def _relative(self, units: Mapping[str, Any], place: str) -> Relative:
        for unit in units:
            if unit not in _UNITS:
                self.faults.unknown(f"{place}.{unit}", "unknown_key", "unit", unit, _UNITS)
        numbers = {
            unit: self.faults.integer(f"{place}.{unit}", units.get(unit), least=-most, most=most)
            for unit, most in _UNITS.items()
        }
        return Relative(**numbers)

    def _key(self, given: object, place: str) -> str:
        return self.faults.text(place, given, limit=KEY_LENGTH, required=True)
