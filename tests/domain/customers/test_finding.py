"""Filters by which customers are looked up: each one's criteria, and the field and code of every fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loyaltycore.customers.rules.finding import read_filters
from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Or, has_key, key_starts, stored
from loyaltycore.kernel.validation import Faults


def read(**given: Any) -> tuple[Criterion, list[tuple[str, str]]]:
    """The criteria of some filters, and the field and code of each fault."""
    faults = Faults()
    return read_filters(faults, given, "DE"), [(fault.field, fault.code) for fault in faults.found]


@pytest.mark.parametrize(
    ("name", "value", "criteria"),
    [
        ("number", " K4711 ", stored("number_key") == "k4711"),
        ("number", "]C0K4711", stored("number_key") == "k4711"),
        ("name", "Müller E", Or((key_starts("name", "muller e"), key_starts("name", "mueller e")))),
        ("name", "Weiß", Or((key_starts("name", "weiss"),))),
        ("email", "Erika@EXAMPLE.org", has_key("email", "erika@example.org")),
        ("phone", "0170 1234567", has_key("phone", "+491701234567")),
        ("birth_date", date(1980, 2, 1), stored("birth_date") == date(1980, 2, 1)),
        ("birth_date", "1980-02-01", stored("birth_date") == date(1980, 2, 1)),
    ],
)
def test_each_filter_has_its_criteria(name: str, value: object, criteria: Criterion) -> None:
    """Read in the form in which it is stored."""
    assert read(**{name: value}) == (And((criteria,)), [])


def test_filters_hold_together() -> None:
    """All of them, in the order in which they were given; those that say nothing filter nothing."""
    both = And((stored("number_key") == "1", has_key("email", "a@example.org")))
    assert read(number="1", name="", email="a@example.org", phone=None) == (both, [])
    assert read() == read(number=None, name="") == (EVERYTHING, [])
    blanks = dict.fromkeys(("number", "name", "email", "phone", "birth_date"), "  ")
    assert read(**blanks) == (EVERYTHING, [])


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("number", "x" * 41, "too_long"),
        ("name", "x" * 301, "too_long"),
        ("name", 5, "wrong_type"),
        ("email", "nobody", "bad_email"),
        ("email", "x" * 255, "too_long"),
        ("phone", "12", "bad_phone"),
        ("phone", "1" * 41, "too_long"),
        ("birth_date", "1.2.1980", "bad_date"),
        ("shoe_size", 42, "unknown_field"),
    ],
)
def test_every_fault_of_a_filter_stands_at_its_name(name: str, value: object, code: str) -> None:
    """A wrong filter never becomes one that finds everybody in silence."""
    assert read(**{name: value})[1] == [(name, code)]


def test_a_name_may_be_as_long_as_two_names() -> None:
    """300 characters are taken."""
    assert read(name="x" * 300)[1] == []
