"""Working days: which days a branch works on, and how to find the next one.

"Werktag" includes Saturday in German law; shops and post work Monday to Friday. So the working weekdays and the
holidays belong to the calendar of a branch, and every rule asks a `BusinessCalendar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Protocol

from attrs import Factory, field, frozen

from loyaltycore.errors import Fault, InvalidInput, Refused
from loyaltycore.kernel.given import day_of

MONDAY_TO_FRIDAY: Final = frozenset(range(5))

# Longer than any run of closed days that a calendar of a working shop can have.
_HORIZON: Final = 732

# Made once: building a timedelta costs more than adding it to a date.
_ONE_DAY: Final = timedelta(days=1)

# Dates that a tabulated calendar remembers: over ten years of them.
_REMEMBERED: Final = 4096


class BusinessCalendar(Protocol):
    """Which days a branch works on.

    `is_working_day` is a pure function of the date: the same answer every time, for any date from 1900 to 2100. Nothing
    else counts: not what was asked before, not the thread that asks, not the time zone of the machine, and not what
    another calendar of the same process knows. It does no I/O and does not look at the clock: a calendar reads what it
    needs when it is made. A calendar must work on at least one day within any 732; `next_working_day` refuses one that
    does not.
    """

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date.

        Args:
            day: A date, never a datetime: `next_working_day` refuses those before it asks.
        """
        ...


@frozen
class WeekdayCalendar:
    """A calendar by weekday with hand-kept exceptions, and no public holidays."""

    working_weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    """Monday is 0, Sunday is 6."""
    closed_on: frozenset[date] = field(default=frozenset(), kw_only=True)
    """Closed dates whose weekday is worked."""
    open_on: frozenset[date] = field(default=frozenset(), kw_only=True)
    """Working dates whose weekday is free; wins over `closed_on`."""

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date."""
        return day in self.open_on or (day.weekday() in self.working_weekdays and day not in self.closed_on)


class _Steps(dict[date, date]):
    """The working day after each date asked for; forgets everything when it grows too large."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, day: date) -> date:
        found = first_working_day(self._calendar, _after(day))
        if len(self) >= _REMEMBERED:
            self.clear()
        self[day] = found
        return found


@frozen
class TabulatedCalendar:
    """A base class for calendars that a planner or a report asks for the same dates over and over.

    `next_working_day` looks the answer up in `steps` instead of walking; the answers are the same. Threads may share
    one calendar: two that ask for a new date at once find the same day twice.
    """

    steps: Mapping[date, date] = field(
        init=False, eq=False, repr=False, default=Factory(_Steps, takes_self=True)
    )
    """The first working day after any date, found when it is first asked for. Not part of equality."""

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date; each calendar decides this in its own way."""
        raise NotImplementedError  # the one method that a calendar has to bring


def first_working_day(calendar: BusinessCalendar, earliest: date) -> date:
    """Find the first working day that is not before `earliest`.

    Raises:
        InvalidInput: ``wrong_type``; `earliest` is no date, or a datetime, which no set of dates contains.
        Refused: ``calendar.no_working_day``; the calendar has no working day in the next two years.
    """
    day = _only_date(earliest)
    for _ in range(_HORIZON):
        if calendar.is_working_day(day):
            return day
        if day == date.max:
            break
        day += _ONE_DAY
    raise Refused("calendar.no_working_day", f"no working day within {_HORIZON} days", earliest=earliest)


def next_working_day(calendar: BusinessCalendar, day: date) -> date:
    """Find the first working day after `day`.

    Raises:
        InvalidInput: ``wrong_type``; `day` is no date, or a datetime.
        Refused: ``calendar.no_working_day``.
    """
    if type(day) is not date:
        day = _only_date(day)
    if isinstance(calendar, TabulatedCalendar):
        return calendar.steps[day]
    return first_working_day(calendar, _after(day))


def _after(day: date) -> date:
    if day == date.max:
        raise Refused("calendar.no_working_day", "there is no later day", earliest=day)
    return day + _ONE_DAY


def _only_date(day: date) -> date:
    """A date as nothing but a date."""
    clean = day_of(day)
    if clean is None:
        raise InvalidInput([Fault("earliest", "wrong_type", "must be a date, not a datetime")])
    return clean
