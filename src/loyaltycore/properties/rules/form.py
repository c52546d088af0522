"""Reading what a person says about a property and its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypedDict

from attrs import evolve

from loyaltycore.kernel.given import items_of, text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue

MOST_VALUES: Final = 1000
"""A property with more values than this is a table of its own."""

LABEL_LENGTH: Final = 100
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


class PropertyFacts(TypedDict, total=False):
    """What may be said about a property besides its key and name; see `PropertyType`."""

    category: PropertyCategory | str
    description: str
    multi_valued: bool


class PropertyChanges(PropertyFacts, total=False):
    """What may be changed about a property."""

    name: str


class ValueFacts(TypedDict, total=False):
    """What may be said about a value besides its key; see `PropertyValue`."""

    label: str
    abbreviation: str
    colour: str


def read_property(given: PropertyType) -> PropertyType:
    """Check every field of a new property and return it in normal form.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        clean = PropertyType(
            id=faults.key("key", given.id),
            category=_category(faults, given.category),
            name=_name(faults, given.name),
            description=_description(faults, given.description),
            values=_values(faults, given.values),
            multi_valued=faults.flag("multi_valued", given.multi_valued),
            system=faults.flag("system", given.system),
        )
    if clean.system:
        clean = evolve(clean, values=tuple(evolve(value, meaning=value.label) for value in clean.values))
    return clean


def read_changes(before: PropertyType, given: Mapping[str, Any]) -> PropertyType:
    """The property with the given fields, checked; None leaves a field as it is.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        said = _said(given)
        clean = {name: read(faults, said[name]) for name, read in _READERS.items() if name in said}
    return evolve(before, **clean)


def read_new_value(key: object, facts: Mapping[str, Any]) -> PropertyValue:
    """Check every field of a new value.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        return _value(faults, PropertyValue(key, **facts))  # type: ignore[arg-type]  # not checked yet


def read_value_changes(before: PropertyValue, given: Mapping[str, Any]) -> PropertyValue:
    """The value with the given fields, checked; None leaves a field as it is, and its original meaning stays.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        clean = _value(faults, evolve(before, **_said(given)))
    return evolve(clean, meaning=before.meaning)


def read_order(kind: PropertyType, given: object) -> tuple[PropertyValue, ...]:
    """The values of a property in a given order.

    Raises:
        InvalidInput: The keys given are not exactly those of the values, each once.
    """
    with Faults() as faults:
        # One more than there are shows that it is no order of them.
        given_keys = items_of(given, len(kind.values) + 1) or ()
        keys = [text_of(key) or "" for key in given_keys]
        if sorted(keys) != sorted(value.key for value in kind.values):
            faults.note("values", "not_an_order", "must name every value of the property once")
    return tuple(kind.value(key) for key in keys)


def same_label(one: str, other: str) -> bool:
    """Whether people would read two labels as the same."""
    return one.casefold() == other.casefold()


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _category(faults: Faults, value: object) -> PropertyCategory:
    return faults.choice("category", value, PropertyCategory) or PropertyCategory.CUSTOMER


def _name(faults: Faults, value: object) -> str:
    return faults.text("name", value, limit=LABEL_LENGTH, required=True)


def _description(faults: Faults, value: object) -> str:
    return faults.text("description", value, limit=1000, multiline=True)


_READERS: Final[Mapping[str, Callable[[Faults, object], Any]]] = {
    "category": _category,
    "name": _name,
    "description": _description,
    "multi_valued": lambda faults, value: faults.flag("multi_valued", value),
}


def _values(faults: Faults, given: object) -> tuple[PropertyValue, ...]:
    found = faults.items("values", given, most=MOST_VALUES, what="a list of PropertyValue", none=False)
    clean = tuple(_value(faults.at(f"values[{i}]"), value) for i, value in enumerate(found))
    if _repeats(value.key for value in clean) or _repeats(value.label.casefold() for value in clean):
        faults.note("values", "repeated", "every value needs a key and a label of its own")
    return clean


def _repeats(texts: Iterable[str]) -> bool:
    found = [text for text in texts if text]
    return len(set(found)) < len(found)


def _value(faults: Faults, given: object) -> PropertyValue:
    if not isinstance(given, PropertyValue):
        faults.note("key", "wrong_type", "must be a PropertyValue")
        return PropertyValue("")
    key = faults.key("key", given.key)
    return PropertyValue(
        key=key,
        label=faults.text("label", given.label, limit=LABEL_LENGTH) or key,
        abbreviation=faults.text("abbreviation", given.abbreviation, limit=10),
        colour=_colour(faults, given.colour),
        hidden=faults.flag("hidden", given.hidden),
    )


def _colour(faults: Faults, value: object) -> str:
    colour = faults.text("colour", value, limit=7).lower()
    if colour and not _COLOUR.fullmatch(colour):
        faults.note("colour", "bad_colour", "must be a colour like #aa3300")
    return colour
