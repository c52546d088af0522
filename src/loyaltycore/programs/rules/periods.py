"""How long something lasts: terms of programs, and when what was earned expires. Every last day is included."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

from attrs import field, frozen
from dateutil.relativedelta import relativedelta

from loyaltycore.kernel.given import member_of
from loyaltycore.kernel.validation import LATEST_DATE, Faults

LONGEST_MONTHS: Final = 600
LONGEST_DAYS: Final = 20_000
_YEAR: Final = 12


@frozen
class Period:
    """A number of months and days; the last day of a period of months has the number of its first day."""

    months: int = 0
    days: int = 0

    def last_day(self, start: date) -> date:
        """Its last day."""
        end: date = start + relativedelta(months=self.months) + timedelta(days=self.days)
        return min(end, LATEST_DATE)


def months(count: int) -> Period:
    """So many months."""
    return Period(months=count)


def days(count: int) -> Period:
    """So many days."""
    return Period(days=count)


class RoundUp(Enum):
    """To whose end a last day is moved."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def end(self, day: date) -> date:
        """The last day of the month, quarter or year in which a day lies."""
        months = {RoundUp.MONTH: 1, RoundUp.QUARTER: 3, RoundUp.YEAR: _YEAR}[self]
        last = -(-day.month // months) * months
        end: date = day.replace(day=1) + relativedelta(month=last, day=31)
        return end


def _rounding(given: object) -> Any:
    return member_of(RoundUp, given)


@frozen
class Expiry:
    """When what was given expires: after a period, or on one day."""

    after: Period | None = None
    on: date | None = None
    """A last day that is the same for all."""
    round_up: RoundUp | None = field(default=None, converter=_rounding)
    idle: bool = False
    """Whether the period begins anew, for all that is there, whenever something is given or used."""

    def last_day(self, given_on: date) -> date:
        """The last day of what is given on a day."""
        if self.on is not None or self.after is None:
            return self.on or LATEST_DATE
        end = self.after.last_day(given_on)
        return self.round_up.end(end) if self.round_up else end


def period(after: Period, *, round_up: RoundUp | str | None = None) -> Expiry:
    """Expiry after a period, perhaps at the end of the month, quarter or year in which that lies."""
    return Expiry(after=after, round_up=round_up)


def until(day: date) -> Expiry:
    """Expiry on one day."""
    return Expiry(on=day)


def unused_for(after: Period) -> Expiry:
    """Expiry after a period without anything being given or used."""
    return Expiry(after=after, idle=True)


def check_period(faults: Faults, name: str, given: Period | None) -> None:
    """Note a period that is nothing or has no end."""
    if given is None:
        return
    at = faults.at(name)
    at.integer("months", given.months, least=0, most=LONGEST_MONTHS)
    at.integer("days", given.days, least=0, most=LONGEST_DAYS)
    if given == Period():
        faults.note(name, "required", "must be at least a day")


def check_expiry(faults: Faults, name: str, given: Expiry | None) -> None:
    """Note an expiry that says nothing, or two things."""
    if given is None:
        return
    if (given.after is None) == (given.on is None):
        faults.note(name, "required", "must have either a period or a day")
    check_period(faults.at(name), "after", given.after)
    faults.at(name).day("on", given.on)
