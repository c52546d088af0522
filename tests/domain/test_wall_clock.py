"""A last day lasts until its midnight at the place, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.kernel.wall_clock import end_of_day

ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Atlantic/Azores", "Asia/Beirut", "Pacific/Apia", "UTC")


@settings(max_examples=100)
@given(st.dates(date(2005, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES), st.integers(-90_000, 90_000))
def test_an_instant_is_before_the_end_of_a_day_exactly_if_its_date_is_that_day_or_earlier(
    day: date, zone: str, seconds: int
) -> None:
    """Law 33: whatever the clocks do that day."""
    end = end_of_day(day, zone)
    instant = end + timedelta(seconds=seconds)
    assert (instant < end) == (instant.astimezone(ZoneInfo(zone)).date() <= day)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2018, 11, 3), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
        (date(2011, 12, 29), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_day_ends_where_the_clocks_go_forward_over_midnight_and_where_it_was_skipped(
    day: date, zone: str, end: datetime
) -> None:
    """Berlin in spring and autumn, a midnight that does not exist, and a day that Samoa has skipped."""
    assert end_of_day(day, zone) == end
