"""Places: every country that there is, and no other; and when a place is checked."""

from __future__ import annotations

import itertools
import string

import phonenumbers
import pytest

from loyaltycore.branches.rules.changes import change_branch, new_branch
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.places import places, read_country
from loyaltycore.kernel.validation import Faults

PAIRS = ["".join(pair) for pair in itertools.product(string.ascii_uppercase, repeat=2)]


def test_the_countries_are_those_of_the_standard() -> None:
    """All that have telephones of their own, and a few islands."""
    islands = {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}
    assert places().keys() == phonenumbers.SUPPORTED_REGIONS - {"AC", "TA"} | islands


@pytest.mark.parametrize("required", [True, False])
def test_a_country_is_read_if_it_exists(required: bool) -> None:  # noqa: FBT001  pytest gives it
    """In upper or lower case; every other pair of letters has one fault, and reads as none."""
    for code in PAIRS:
        faults = Faults()
        read = read_country(faults, "country", code.lower(), required=required)
        codes = [fault.code for fault in faults.found]
        assert (read, codes) == ((code, []) if code in places() else ("", ["bad_country"]))


def check_place(country: str, subdivision: str, municipality: str) -> None:
    """Knows Berlin alone."""
    if (country, subdivision) != ("DE", "BE"):
        raise InvalidInput([Fault("subdivision", "unknown_subdivision", "is not known")])


def test_a_place_is_checked_when_it_is_given_and_never_again() -> None:
    """A branch with a place that was taken before can change everything else; its place only to one that exists."""
    old = Branch("berlin", "Berlin", subdivision="ZZ")
    assert change_branch(old, {"name": "Mitte"}, check_place).result.name == "Mitte"
    assert change_branch(old, {"subdivision": "BE"}, check_place).result.subdivision == "BE"
    for facts in ({"subdivision": "XX"}, {"country": "AT"}):
        with pytest.raises(InvalidInput) as caught:
            change_branch(old, facts, check_place)
        assert caught.value.fields == ("subdivision",)


def test_the_place_is_named_beside_the_other_faults() -> None:
    """One error, whatever else is wrong; an unknown country has no second fault for its subdivision."""
    with pytest.raises(InvalidInput) as caught:
        new_branch("berlin", "", {"subdivision": "ZZ"}, check_place)
    assert caught.value.fields == ("name", "subdivision")
    with pytest.raises(InvalidInput) as caught:
        new_branch("berlin", "Berlin", {"country": "XX", "subdivision": "ZZ"}, check_place)
    assert caught.value.fields == ("country",)
