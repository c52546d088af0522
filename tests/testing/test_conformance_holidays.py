"""Our business calendars keep the contract of a business calendar."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import ClassVar

from loyaltycore.kernel.calendar import BusinessCalendar, WeekdayCalendar
from loyaltycore.testing.calendar import CalendarConformance
from loyaltycore_holidays import HolidayCalendar


class TestWeekdayCalendar(CalendarConformance):
    known: ClassVar = {
        date(2026, 1, 1): False,
        date(2026, 1, 2): True,
        date(2026, 1, 3): True,
        date(2026, 1, 4): False,
    }
    other_known: ClassVar = {date(2026, 1, 1): True, date(2026, 1, 3): False}

    def open(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(
            WeekdayCalendar(closed_on=frozenset({date(2026, 1, 1)}), open_on=frozenset({date(2026, 1, 3)}))
        )

    def open_other(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(WeekdayCalendar())


class TestHolidayCalendar(CalendarConformance):
    known: ClassVar = {
        date(1989, 12, 25): True,  # nobody has written down what was before 1990
        date(2024, 8, 14): True,
        date(2024, 8, 15): False,  # Assumption Day, of the municipality
        date(2024, 8, 17): False,  # a Saturday
        date(2024, 11, 1): False,  # All Saints' Day, of the state
        date(2024, 12, 24): False,  # by hand
        date(2024, 12, 26): False,
        date(2024, 12, 27): True,
    }
    other_known: ClassVar = {
        date(2024, 3, 8): False,  # Women's Day, of another state
        date(2024, 8, 15): True,
        date(2024, 12, 24): True,
        date(2024, 12, 26): False,
    }

    def open(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(
            HolidayCalendar("DE", "BY", municipality="catholic", closed_every=((12, 24), (12, 31)))
        )

    def open_other(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(HolidayCalendar("DE", "BE"))
