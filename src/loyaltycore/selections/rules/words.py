"""Conditions in words, for people who read saved selections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from loyaltycore.kernel.given import shown
from loyaltycore.selections.rules.catalogue import Catalogue, SelectableField, ValueType, label_of
from loyaltycore.selections.rules.conditions import (
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
)

_PLAIN: Final[Mapping[Operator, str]] = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.ONE_OF: "is one of",
    Operator.NOT_ONE_OF: "is none of",
    Operator.BEGINS: "begins with",
    Operator.LESS: "is less than",
    Operator.AT_MOST: "is at most",
    Operator.MORE: "is more than",
    Operator.AT_LEAST: "is at least",
    Operator.BETWEEN: "is between",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_FILLED: "is filled",
}
_OF_DAYS: Final[Mapping[Operator, str]] = {
    **_PLAIN,
    Operator.LESS: "is before",
    Operator.AT_MOST: "is on or before",
    Operator.MORE: "is after",
    Operator.AT_LEAST: "is on or after",
}
_DAYS: Final = frozenset({ValueType.DATE, ValueType.DAY_OF_YEAR})
_VOWELS: Final = frozenset("aeiou")


def words_of(condition: Condition, catalogue: Catalogue) -> str:
    """What a condition means, in one line.

    Args:
        condition: Any condition of the right form; an unknown field or relation appears under its key.
        catalogue: Gives fields, relations and choices their labels.
    """
    match condition:
        case NoneOf(parts=parts) if parts:
            return f"not ({_joined(parts, 'or', catalogue)})"
        case AllOf(parts=parts) | NoneOf(parts=parts):
            return _joined(parts, "and", catalogue) if parts else "everybody"
        case AnyOf(parts=parts):
            return _joined(parts, "or", catalogue) if parts else "nobody"
        case FieldCondition():
            return _field(condition, catalogue)
        case RelatedCondition():
            return _related(condition, catalogue)
    raise TypeError(f"not a condition: {shown(condition)}")


def _joined(parts: tuple[Condition, ...], word: str, catalogue: Catalogue) -> str:
    if len(parts) == 1:
        return words_of(parts[0], catalogue)
    return f" {word} ".join(_enclosed(part, catalogue) for part in parts)


def _enclosed(part: Condition, catalogue: Catalogue) -> str:
    text = words_of(part, catalogue)
    several = isinstance(part, Group) and not isinstance(part, NoneOf) and len(part.parts) > 1
    return f"({text})" if several else text


def _related(condition: RelatedCondition, catalogue: Catalogue) -> str:
    relation = catalogue.relation_by_key.get(condition.relation)
    label = relation.label if relation else label_of(condition.relation)
    article = "an" if label[:1].lower() in _VOWELS else "a"
    text = f"has {article if condition.exists else 'no'} {label}"
    if condition.where is None:
        return text
    inner = words_of(condition.where, Catalogue(relation.fields if relation else ()))
    return f"{text} with ({inner})"


def _field(condition: FieldCondition, catalogue: Catalogue) -> str:
    field = catalogue.by_key.get(condition.field)
    label = _in_sentence(field) if field else label_of(condition.field)
    table = _OF_DAYS if field and field.type in _DAYS else _PLAIN
    text = f"{label} {table[condition.operator]}"
    if condition.value is None:
        return text
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    join = " and " if condition.operator is Operator.BETWEEN else ", "
    return f"{text} {join.join(_value(value, field) for value in values) or 'nothing'}"


def _in_sentence(field: SelectableField) -> str:
    """A label of the library without its initial capital, unless that belongs to an abbreviation."""
    label = field.label
    # What a host or a user named ("custom.", "property.") stays as it was written: German nouns keep their capitals.
    if "." in field.key or label[1:2].isupper():
        return label
    return label[:1].lower() + label[1:]


def _value(value: Scalar, field: SelectableField | None) -> str:
    match value:
        case Relative():
            return relative_words(value)
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case str() if field and field.type is ValueType.DAY_OF_YEAR:
            return value
        case str():
            label = field.labels.get(value, value) if field else value
            return f'"{label}"'
    return str(value)


def relative_words(day: Relative) -> str:
    """A relative day in words: ``today``, ``30 days ago``, ``in 1 year and 2 months``."""
    units = [("year", day.years), ("month", day.months), ("day", day.days)]
    numbers = [(unit, number) for unit, number in units if number]
    if not numbers:
        return "today"
    if all(number > 0 for _, number in numbers):
        return f"in {_listed(numbers)}"
    if all(number < 0 for _, number in numbers):
        return f"{_listed(numbers)} ago"
    return "today " + " ".join(
        f"{'+' if number > 0 else '-'} {_counted(unit, number)}" for unit, number in numbers
    )


def _listed(numbers: list[tuple[str, int]]) -> str:
    return " and ".join(_counted(unit, number) for unit, number in numbers)


def _counted(unit: str, number: int) -> str:
    return f"{abs(number)} {unit}{'' if abs(number) == 1 else 's'}"
