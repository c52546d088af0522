"""Calendars that are wrong in one way each, around the one by weekday."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from attrs import field, frozen

from loyaltycore.domain.calendar import BusinessCalendar, TabulatedCalendar, WeekdayCalendar
from loyaltycore.testing.liars.liar import Liar

_NEW_YEAR: Final = frozenset(date(year, 1, 1) for year in range(1900, 2101))
HONEST: Final = WeekdayCalendar(closed_on=_NEW_YEAR)


class RemembersQuestions:
    """Gives another answer when it is asked again."""

    def __init__(self) -> None:
        self._asked: set[date] = set()

    def is_working_day(self, day: date) -> bool:
        """Say no the second time."""
        asked = day in self._asked
        self._asked.add(day)
        return not asked and HONEST.is_working_day(day)


class LearnsFromQuestions:
    """Knows New Year once it has been asked for a date of that year's December."""

    def __init__(self) -> None:
        self._years: set[int] = set()

    def is_working_day(self, day: date) -> bool:
        """Close at New Year, where the year is known."""
        if day.month in {11, 12}:
            self._years.add(day.year)
        return day.weekday() < 5 and not (day.month < 11 and day.weekday() == 0 and day.year in self._years)


class SharesItsPlace:
    """Keeps the date that it is asked for where other threads put theirs."""

    def __init__(self) -> None:
        self._day = date.min

    def is_working_day(self, day: date) -> bool:
        """Look where the date was put."""
        self._day = day
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0)
            time.sleep(0.0001)
        return HONEST.is_working_day(self._day)


class AnswersInNumbers:
    """Answers with 0 and 1."""

    def is_working_day(self, day: date) -> bool:
        """Count."""
        return cast("bool", int(HONEST.is_working_day(day)))


class KnowsOneCentury:
    """Knows the dates from 1970 to 2069."""

    def is_working_day(self, day: date) -> bool:
        """Look the year up."""
        if not 1970 <= day.year < 2070:
            raise KeyError(day.year)
        return HONEST.is_working_day(day)


class NeverWorks:
    """Is closed from 2030 on."""

    def is_working_day(self, day: date) -> bool:
        """Work until then."""
        return day.year < 2030 and HONEST.is_working_day(day)


class LooksThingsUp:
    """Reads a file whenever it is asked."""

    def is_working_day(self, day: date) -> bool:
        """Open, look, close."""
        Path(__file__).read_bytes()[:1]
        return HONEST.is_working_day(day)


class _WrongSteps(dict[date, date]):
    """Tomorrow, whatever it is."""

    def __missing__(self, day: date) -> date:
        return day + timedelta(days=1)


class _LenientSteps(dict[date, date]):
    """The right day, for a datetime too."""

    def __missing__(self, day: date) -> date:
        found = day.date() if isinstance(day, datetime) else day
        found += timedelta(days=1)
        while not HONEST.is_working_day(found):
            found += timedelta(days=1)
        return found


@frozen
class StepsOnFreeDays(TabulatedCalendar):
    """Has a table of next working days with free days in it."""

    steps: Any = field(factory=_WrongSteps)

    def is_working_day(self, day: date) -> bool:
        """Say what is true."""
        return HONEST.is_working_day(day)


@frozen
class TakesDatetimes(TabulatedCalendar):
    """Takes a datetime for its date."""

    steps: Any = field(factory=_LenientSteps)

    def is_working_day(self, day: date) -> bool:
        """Say what is true."""
        return HONEST.is_working_day(day)


CALENDAR_LIARS: Final[tuple[Liar[BusinessCalendar], ...]] = tuple(
    Liar.of(cls, cast("Callable[[], BusinessCalendar]", cls))
    for cls in (
        RemembersQuestions,
        LearnsFromQuestions,
        SharesItsPlace,
        AnswersInNumbers,
        KnowsOneCentury,
        NeverWorks,
        LooksThingsUp,
        StepsOnFreeDays,
        TakesDatetimes,
    )
)
"""Calendars that are wrong in one way each."""
