"""The usual ways to dial: taken apart here, they are the numbers that `phonenumbers` finds in them."""

from __future__ import annotations

import phonenumbers
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberType

from loyaltycore.kernel.dialling import dialling

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
USUAL = [region for region in REGIONS if dialling(region)]
ODD = ("IL", "TW", "UY", "RW")
"""Where what begins with a zero and another digit may be a number abroad, or a number that begins so itself."""
KINDS = PhoneNumberType.values()


@st.composite
def dialled(draw: st.DrawFn) -> tuple[str, str]:
    """A region, and digits that look more or less like a number of it."""
    region = draw(st.sampled_from(USUAL) | st.sampled_from(ODD))
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from(KINDS)))
    number = phonenumbers.national_significant_number(example) if example else ""
    kept = draw(st.integers(0, len(number)))
    number = number[:kept] + draw(st.text("0123456789", min_size=len(number) - kept, max_size=17 - kept))
    code = PhoneMetadata.metadata_for_region(region).country_code
    before = draw(
        st.sampled_from(
            ["0", "0", f"+{code}", f"+{code}", "", "00", "+", f"00{code}", f"0{code}", f"+{code}0"]
        )
    )
    return region, before + number


@settings(max_examples=1000)
@given(dialled())
def test_a_number_is_the_one_that_the_library_finds(case: tuple[str, str]) -> None:
    """In every country with usual rules, and never one whose length the country does not have."""
    region, text = case
    number = dialling(region).number(text)
    if number:
        found = phonenumbers.parse(text, region)
        assert phonenumbers.national_significant_number(found) == number, text
        assert str(found.country_code) == dialling(region).code
        assert (found.italian_leading_zero, found.extension) == (None, None)
        assert phonenumbers.is_possible_number(found)


@settings(max_examples=1000)
@given(dialled())
def test_a_number_is_of_the_kind_that_the_library_says(case: tuple[str, str]) -> None:
    """In every country: none at all, one that may be of a mobile phone, or another one."""
    region, text = case
    number = dialling(region) and dialling(region).number(text)
    if number:
        kind = phonenumbers.number_type(phonenumbers.parse(text, region))
        may_be_mobile = kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
        expected = None if kind == PhoneNumberType.UNKNOWN else may_be_mobile
        assert dialling(region).may_be_mobile(number) is expected, (text, kind)


@pytest.mark.parametrize("region", ["DE", "AT", "CH", "FR", "NL", "BE", "SE", "TR"])
def test_numbers_of_neighbours_are_usual(region: str) -> None:
    """Mobile and other numbers, with the zero and with the code of the country."""
    for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        number = phonenumbers.national_significant_number(example)
        assert dialling(region).number(f"0{number}") == number
        assert dialling(region).number(f"+{example.country_code}{number}") == number


def test_numbers_that_begin_with_the_prefix_themselves_are_left_to_the_library() -> None:
    """In Rwanda; a number without its zero has a length there that none has, but that may change."""
    rwanda = dialling("RW")
    assert evolve(rwanda, lengths=frozenset({7, 8})).number("06098762") == ""
    assert evolve(rwanda, lengths=frozenset({7, 8})).number("05098762") == "5098762"


@pytest.mark.parametrize("region", ["GB", "FI", "US", "IT", "ES", "LI", "", "XX", "de"])
def test_other_rules_are_left_to_the_library(region: str) -> None:
    """Codes that several countries share, prefixes of other digits or of none, and what is no country."""
    assert dialling(region) is None
