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
from tests.testing.liars.calendar_caches import CACHE_LIARS
from tests.testing.liars.calendar_facts import FACT_LIARS
from tests.testing.liars.honest_calendar import HONEST, Wrong
from tests.testing.liars.liar import Liar


class RemembersQuestions(Wrong):
    """Gives another answer when it is asked again."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._asked: set[date] = set()

    def is_working_day(self, day: date) -> bool:
        """Say no the second time."""
        asked = day in self._asked
        self._asked.add(day)
        return not asked and super().is_working_day(day)


class LearnsFromQuestions(Wrong):
    """Is closed on Tuesdays of a year of whose December it was asked before."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._years: set[int] = set()

    def is_working_day(self, day: date) -> bool:
        """Close at New Year, where the year is known."""
        if day.month in {11, 12}:
            self._years.add(day.year)
        learnt = day.month < 11 and day.weekday() == 1 and day.year in self._years
        return super().is_working_day(day) and not learnt


class SharesItsPlace(Wrong):
    """Keeps the date that it is asked for where other threads put theirs."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._day = date.min

    def is_working_day(self, day: date) -> bool:
        """Look where the date was put."""
        self._day = day
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0)
            time.sleep(0.0001)
        return super().is_working_day(self._day)


class AnswersInNumbers(Wrong):
    """Answers with 0 and 1."""

    def is_working_day(self, day: date) -> bool:
        """Count."""
        return cast("bool", int(super().is_working_day(day)))


class KnowsOneCentury(Wrong):
    """Knows the dates from 1970 to 2069."""

    def is_working_day(self, day: date) -> bool:
        """Look the year up."""
        if not 1970 <= day.year < 2070:
            raise KeyError(day.year)
        return super().is_working_day(day)


class NeverWorks(Wrong):
    """Is closed from 2030 on."""

    def is_working_day(self, day: date) -> bool:
        """Work until then."""
        return day.year < 2030 and super().is_working_day(day)


class LooksThingsUp(Wrong):
    """Reads a file whenever it is asked."""

    def is_working_day(self, day: date) -> bool:
        """Open, look, close."""
        Path(__file__).read_bytes()[:1]
        return super().is_working_day(day)


class ReadsAtTheFirstQuestion(Wrong):
    """Reads a file when a date is asked for that nobody has asked for before, and remembers the answer."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._answers: dict[date, bool] = {}

    def is_working_day(self, day: date) -> bool:
        """Look it up once."""
        if day not in self._answers:
            Path(__file__).read_bytes()[:1]
            self._answers[day] = super().is_working_day(day)
        return self._answers[day]


class AsksForChanges(Wrong):
    """Looks before each answer whether its file has changed."""

    def is_working_day(self, day: date) -> bool:
        """Ask when it was written."""
        return Path(__file__).stat().st_mtime > 0 and super().is_working_day(day)


class ClosesToday(Wrong):
    """Is closed on the day on which it is asked."""

    def is_working_day(self, day: date) -> bool:
        """Look at the clock."""
        return day != date.today() and super().is_working_day(day)  # noqa: DTZ011  that is the lie


class CountsFromSunday(Wrong):
    """Takes the free days of the week to be Friday and Saturday."""

    def is_working_day(self, day: date) -> bool:
        """Count Sunday as the first day."""
        return super().is_working_day(day + timedelta(days=1))


class ForgetsItsFile(Wrong):
    """Knows weekdays, and nothing of what is closed besides."""

    def is_working_day(self, day: date) -> bool:
        """Look at the weekday alone."""
        return day.weekday() in self.facts.working_weekdays


class MisreadsItsFile(Wrong):
    """Reads the dates of its file in the form of another country."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._written = set(map(str, facts.closed_on))

    def is_working_day(self, day: date) -> bool:
        """Look for a form in which no date was written."""
        return day.weekday() in self.facts.working_weekdays and f"{day:%d.%m.%Y}" not in self._written


class _WrongSteps(dict[date, date]):
    """Tomorrow, whatever it is."""

    def __missing__(self, day: date) -> date:
        return day + timedelta(days=1)


@frozen
class StepsOnFreeDays(TabulatedCalendar):
    """Has a table of next working days with free days in it."""

    facts: WeekdayCalendar = HONEST
    steps: Any = field(init=False, factory=_WrongSteps)

    def is_working_day(self, day: date) -> bool:
        """Say what is true."""
        return self.facts.is_working_day(day)


CALENDAR_LIARS: Final[tuple[Liar[BusinessCalendar], ...]] = (
    *(
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
    ),
    *FACT_LIARS,
    *CACHE_LIARS,
)
"""Calendars that are wrong in one way each."""
