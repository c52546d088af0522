"""A name that is not on the list: what was meant is found, and whatever was given, what is said has an end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import LONGEST_FAULT
from loyaltycore.kernel.naming import meant, unknown
from tests.odd.values import ODD

FIELDS = ("first_name", "last_name", "email", "birth_date", "postal_code", "custom.shoe_size")
names = st.lists(st.text("abcdefgh_", min_size=4, max_size=12), min_size=1, max_size=6, unique=True)


@given(st.sampled_from(FIELDS), st.data())
def test_one_slip_is_understood(name: str, data: st.DataObject) -> None:
    """A letter that is missing, doubled, exchanged with its neighbour or in capitals, at any place."""
    place = data.draw(st.integers(0, len(name) - 2))
    slip = data.draw(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + name[place] + name[place:],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
                name[:place] + name[place].upper() + name[place + 1 :],
            ]
        )
    )
    assert unknown("field", slip, FIELDS) == f"there is no field {slip!r}; did you mean {name!r}?"


@given(st.text(), names)
def test_only_what_there_is_is_proposed(name: str, known: list[str]) -> None:
    """A proposal is one of the known names; without one, all of a short list are named."""
    said = unknown("field", name, known)
    found = re.search("; did you mean '(.*)'\\?$", said)
    assert found[1] in known if found else said.endswith(f"; known are {', '.join(known)}")


@pytest.mark.parametrize("name", ODD)
def test_whatever_was_given_is_said_in_few_words(name: str) -> None:
    """However long, hostile or endless the name is, and however many names are known."""
    for known in ((), FIELDS, ["a" * 1000] * 5000):
        assert len(unknown("field", ODD[name](), known)) <= LONGEST_FAULT
        assert len(meant(ODD[name](), known)) < LONGEST_FAULT


def test_a_long_list_is_cut_and_counted() -> None:
    """Of very many names the first are named; where there is none, nothing is."""
    said = unknown("field", "x", map(str, range(100, 1000)))
    assert said.startswith("there is no field 'x'; known are 100, 101, 102, ")
    assert said.endswith(", 159 and 840 more")
    assert unknown("field", "x", ["a" * 1000]) == "there is no field 'x'"
    assert unknown("field", "x", ()) == "there is no field 'x'; none is known"
