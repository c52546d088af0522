"""Reading what is said about properties and values: normal form, and the field and code of every fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.errors import InvalidInput
from loyaltycore.properties.rules.form import (
    read_changes,
    read_new_value,
    read_order,
    read_property,
    read_value_changes,
)
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyValue
from tests.domain.properties.shelf import kind_of

KIND = kind_of()
A, B, C = KIND.values


def faults(read: Callable[[], object]) -> list[tuple[str, str]]:
    """Field and code of each fault."""
    with pytest.raises(InvalidInput) as caught:
        read()
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_a_property_is_read_in_normal_form() -> None:
    """Blanks around go, words become what they name, labels stand in for nothing, colours are small."""
    given = kind_of(
        category="article",
        name=" Origin ",
        description=" where\r\nfrom ",
        multi_valued=True,
        values=[PropertyValue("web", abbreviation=" W ", colour="#AA3300", hidden=True)],
    )
    assert read_property(given) == kind_of(
        category=PropertyCategory.ARTICLE,
        name="Origin",
        description="where\nfrom",
        multi_valued=True,
        values=(PropertyValue("web", "web", "W", "#aa3300", hidden=True),),
    )


def test_what_is_not_said_has_its_default() -> None:
    """A property without a category describes customers, and one without flags has none."""
    read = read_property(kind_of(category=None, description=None, multi_valued=None, system=None, values=()))
    assert read == kind_of(values=())


def test_a_system_property_remembers_what_its_values_meant() -> None:
    """The first label stays as the meaning; in any other property there is none."""
    values = (PropertyValue("a", "First"),)
    system = read_property(kind_of(system=True, values=values))
    assert system.values == (PropertyValue("a", "First", meaning="First"),)
    assert read_property(kind_of(values=values)).values[0].meaning == ""
    assert system.system


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"id": "Bad Key"}, [("key", "bad_key")]),
        ({"category": "moon"}, [("category", "unknown_choice")]),
        ({"name": ""}, [("name", "required")]),
        ({"name": "x" * 101}, [("name", "too_long")]),
        ({"description": "x" * 1001}, [("description", "too_long")]),
        ({"multi_valued": 1}, [("multi_valued", "wrong_type")]),
        ({"system": 1}, [("system", "wrong_type")]),
        ({"values": "abc"}, [("values", "wrong_type")]),
        ({"values": b"abc"}, [("values", "wrong_type")]),
        ({"values": {A, B}}, [("values", "wrong_type")]),
        ({"values": (A,) * 1001}, [("values", "too_many")]),
        ({"values": (A, PropertyValue("a", "Other"))}, [("values", "repeated")]),
        ({"values": (A, PropertyValue("b", "a"))}, [("values", "repeated")]),
        ({"values": (A, "b")}, [("values[1].key", "wrong_type")]),
        ({"values": (PropertyValue("!"),)}, [("values[0].key", "bad_key")]),
        ({"values": (PropertyValue("a", "x" * 101),)}, [("values[0].label", "too_long")]),
        ({"values": (PropertyValue("a", abbreviation="x" * 11),)}, [("values[0].abbreviation", "too_long")]),
        ({"values": (PropertyValue("a", colour="red"),)}, [("values[0].colour", "bad_colour")]),
        ({"values": (PropertyValue("a", colour="#aa33001"),)}, [("values[0].colour", "too_long")]),
        ({"values": (evolve(A, hidden="no"),)}, [("values[0].hidden", "wrong_type")]),
        ({"name": "", "values": ("a", "b")}, [
            ("name", "required"), ("values[0].key", "wrong_type"), ("values[1].key", "wrong_type"),
        ]),
    ],
)  # fmt: skip
def test_every_fault_of_a_property_stands_at_its_field(
    facts: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """Wrong types, lengths and repetitions, on the property and on each value."""
    assert faults(lambda: read_property(kind_of(**facts))) == found


def test_the_longest_and_the_most_are_taken() -> None:
    """A name and a label of 100 characters, a description of 1000, an abbreviation of 10, and 1000 values."""
    many = tuple(PropertyValue(f"v{number}") for number in range(1000))
    assert len(read_property(kind_of(name="x" * 100, description="x" * 1000, values=many)).values) == 1000
    assert read_new_value("a", {"label": "x" * 100, "abbreviation": "x" * 10}).label == "x" * 100


def test_changes_touch_what_they_name_and_nothing_else() -> None:
    """Every field that may be changed is checked and taken over; no change is the same property."""
    given = {"category": "branch", "name": " New ", "description": "why\nnot", "multi_valued": True}
    assert read_changes(KIND, given) == evolve(
        KIND, category=PropertyCategory.BRANCH, name="New", description="why\nnot", multi_valued=True
    )
    assert read_changes(KIND, {}) == KIND
    assert faults(lambda: read_changes(KIND, {"name": "", "multi_valued": "yes"})) == [
        ("name", "required"),
        ("multi_valued", "wrong_type"),
    ]


def test_a_value_is_read_and_changed_by_the_same_rules() -> None:
    """What a value meant at first stays when it is renamed; faults name its fields."""
    assert read_new_value("web", {"label": " Internet "}) == PropertyValue("web", "Internet")
    assert faults(lambda: read_new_value("!", {"colour": "red"})) == [
        ("key", "bad_key"),
        ("colour", "bad_colour"),
    ]
    before = evolve(A, meaning="First", hidden=True)
    assert read_value_changes(before, {"label": "Second"}) == evolve(before, label="Second")
    assert faults(lambda: read_value_changes(before, {"abbreviation": 1})) == [("abbreviation", "wrong_type")]


def test_an_order_names_every_value_once() -> None:
    """The values come in the order given."""
    assert read_order(KIND, ["c", "a", "b"]) == (C, A, B)
    assert read_order(kind_of(values=()), []) == ()


@pytest.mark.parametrize(
    "given",
    [["a", "b"], ["a", "b", "c", "c"], ["a", "b", "b"], ["a", "b", "z"], "abc", b"abc", None, {"a", "b", "c"}, [1]],
)  # fmt: skip
def test_anything_else_is_no_order(given: object) -> None:
    """One left out, one twice, a stranger, a text, a set."""
    assert faults(lambda: read_order(KIND, given)) == [("values", "not_an_order")]


def test_the_words_of_categories_are_those_that_are_stored() -> None:
    """Databases hold these words."""
    assert [category.value for category in PropertyCategory] == [
        "customer", "process", "appointment", "article", "employee", "branch",
    ]  # fmt: skip
