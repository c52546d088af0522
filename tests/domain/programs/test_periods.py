"""How long things last: terms, and when what was earned expires."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.kernel.validation import Faults
from loyaltycore.programs import Expiry, Period, RoundUp, days, months, period, until, unused_for
from loyaltycore.programs.rules.periods import check_expiry

dates = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@settings(max_examples=60)
@given(dates, st.integers(1, 60), st.sampled_from(RoundUp))
def test_rounding_up_never_shortens_and_ends_with_a_whole_part_of_the_year(
    start: date, count: int, round_up: RoundUp
) -> None:
    """The last day of a month, a quarter or a year, the same one for all that ends in it."""
    exact = months(count).last_day(start)
    rounded = period(months(count), round_up=round_up.value).last_day(start)
    assert exact <= rounded
    assert round_up.end(rounded) == rounded
    assert (rounded.year, exact.year <= rounded.year) == (exact.year, True)


@pytest.mark.parametrize(
    ("expiry", "last"),
    [
        (period(months(24)), date(2028, 1, 31)),
        (period(months(1)), date(2026, 2, 28)),
        (period(days(14)), date(2026, 2, 14)),
        (period(months(1), round_up="quarter"), date(2026, 3, 31)),
        (period(months(12), round_up="year"), date(2027, 12, 31)),
        (until(date(2026, 6, 30)), date(2026, 6, 30)),
        (unused_for(months(6)), date(2026, 7, 31)),
    ],
)
def test_a_last_day_follows_from_the_day_on_which_something_is_given(expiry: Expiry, last: date) -> None:
    """Given on 31 January 2026; that day's number is the last day's, if the month has it."""
    assert expiry.last_day(date(2026, 1, 31)) == last


@pytest.mark.parametrize("wrong", [Expiry(), Expiry(after=days(3), on=date(2026, 1, 1)), period(Period())])
def test_an_expiry_says_one_thing(wrong: Expiry) -> None:
    """Either a period, of a day at least, or a day."""
    faults = Faults()
    check_expiry(faults, "expiry", wrong)
    assert faults.found
