"""Calendars that share days, learn from questions, or count wrongly far away."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final, cast

from loyaltycore.kernel.calendar import BusinessCalendar, WeekdayCalendar
from tests.testing.liars.honest_calendar import HONEST, Wrong
from tests.testing.liars.liar import Liar


class SharesAnswers(Wrong):
    """Keeps the answers of all calendars in one place."""

    _answers: ClassVar[dict[date, bool]] = {}

    def is_working_day(self, day: date) -> bool:
        return self._answers.setdefault(day, super().is_working_day(day))


class SharesClosedDays(Wrong):
    """Adds its closed days to those of all calendars."""

    _closed: ClassVar[set[date]] = set()

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._closed.update(facts.closed_on)

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) and day not in self._closed


class SharesItsWeek(Wrong):
    """Works on the weekdays of the calendar that was made last."""

    _weekdays: ClassVar[list[frozenset[int]]] = []

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._weekdays[:] = [facts.working_weekdays]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self._weekdays[0] and day not in self.facts.closed_on


@lru_cache(maxsize=4096)
def _first_answer(day: date, box: _Box) -> bool:
    return box.facts.is_working_day(day)


class _Box:
    """Equal to every other one, as a value is whose class forgets its fields."""

    def __init__(self, facts: WeekdayCalendar) -> None:
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box)

    def __hash__(self) -> int:
        return 0


class CachesByTheDateAlone(Wrong):
    """Keeps answers in a cache of the module, under the date alone."""

    def is_working_day(self, day: date) -> bool:
        return _first_answer(day, _Box(self.facts))


class KeepsOneYear(Wrong):
    """Prepares the closed days of the year that it is asked for first, and of no other."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._closed: frozenset[date] | None = None

    def is_working_day(self, day: date) -> bool:
        if self._closed is None:
            self._closed = frozenset(closed for closed in self.facts.closed_on if closed.year == day.year)
        return day.weekday() in self.facts.working_weekdays and day not in self._closed


class ForgetsUnderLoad(Wrong):
    """Answers with no for what it has forgotten after a thousand other answers."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._asked: dict[date, bool] = {}
        self._forgotten: set[date] = set()

    def is_working_day(self, day: date) -> bool:
        if day in self._forgotten:
            return False
        self._asked.setdefault(day, super().is_working_day(day))
        if len(self._asked) > 1000:
            oldest = next(iter(self._asked))
            del self._asked[oldest]
            self._forgotten.add(oldest)
        return self._asked[day]


class RemembersTheDayBefore(Wrong):
    """Takes a day for a bridge if it was asked for the holiday just before."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._last = date.min

    def is_working_day(self, day: date) -> bool:
        last, self._last = self._last, day
        bridge = last in self.facts.closed_on and day - last == timedelta(days=1)
        return super().is_working_day(day) and not bridge


