"""Numbers and validity at their edges, and the fields and codes of their faults."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loyaltycore.cards.rules.numbers import (
    NumberScheme,
    bare_number,
    card_number,
    chance_digits,
    check_prefix,
    check_scheme,
    is_well_formed,
)
from loyaltycore.cards.rules.validity import ValidityPeriod, read_validity
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.validation import Faults

TODAY = date(2026, 1, 15)


def named(faults: Faults) -> list[tuple[str, str]]:
    """Field and code of each fault."""
    return [(fault.field, fault.code) for fault in faults.found]


@pytest.mark.parametrize(
    ("scheme", "prefix", "count"),
    [
        (NumberScheme.LUHN, "", 15),
        (NumberScheme.LUHN, "21", 13),
        (NumberScheme.EAN13, "", 10),
        (NumberScheme.EAN13, "2", 11),
    ],
)
def test_a_number_leaves_the_rest_to_chance(scheme: NumberScheme, prefix: str, count: int) -> None:
    """Sixteen or thirteen digits, less the check digit and the prefix; an EAN has a prefix of its own."""
    assert chance_digits(scheme, prefix) == count


def test_any_prefix_fits_a_number_by_luhn() -> None:
    """The prefixes of the store are a matter of EAN alone."""
    assert card_number(NumberScheme.LUHN, "40", "0" * 13).startswith("40")


def test_a_foreign_prefix_is_refused_with_the_prefix() -> None:
    """Code and fact tell the caller what to change."""
    with pytest.raises(Refused) as refusal:
        card_number(NumberScheme.EAN13, "40", "0" * 10)
    assert refusal.value.code == "card_number.not_for_use_in_store"
    assert dict(refusal.value.facts) == {"prefix": "40"}


def test_a_number_is_read_as_it_is_stored() -> None:
    """Blanks and hyphens go, wide digits become plain ones, and up to forty characters are a number."""
    assert bare_number(" 12-34 56\t") == "123456"
    assert bare_number("\uff11\uff12") == "12"
    assert bare_number("7" * 40) == "7" * 40
    assert bare_number("]C0" + "7" * 40) == "7" * 40
    assert [bare_number(text) for text in ("]C0", "]C", "C012", "1]C02", "]]C012")] == [
        "",
        "C",
        "C012",
        "1C02",
        "C012",
    ]
    assert bare_number("7" * 41) == ""


def test_a_number_that_is_no_text_is_a_fault() -> None:
    """It names its field and its code."""
    with pytest.raises(InvalidInput) as caught:
        bare_number(12)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("number", "wrong_type")]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "abcdefghijklm",
        "\u0662\u0669\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0667",
        "29000000000\u00b27",
        "0",
        "00000000",  # right by Luhn, and too short
    ],
)
def test_what_is_no_number_of_ours_is_not_well_formed(number: str) -> None:
    """Nothing, letters, digits of another script, and right check digits at a wrong length."""
    assert is_well_formed(number) is False


def test_the_faults_of_the_options_name_the_option() -> None:
    """Each wrong setting names the key under which it was given, and says what is wrong."""
    faults = Faults()
    check_scheme(faults, "")
    check_scheme(faults, "random")
    check_prefix(faults, "4x")
    check_prefix(faults, "1234")
    assert named(faults) == [
        ("cards.number_scheme", "required"),
        ("cards.number_scheme", "unknown_choice"),
        ("cards.number_prefix", "bad_prefix"),
        ("cards.number_prefix", "too_long"),
    ]


def test_good_options_have_no_faults() -> None:
    """Either scheme, no prefix, and one of up to three digits."""
    faults = Faults()
    check_scheme(faults, "luhn")
    check_scheme(faults, "ean13")
    check_prefix(faults, "")
    check_prefix(faults, "299")
    assert named(faults) == []


@pytest.mark.parametrize(
    ("valid_until", "valid_for", "found"),
    [
        (date(2030, 1, 1), ValidityPeriod(3), [("valid_for", "both_given")]),
        (date(2026, 1, 14), None, [("valid_until", "past")]),
        (20300101, None, [("valid_until", "wrong_type")]),
        (date(2200, 1, 1), None, [("valid_until", "out_of_range")]),
        (None, 24, [("valid_for", "wrong_type")]),
        (None, ValidityPeriod(0), [("valid_for.months", "out_of_range")]),
        (None, ValidityPeriod(601), [("valid_for.months", "out_of_range")]),
        (None, ValidityPeriod("3"), [("valid_for.months", "wrong_type")]),  # wrong on purpose
        (
            None,
            ValidityPeriod(3, to_month_end="yes"),
            [("valid_for.to_month_end", "wrong_type")],
        ),  # wrong on purpose
    ],
)
def test_a_wrong_validity_names_its_field(
    valid_until: Any, valid_for: Any, found: list[tuple[str, str]]
) -> None:
    """Every fault stands at the part that is wrong, and nothing is read then."""
    faults = Faults()
    assert read_validity(faults, valid_until, valid_for, TODAY) is None
    assert named(faults) == found


@pytest.mark.parametrize(
    ("valid_for", "last"),
    [
        (ValidityPeriod(1), date(2026, 2, 15)),
        (ValidityPeriod(600), date(2076, 1, 15)),
        (ValidityPeriod(1, to_month_end=True), date(2026, 2, 28)),
        (ValidityPeriod(None), date(2026, 2, 15)),  # a form may leave it out
    ],
)
def test_a_period_is_read_as_its_last_day(valid_for: ValidityPeriod, last: date) -> None:
    """The shortest, the longest, one to the month's end, and one without a number, which is one month."""
    faults = Faults()
    assert read_validity(faults, None, valid_for, TODAY) == last
    assert named(faults) == []


def test_earlier_faults_do_not_hide_a_period() -> None:
    """Only the period's own faults keep it from being read."""
    faults = Faults()
    faults.note("comment", "too_long", "is too long")
    assert read_validity(faults, None, ValidityPeriod(1), TODAY) == date(2026, 2, 15)


def test_a_period_ends_with_the_calendar() -> None:
    """No card is valid beyond the last day that can be stored."""
    assert read_validity(Faults(), None, ValidityPeriod(600), date(2199, 6, 1)) == date(2199, 12, 31)
