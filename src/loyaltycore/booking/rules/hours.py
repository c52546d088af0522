"""When a resource can be booked: hours by weekday, breaks in them, and dates that differ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from attrs import frozen

from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

MOST_HOURS: Final = 100
"""Stretches of time in one list."""

_WEEK: Final = 7

DAY: Final = 86_400
"""Seconds between two midnights, unless the clocks change."""


@frozen
class Hours:
    """From one time of the clock on the wall to another; past midnight if the second is not the later one."""

    opens: str
    """For example ``09:00``."""
    closes: str
    """For example ``17:30``, or ``24:00``; exclusive."""

    @property
    def span(self) -> tuple[int, int]:
        """In seconds after midnight by the clock; an end on the next day is beyond 24 hours."""
        opens, closes = seconds_of_clock(self.opens), seconds_of_clock(self.closes)
        return opens, closes if closes > opens else closes + DAY


@frozen
class WeeklyHours:
    """Hours on one weekday."""

    weekday: int
    """Monday is 0."""
    hours: tuple[Hours, ...]


@frozen
class DayException:
    """A date on which other hours count than on its weekday."""

    day: date
    hours: tuple[Hours, ...] = ()
    """None: it is closed."""
    reason: str = ""
    """For the staff, for example ``training``."""


def hours_on(weekdays: Collection[int], *spans: str) -> tuple[WeeklyHours, ...]:
    """The same hours on several weekdays.

    Args:
        spans: For example ``09:00-12:30``.

    Raises:
        InvalidInput: The weekdays are no list, or a span is not written like that.

    Example:
        >>> [each.weekday for each in hours_on(range(5), "09:00-12:30", "13:00-18:00")]
        [0, 1, 2, 3, 4]
    """
    with Faults() as faults:
        hours = tuple(_span(faults, f"spans[{number}]", each) for number, each in enumerate(spans))
        days = faults.items(
            "weekdays", weekdays, most=_WEEK, what="a list of weekdays", unordered=True, none=False
        )
    return tuple(WeeklyHours(weekday, hours) for weekday in days)


def _span(faults: Faults, field: str, value: object) -> Hours:
    opens, dash, closes = (text_of(value) or "").partition("-")
    if not (dash and _CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes)):
        faults.note(field, "bad_clock", "must be written like 09:00-12:30")
    return Hours(opens, closes)


def seconds_of_clock(clock: str) -> int:
    """Seconds after midnight of a time like ``09:30``."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def read_week(faults: Faults, field: str, value: object) -> tuple[WeeklyHours, ...]:
    """Read hours by weekday; those of one weekday may be given in several parts, and none of them may meet."""
    week: dict[int, list[Hours]] = {}
    for number, each in enumerate(faults.items(field, value, most=MOST_HOURS, what="a list of WeeklyHours")):
        place = f"{field}[{number}]"
        if type(each) is not WeeklyHours:
            faults.note(place, "wrong_type", "must be a WeeklyHours")
            continue
        inner = faults.at(place)
        weekday = inner.integer("weekday", each.weekday, least=0, most=_WEEK - 1, required=True)
        week.setdefault(weekday, []).extend(read_hours(inner, "hours", each.hours))
    read = {weekday: tuple(sorted(hours, key=_beginning)) for weekday, hours in sorted(week.items()) if hours}
    for weekday in meeting_weekdays(read):
        faults.note(field, "overlap", f"has hours on weekday {weekday} that meet others")
    return tuple(WeeklyHours(weekday, hours) for weekday, hours in read.items())


def read_hours(faults: Faults, field: str, value: object) -> tuple[Hours, ...]:
    """Read the hours of one day, in the order of their beginning."""
    read = []
    for number, each in enumerate(faults.items(field, value, most=MOST_HOURS, what="a list of Hours")):
        place = f"{field}[{number}]"
        if type(each) is not Hours:
            faults.note(place, "wrong_type", "must be an Hours")
            continue
        inner = faults.at(place)
        known = len(faults.found)
        opens, closes = (_clock(inner, name, getattr(each, name)) for name in ("opens", "closes"))
        if opens == "24:00":
            inner.note("opens", "bad_clock", "is no beginning: write 00:00 of the next day")
        if len(faults.found) == known:
            read.append(Hours(opens, closes))
    return tuple(sorted(read, key=_beginning))


def _clock(faults: Faults, field: str, value: object) -> str:
    text = faults.text(field, value, limit=5, required=True)
    if text and not _CLOCK.fullmatch(text):
        faults.note(field, "bad_clock", "is no time such as 09:30")
    return text


def _beginning(hours: Hours) -> str:
    return hours.opens


def meeting_weekdays(week: Mapping[int, tuple[Hours, ...]]) -> Iterator[int]:
    """The weekdays with hours that meet others of the same day, or those of the day before that go on after midnight."""
    for weekday, hours in week.items():
        before = [(opens - DAY, closes - DAY) for opens, closes in _spans(week, (weekday - 1) % _WEEK)]
        spans = sorted([*before, *_spans(week, weekday)])
        if hours and any(after[0] < earlier[1] for earlier, after in pairwise(spans)):
            yield weekday


def _spans(week: Mapping[int, tuple[Hours, ...]], weekday: int) -> list[tuple[int, int]]:
    return [each.span for each in week.get(weekday, ())]
