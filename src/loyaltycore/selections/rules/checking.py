"""Checking a condition against the catalogue: every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import define, evolve

from loyaltycore.kernel.given import shown
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.catalogue import Catalogue, SelectableField
from loyaltycore.selections.rules.conditions import (
    WITH_SEVERAL,
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
    Value as Values,
)
from loyaltycore.selections.rules.values import Value, read_value

MAX_KEYED: Final = 200
"""How many values of all lists in a condition may be looked up one by one."""

MAX_TOGETHER: Final = 50
"""How many conditions that must hold together may be looked up: engines turn them into joins and weigh their orders."""

_OPPOSITES: Final = frozenset({Operator.IS_NOT, Operator.NOT_ONE_OF, Operator.IS_EMPTY})


def check_condition(
    faults: Faults, condition: Condition, catalogue: Catalogue, country: str, place: str = "where"
) -> Condition:
    """Check a condition that was read.

    Args:
        faults: Collects every fault: unknown fields and relations, operators that a field does not have, values that do
            not fit it.
        condition: What `as_condition` returned; what could not be read is skipped.
        catalogue: What conditions can be built from.
        country: ISO 3166-1 alpha-2 of phone numbers without ``+``.
        place: The condition's name.

    Returns:
        The condition with its values in normal form; meaningless if faults were noted.
    """
    return _Check(faults, catalogue, country).condition(condition, place)


@define
class _Check:
    faults: Faults
    catalogue: Catalogue
    country: str
    keyed: int = 0
    together: int = 0
    demanded: bool = True
    """Whether a condition must hold for the whole to hold, so is neither an alternative nor an opposite."""

    def condition(self, condition: Condition, place: str) -> Condition:
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts) | NoneOf(parts=parts):
                demands = isinstance(condition, AllOf) or (isinstance(condition, AnyOf) and len(parts) == 1)
                outer, self.demanded = self.demanded, self.demanded and demands
                read = type(condition)(*self._parts(parts, place))
                self.demanded = outer
                return read
            case FieldCondition():
                return self._field(condition, place)
            case RelatedCondition():
                return self._related(condition, place)
        raise TypeError(f"not a condition: {shown(condition)}")

    def _parts(self, parts: tuple[Condition, ...], place: str) -> list[Condition]:
        return [self.condition(part, f"{place}.parts[{i}]") for i, part in enumerate(parts)]

    def _related(self, condition: RelatedCondition, place: str) -> Condition:
        relation = self.catalogue.relation_by_key.get(condition.relation)
        if relation is None:
            self._unknown("relation", condition.relation, place, self.catalogue.relation_by_key)
            return condition
        if condition.exists:
            self._look_up(place)
        if condition.where is None:
            return condition
        # The fields of the relation are all that there is inside; a relation of a relation is none.
        outer = self.catalogue, self.demanded
        self.catalogue, self.demanded = Catalogue(relation.fields), self.demanded and condition.exists
        inner = self.condition(condition.where, f"{place}.where")
        self.catalogue, self.demanded = outer
        return evolve(condition, where=inner)

    def _look_up(self, place: str) -> None:
        self.together += self.demanded
        # Said once, as all that is too many.
        if self.demanded and self.together == MAX_TOGETHER + 1:
            self.faults.note(place, "too_many", f"are more than {MAX_TOGETHER} to look up that must all hold")

    def _field(self, condition: FieldCondition, place: str) -> Condition:
        found = self.catalogue.by_key.get(condition.field)
        if found is None:
            self._unknown("field", condition.field, place, self.catalogue.by_key)
            return condition
        if condition.operator not in found.operators:
            words = ", ".join(each.value for each in found.operators)
            self.faults.note(f"{place}.operator", "wrong_operator", f"{condition.field!r} has only: {words}")
            return condition
        if found.source.is_looked_up and condition.operator not in _OPPOSITES:
            self._look_up(place)
        return evolve(condition, value=self._value(condition, found, f"{place}.value"))

    def _unknown(self, kind: str, key: str, place: str, known: Iterable[str]) -> None:
        # What is no key at all was refused when it was read.
        if key:
            self.faults.unknown(f"{place}.{kind}", f"unknown_{kind}", kind, key, known)

    def _value(self, condition: FieldCondition, found: SelectableField, place: str) -> Values:
        given = condition.value
        if not isinstance(given, tuple):
            return None if given is None else self._one(given, found, place)
        if condition.operator in WITH_SEVERAL and found.source.is_keyed:
            self.keyed += len(given)
            if self.keyed > MAX_KEYED:
                self.faults.note(place, "too_many", f"are more than {MAX_KEYED} values to look up one by one")
                return given
        read = tuple(self._one(each, found, f"{place}[{i}]") for i, each in enumerate(given))
        if condition.operator is Operator.BETWEEN and len({isinstance(each, Relative) for each in given}) > 1:
            self._check_both(found, place)
        return read

    def _check_both(self, found: SelectableField, place: str) -> None:
        """One day counted from today and one that is not: for days of the year nobody knows which comes first."""
        if Operator.LESS not in found.operators:
            self.faults.note(place, "mixed", "must be two relative days, or none")

    def _one(self, given: Any, found: SelectableField, place: str) -> Any:
        return read_value(Value(self.faults, place, given, found, self.country))
