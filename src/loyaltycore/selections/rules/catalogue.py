"""The catalogue: from which fields, operators and relations conditions can be built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any, Final

from attrs import field as attrs_field, frozen

from loyaltycore.selections.rules.conditions import Operator
from loyaltycore.selections.rules.sources import Source


class ValueType(Enum):
    """What a field is compared with."""

    TEXT = "text"
    """A text, as it is written."""

    NAME = "name"
    """A text, regardless of case and accents."""

    EMAIL = "email"
    PHONE = "phone"
    INTEGER = "integer"
    DATE = "date"
    """A day, given or relative."""

    DAY_OF_YEAR = "day_of_year"
    """``MM-DD``, or a relative day."""

    FLAG = "flag"
    CHOICE = "choice"


_EQUAL: Final = (Operator.IS, Operator.IS_NOT)
_SEVERAL: Final = (Operator.ONE_OF, Operator.NOT_ONE_OF)
_ORDER: Final = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST, Operator.BETWEEN)
_EMPTY: Final = (Operator.IS_EMPTY, Operator.IS_FILLED)

_OPERATORS: Final[Mapping[ValueType, tuple[Operator, ...]]] = {
    ValueType.TEXT: (*_EQUAL, *_SEVERAL, Operator.BEGINS, *_ORDER),
    ValueType.NAME: (*_EQUAL, *_SEVERAL, Operator.BEGINS),
    ValueType.EMAIL: (*_EQUAL, *_SEVERAL),
    ValueType.PHONE: (*_EQUAL, *_SEVERAL),
    ValueType.INTEGER: (*_EQUAL, *_SEVERAL, *_ORDER),
    ValueType.DATE: (*_EQUAL, *_ORDER),
    ValueType.DAY_OF_YEAR: (*_EQUAL, Operator.BETWEEN),
    ValueType.FLAG: _EQUAL,
    ValueType.CHOICE: (*_EQUAL, *_SEVERAL),
}


def operators_of(
    kind: ValueType, *, may_be_empty: bool = True, ordered: bool = True, whole: bool = True
) -> tuple[Operator, ...]:
    """The operators of a type of value.

    Args:
        may_be_empty: Whether the field may be empty.
        ordered: Whether the order of its values means something.
        whole: Whether it can be compared as a whole, and not only by its beginning.
    """
    found = _OPERATORS[kind]
    if not ordered:
        found = tuple(each for each in found if each not in _ORDER)
    if not whole:
        found = (Operator.BEGINS,)
    return (*found, *_EMPTY) if may_be_empty else found


@frozen
class Choice:
    """One value that can be chosen."""

    key: str
    label: str


@frozen(slots=False)
class SelectableField:
    """A field that can be compared."""

    key: str
    label: str
    group: str
    """The heading under which a screen shows it."""
    type: ValueType
    """What it is compared with."""
    operators: tuple[Operator, ...]
    """How it can be compared."""
    source: Source = attrs_field(repr=False)
    """Where its value comes from."""
    choices: tuple[Choice, ...] = ()
    """The values of a choice."""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What people call the choices, by key."""
        return {choice.key: choice.label for choice in self.choices}


@frozen(slots=False)
class Relation:
    """A kind of record that a customer may have."""

    key: str
    """Its key in conditions, the record type's table."""
    label: str
    """What people call one such record."""
    refers_by: str
    """The field that holds the customer's id."""
    fields: tuple[SelectableField, ...]
    """What can be said about such a record."""

    @cached_property
    def by_key(self) -> Mapping[str, SelectableField]:
        """The fields by key."""
        return {each.key: each for each in self.fields}


@frozen(slots=False)
class Catalogue:
    """Everything that conditions can be built from."""

    fields: tuple[SelectableField, ...]
    """What can be said about a customer."""
    relations: tuple[Relation, ...] = ()
    """What a customer may have."""

    @cached_property
    def by_key(self) -> Mapping[str, SelectableField]:
        """The fields by key."""
        return {each.key: each for each in self.fields}

    @cached_property
    def relation_by_key(self) -> Mapping[str, Relation]:
        """The relations by key."""
        return {each.key: each for each in self.relations}

    def to_data(self) -> dict[str, Any]:
        """The catalogue as plain data, for a user interface."""
        relations = (
            {"key": each.key, "label": each.label, "fields": _fields_data(each.fields)}
            for each in self.relations
        )
        return {"fields": _fields_data(self.fields), "relations": list(relations)}


def _fields_data(fields: Iterable[SelectableField]) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "label": each.label,
            "group": each.group,
            "type": each.type.value,
            "operators": [operator.value for operator in each.operators],
            "choices": [{"key": choice.key, "label": choice.label} for choice in each.choices],
        }
        for each in fields
    ]


def label_of(key: str) -> str:
    """A label for a field of which only the key is known."""
    return key.replace("_", " ")


def choices_of(kind: type[Enum]) -> tuple[Choice, ...]:
    """The members of an enumeration as choices."""
    return tuple(Choice(str(member.value), label_of(str(member.value))) for member in kind)
