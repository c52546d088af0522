"""The conformance suite of business calendars.

This is all that an author writes, in a file that pytest collects:

    from contextlib import nullcontext

    from loyaltycore.testing.calendar import CalendarConformance
    from shop_calendar import ShopCalendar

    class TestShopCalendar(CalendarConformance):
        def open(self):
            return nullcontext(ShopCalendar("Berlin"))

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.domain import calendar as calendar_port
from loyaltycore.domain.calendar import BusinessCalendar, next_working_day
from loyaltycore.errors import InvalidInput
from loyaltycore.testing.auditing import io_calls
from loyaltycore.testing.suite import Conformance, examples, hook

__all__ = ["CalendarConformance"]

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
_HORIZON: Final = 732
_ONE_DAY: Final = timedelta(days=1)


def days(first: date, last: date, step: int = 1) -> Iterator[date]:
    """Every so many days from the first to the last."""
    return (first + timedelta(days=number) for number in range(0, (last - first).days + 1, step))


class CalendarConformance(Conformance, kit=True):
    """Holds a calendar to `loyaltycore.domain.calendar.BusinessCalendar`: subclass it and fill `open`."""

    contract = (calendar_port,)

    @hook
    def open(self) -> AbstractContextManager[BusinessCalendar]:
        """Return a context manager that gives a calendar; each time a new one of the same facts."""
        raise NotImplementedError

    def test_every_date_has_an_answer(self) -> None:
        """Two centuries of dates are answered with True or False: "for any date from 1900 to 2100"."""
        with self.open() as calendar:
            for day in [FIRST, LAST, date(2024, 2, 29), *days(FIRST, LAST, 29)]:
                assert type(calendar.is_working_day(day)) is bool, day

    def test_the_same_date_has_the_same_answer(self) -> None:
        """Asking again, in another order, or a calendar of the same facts changes nothing: "the same answer every time"."""
        asked = list(days(date(2023, 12, 1), date(2026, 2, 1)))
        with self.open() as calendar, self.open() as another:
            first = [calendar.is_working_day(day) for day in asked]
            assert [calendar.is_working_day(day) for day in reversed(asked)] == first[::-1]
            assert [another.is_working_day(day) for day in reversed(asked)] == first[::-1]
            assert [calendar.is_working_day(day) for day in asked] == first

    def test_the_order_of_questions_does_not_matter(self) -> None:
        """What was asked before is forgotten: "`is_working_day` is a pure function of the date"."""
        with self.open() as calendar:

            @examples(40)
            @given(st.lists(st.dates(FIRST, LAST), min_size=1, max_size=5))
            def holds(asked: list[date]) -> None:
                with self.open() as fresh:
                    assert [fresh.is_working_day(day) for day in asked] == [
                        calendar.is_working_day(day) for day in asked
                    ]

            holds()

    def test_threads_get_the_same_answers(self) -> None:
        """Threads that ask at the same time get what one gets: "`is_working_day` is a pure function of the date"."""
        asked = [
            date(year, month, day) for year in range(2020, 2030) for month in (1, 5, 12) for day in (1, 6, 25)
        ]
        with self.open() as calendar, self.open() as shared:
            expected = [calendar.is_working_day(day) for day in asked]
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _: [shared.is_working_day(day) for day in asked], range(4)))
        assert answers == [expected] * 4

    def test_there_is_always_a_next_working_day(self) -> None:
        """From any day on somebody works before long: "at least one day within any 732"."""
        with self.open() as calendar:
            closed = 0
            for day in days(FIRST, LAST):
                closed = 0 if calendar.is_working_day(day) else closed + 1
                assert closed < _HORIZON, f"nobody works in the {_HORIZON} days up to {day}"

    def test_the_next_working_day_is_the_next_one(self) -> None:
        """However it is found, it is the first one that is worked: "Find the first working day after `day`"."""
        with self.open() as calendar:

            @examples(60)
            @given(st.dates(FIRST, date(2098, 1, 1)))
            def holds(day: date) -> None:
                found = next_working_day(calendar, day)
                assert found > day
                assert type(found) is date
                assert calendar.is_working_day(found)
                between = days(day + _ONE_DAY, found - _ONE_DAY)
                assert [free for free in between if calendar.is_working_day(free)] == []

            holds()

    def test_a_datetime_is_refused(self) -> None:
        """A datetime would be in no set of dates, so it is no day: "`day` is a datetime"."""
        moment = datetime.combine(date(2026, 1, 15), time(9, 30), UTC)
        with self.open() as calendar, pytest.raises(InvalidInput):
            next_working_day(calendar, moment)

    def test_nothing_is_read_or_called(self) -> None:
        """Once a calendar is there, an answer needs neither a file nor the network: "no I/O"."""
        asked = [date(2026, 1, 1), date(2026, 5, 1), date(2024, 2, 29)]
        with self.open() as calendar:
            first = [calendar.is_working_day(day) for day in asked]
            with io_calls() as seen:
                assert [calendar.is_working_day(day) for day in asked] == first
        assert seen == [], "an answer that was given before was looked up again"
