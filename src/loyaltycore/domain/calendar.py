"""Working days: what a branch works on, and how the next working day is found.

"Werktag" includes Saturday in German law; shops and post work Monday to Friday. So the working weekdays and the
holidays belong to the calendar of a branch, and every rule asks a `BusinessCalendar`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Protocol

from attrs import field, frozen

from loyaltycore.errors import Refused

MONDAY_TO_FRIDAY: Final = frozenset(range(5))

# Longer than any run of closed days that a calendar of a working shop can have.
_HORIZON: Final = 732


class BusinessCalendar(Protocol):
    """Which days a branch works on.

    `is_working_day` is a pure function of the date: the same answer every time, for any date from 1900 to 2100, and
    no I/O. A calendar must work on at least one day within any 732; `next_working_day` refuses one that does not.
    """

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date."""
        ...


@frozen
class WeekdayCalendar:
    """A calendar by weekday with hand-kept exceptions, and no public holidays.

    Attributes:
        working_weekdays: Monday is 0, Sunday is 6.

        closed_on: Dates that are free although their weekday works.

        open_on: Dates that are worked although their weekday is free; wins over `closed_on`.
    """

    working_weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    closed_on: frozenset[date] = field(default=frozenset(), kw_only=True)
    open_on: frozenset[date] = field(default=frozenset(), kw_only=True)

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date."""
        return day in self.open_on or (day.weekday() in self.working_weekdays and day not in self.closed_on)


def first_working_day(calendar: BusinessCalendar, earliest: date) -> date:
    """Find the first working day that is not before `earliest`.

    Raises:
        Refused: ``calendar.no_working_day``; the calendar works on no day of the next two years.
    """
    day = earliest
    for _ in range(_HORIZON):
        if calendar.is_working_day(day):
            return day
        day += timedelta(days=1)
    raise Refused("calendar.no_working_day", f"no working day within {_HORIZON} days", earliest=earliest)


def next_working_day(calendar: BusinessCalendar, day: date) -> date:
    """Find the first working day after `day`.

    Raises:
        Refused: ``calendar.no_working_day``.
    """
    return first_working_day(calendar, day + timedelta(days=1))
