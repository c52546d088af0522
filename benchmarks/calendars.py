"""The next working day: the same answers as `holidays`, many times as fast per call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import holidays
from workalendar.europe import Bavaria, Berlin

from benchmarks.timing import Result, at_least, duel
from loyaltycore.domain.calendar import next_working_day
from loyaltycore_holidays import HolidayCalendar

DAYS = [date(2020, 1, 1) + timedelta(days=n) for n in range(3653)]
ROUNDS = 5
FACTOR = 20

Step = Callable[[date], date]


def run() -> Iterator[Result]:
    """Bavaria and Berlin, every day from 2020 to 2029."""
    for name, state, peer in (("Bavaria", "BY", Bavaria()), ("Berlin", "BE", Berlin())):
        yield from _compare(name, _ours(state), _holidays(state), _workalendar(peer))


def _compare(name: str, ours: Step, holidays_step: Step, workalendar_step: Step) -> Iterator[Result]:
    wrong = [day for day in DAYS if ours(day) != holidays_step(day)]
    if wrong:
        raise AssertionError(f"{name}: {len(wrong)} days differ from `holidays`, the first is {wrong[0]}")
    for label, step in (("holidays", holidays_step), ("workalendar", workalendar_step)):
        mine, theirs = _race(ours, step)
        yield at_least(f"next working day, {name}, beside {label}", mine, theirs, FACTOR, len(DAYS))


def _race(ours: Step, peer: Step) -> tuple[float, float]:
    return duel(lambda: [ours(day) for day in DAYS], lambda: [peer(day) for day in DAYS], ROUNDS)


def _ours(state: str) -> Step:
    calendar = HolidayCalendar("DE", state)
    return lambda day: next_working_day(calendar, day)


def _holidays(state: str) -> Step:
    calendar = holidays.country_holidays("DE", subdiv=state, years=range(2019, 2032))
    return lambda day: calendar.get_nth_working_day(day, 1)


def _workalendar(calendar: Bavaria | Berlin) -> Step:
    return lambda day: calendar.add_working_days(day, 1)