class LearnsFarYears(Wrong):
    """Works on Saturdays once it has been asked for a day of the next century."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._far = False

    def is_working_day(self, day: date) -> bool:
        self._far = self._far or day.year > 2090
        return super().is_working_day(day) or (self._far and day.weekday() == 5)


class CountsLeapYearsByFour(Wrong):
    """Takes 1900 and 2100 for leap years."""

    def is_working_day(self, day: date) -> bool:
        shift = -1 if day < date(1900, 3, 1) else int(day > date(2100, 2, 28))
        return super().is_working_day(day) and (day + timedelta(days=shift)).weekday() < 5


class CountsFromTheEpoch(Wrong):
    """Rounds days before 1970 up."""

    def is_working_day(self, day: date) -> bool:
        shift = int(day < date(1970, 1, 1))
        return (day + timedelta(days=shift)).weekday() < 5 and day not in self.facts.closed_on


class EndsIn2038(Wrong):
    """Counts seconds in 32 bits."""

    def is_working_day(self, day: date) -> bool:
        seconds = (day - date(1970, 1, 1)).days * 86_400
        wrapped = (seconds + 2**31) % 2**32 - 2**31
        return super().is_working_day(date(1970, 1, 1) + timedelta(seconds=wrapped))


class WritesYearsWithTwoDigits(Wrong):
    """Takes all years for years of this century."""

    def is_working_day(self, day: date) -> bool:
        year = 2000 + day.year % 100
        if (day.month, day.day) == (2, 29):
            return super().is_working_day(day)
        return super().is_working_day(date(year, day.month, day.day))


class StumblesOnLeapDays(Wrong):
    """Looks for the same day a year before, which a leap day does not have."""

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) and bool(day.replace(year=day.year - 1))


class SaysNothingOnTheLastDay(Wrong):
    """Has no answer for the 366th day of a year."""

    def is_working_day(self, day: date) -> bool:
        if day.timetuple().tm_yday == 366:
            return cast("bool", None)
        return super().is_working_day(day)


class WorksOnSomeSaturdays(Wrong):
    """Works on the first Saturday of a month, of which nobody has told it."""

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) or (day.weekday() == 5 and day.day <= 7)


class ClosesOnTheThirteenth(Wrong):
    """Is closed on the thirteenth if that is a Friday, of which nobody has told it."""

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) and not (day.weekday() == 4 and day.day == 13)


class KnowsHolidaysOfOurTime(Wrong):
    """Knows holidays from 1970 to 2037 alone."""

    def is_working_day(self, day: date) -> bool:
        worked = day.weekday() in self.facts.working_weekdays
        return worked and not (1970 <= day.year <= 2037 and day in self.facts.closed_on)


class LooksAtItsZone(Wrong):
    """Takes midnight here for midnight in Greenwich."""

    def is_working_day(self, day: date) -> bool:
        here = time.mktime((*day.timetuple()[:8], -1)) if day.year > 1970 else 0.0
        there = datetime.fromtimestamp(here, UTC).date() if here else day
        return super().is_working_day(there)


class SplitsADate(Wrong):
    """Puts a date where other threads put theirs, and takes it from there."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._day = date.min

    def is_working_day(self, day: date) -> bool:
        self._put(day)
        return super().is_working_day(self._taken())

    def _put(self, day: date) -> None:
        self._day = day

    def _taken(self) -> date:
        return self._day


class ShowsHalfATable(Wrong):
    """Lets other threads see a year that it is still preparing."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._years: dict[int, set[date]] = {}

    def is_working_day(self, day: date) -> bool:
        if day.year not in self._years:
            self._years[day.year] = set()
            first = date(day.year, 1, 1)
            for number in range(366):
                each = first + timedelta(days=number)
                if super().is_working_day(each):
                    self._years[day.year].add(each)
        return day in self._years[day.year]


class CountsItsTime(Wrong):
    """Forgets its answers after a minute, by a clock."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._known: dict[date, tuple[float, Any]] = {}

    def is_working_day(self, day: date) -> bool:
        made, answer = self._known.get(day, (0.0, None))
        if answer is None or time.monotonic() - made > 60:
            answer = super().is_working_day(day)
            self._known[day] = time.monotonic(), answer
        return cast("bool", answer)


FACT_LIARS: Final[tuple[Liar[BusinessCalendar], ...]] = tuple(
    Liar.of(cls, cast("Callable[[], BusinessCalendar]", cls))
    for cls in (
        SharesAnswers,
        SharesClosedDays,
        SharesItsWeek,
        CachesByTheDateAlone,
        KeepsOneYear,
        ForgetsUnderLoad,
        RemembersTheDayBefore,
        LearnsFarYears,
        CountsLeapYearsByFour,
        CountsFromTheEpoch,
        EndsIn2038,
        WritesYearsWithTwoDigits,
        StumblesOnLeapDays,
        SaysNothingOnTheLastDay,
        WorksOnSomeSaturdays,
        ClosesOnTheThirteenth,
        KnowsHolidaysOfOurTime,
        LooksAtItsZone,
        SplitsADate,
        ShowsHalfATable,
        CountsItsTime,
    )
)
"""Calendars that share days, learn from questions, or count wrongly far away."""
