"""Calendars that keep answers under the wrong key, or count days in a way of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final, cast

from attrs import field, frozen

from loyaltycore.kernel.calendar import BusinessCalendar, TabulatedCalendar, WeekdayCalendar
from tests.testing.liars.honest_calendar import HONEST, Wrong
from tests.testing.liars.liar import Liar


class CachesByMonthAndDay(Wrong):
    """Keeps answers under month and day."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._answers: dict[tuple[int, int], bool] = {}

    def is_working_day(self, day: date) -> bool:
        return self._answers.setdefault((day.month, day.day), super().is_working_day(day))


class CachesByTheWeek(Wrong):
    """Keeps answers under year, week and weekday, with the year of the date."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._answers: dict[tuple[int, int, int], bool] = {}

    def is_working_day(self, day: date) -> bool:
        key = day.year, day.isocalendar().week, day.weekday()
        return self._answers.setdefault(key, super().is_working_day(day))


class WalksOn(Wrong):
    """Goes on from the date that it was asked for last, and loses a day when it goes back."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        super().__init__(facts)
        self._last = date(1900, 1, 1)

    def is_working_day(self, day: date) -> bool:
        back, self._last = day < self._last, day
        return super().is_working_day(day - timedelta(days=1) if back and day.day == 15 else day)


class RollsDice(Wrong):
    """Gives another answer once in ten thousand questions."""

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) is not (random.random() < 0.0001)  # noqa: S311  no secret


class CountsFridays(Wrong):
    """Takes Friday for a free day in leap years."""

    def is_working_day(self, day: date) -> bool:
        return super().is_working_day(day) and not (day.weekday() == 4 and day.year % 4 == 0)


class MovesHolidays(Wrong):
    """Gives a free Monday for New Year on a Sunday, of which nobody has told it."""

    def is_working_day(self, day: date) -> bool:
        moved = day.weekday() == 0 and day - timedelta(days=1) in self.facts.closed_on
        return super().is_working_day(day) and not moved


class ChangesItsFacts(Wrong):
    """Removes a closed day from the facts when it has told it, also for others who use them."""

    _told: set[date] = set()  # noqa: RUF012  that is the lie

    def is_working_day(self, day: date) -> bool:
        if day in self.facts.closed_on and day not in self._told:
            self._told.add(day)
            return False
        return day.weekday() in self.facts.working_weekdays


class KnowsEightYears(Wrong):
    """Has a table of the holidays of eight years, and works on all others."""

    def is_working_day(self, day: date) -> bool:
        if 2020 <= day.year <= 2027:
            return super().is_working_day(day)
        return day.weekday() in self.facts.working_weekdays


class _Walks(dict[date, date]):
    """Walks to the next day that is worked by its weekday."""

    def __missing__(self, day: date) -> date:
        following = day + timedelta(days=1)
        while following.weekday() not in HONEST.working_weekdays:
            following += timedelta(days=1)
        return following


@frozen
class WalksByTheWeek(TabulatedCalendar):
    """Forgets its holidays when it is asked for the next working day."""

    facts: WeekdayCalendar = HONEST
    steps: Mapping[date, date] = field(init=False, factory=_Walks)

    def is_working_day(self, day: date) -> bool:
        return self.facts.is_working_day(day)


CACHE_LIARS: Final[tuple[Liar[BusinessCalendar], ...]] = tuple(
    Liar.of(cls, cast("Callable[[], BusinessCalendar]", cls))
    for cls in (
        CachesByMonthAndDay,
        CachesByTheWeek,
        WalksOn,
        RollsDice,
        CountsFridays,
        MovesHolidays,
        ChangesItsFacts,
        KnowsEightYears,
        WalksByTheWeek,
    )
)
"""Calendars that keep answers under the wrong key, or count days in a way of their own."""
