"""Calendars that are wrong in one way each, around the one by weekday."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, cast

from attrs import field, frozen

from loyaltycore.kernel.calendar import BusinessCalendar, TabulatedCalendar, WeekdayCalendar
from tests.testing.liars.liar import Liar

_NEW_YEAR: Final = frozenset(date(year, 1, 1) for year in range(1900, 2101))
_WRITTEN: Final = frozenset(map(str, _NEW_YEAR))
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


class ReadsAtTheFirstQuestion:
    """Reads a file when a date is asked for that nobody has asked for before, and remembers the answer."""

    def __init__(self) -> None:
        self._answers: dict[date, bool] = {}

    def is_working_day(self, day: date) -> bool:
        """Look it up once."""
        if day not in self._answers:
            Path(__file__).read_bytes()[:1]
            self._answers[day] = HONEST.is_working_day(day)
        return self._answers[day]


class AsksForChanges:
    """Looks before each answer whether its file has changed."""

    def is_working_day(self, day: date) -> bool:
        """Ask when it was written."""
        return Path(__file__).stat().st_mtime > 0 and HONEST.is_working_day(day)


class ClosesToday:
    """Is closed on the day on which it is asked."""

    def is_working_day(self, day: date) -> bool:
        """Look at the clock."""
        return day != date.today() and HONEST.is_working_day(day)  # noqa: DTZ011  that is the lie


class CountsFromSunday:
    """Takes the free days of the week to be Friday and Saturday."""

    def is_working_day(self, day: date) -> bool:
        """Count Sunday as the first day."""
        return HONEST.is_working_day(day + timedelta(days=1))


class ForgetsItsFile:
    """Knows weekdays, and nothing of what is closed besides."""

    def is_working_day(self, day: date) -> bool:
        """Look at the weekday alone."""
        return WeekdayCalendar().is_working_day(day)


class MisreadsItsFile:
    """Reads the dates of its file in the form of another country."""

    def is_working_day(self, day: date) -> bool:
        """Look for a form in which no date was written."""
        return day.weekday() < 5 and f"{day:%d.%m.%Y}" not in _WRITTEN


class _WrongSteps(dict[date, date]):
    """Tomorrow, whatever it is."""

    def __missing__(self, day: date) -> date:
        return day + timedelta(days=1)


@frozen
class StepsOnFreeDays(TabulatedCalendar):
    """Has a table of next working days with free days in it."""

    steps: Any = field(factory=_WrongSteps)

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
        ReadsAtTheFirstQuestion,
        AsksForChanges,
        ClosesToday,
        CountsFromSunday,
        ForgetsItsFile,
        MisreadsItsFile,
    )
)
"""Calendars that are wrong in one way each."""
