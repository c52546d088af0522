"""Our business calendars keep the contract of a business calendar."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import date

from loyaltycore.domain.calendar import BusinessCalendar, WeekdayCalendar
from loyaltycore.testing.calendar import CalendarConformance
from loyaltycore_holidays import HolidayCalendar


class TestWeekdayCalendar(CalendarConformance):
    def open(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(
            WeekdayCalendar(closed_on=frozenset({date(2026, 1, 1)}), open_on=frozenset({date(2026, 1, 3)}))
        )


class TestHolidayCalendar(CalendarConformance):
    def open(self) -> AbstractContextManager[BusinessCalendar]:
        return nullcontext(
            HolidayCalendar("DE", "BY", municipality="catholic", closed_every=((12, 24), (12, 31)))
        )
