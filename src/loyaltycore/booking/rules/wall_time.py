"""From the clock on a branch's wall to instants: opening hours mean what the clock shows, on every day of the year.

A time on the wall means the first instant at which the clock shows it or, where the clocks go forward over it, a later
one. (RFC 5545, too, means the first of two times that are called the same.)
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.booking.rules.hours import DAY
from loyaltycore.kernel.wall_clock import first_instant

_ONE_DAY = timedelta(days=1)


@frozen
class LocalDay:
    """One calendar day at a place, in seconds since 1970."""

    zone: str
    day: date
    begins: int
    """Its first moment; a day that a zone has skipped begins when it ends."""
    ends: int
    """The first moment of the next day."""
    even: bool
    """Whether the clocks do not change on it, nor at its edges."""

    def at(self, seconds: int) -> int:
        """The first instant at which the clock shows a time or a later one.

        Args:
            seconds: After midnight by the clock; beyond 24 hours on the following day.
        """
        if self.even and 0 <= seconds <= DAY:
            return self.begins + seconds
        return first_instant(
            ZoneInfo(self.zone), datetime.combine(self.day, time()) + timedelta(seconds=seconds)
        )


@lru_cache(maxsize=4096)
def local_day(zone: str, day: date) -> LocalDay:
    """A calendar day in a time zone."""
    place = ZoneInfo(zone)
    midnight = datetime.combine(day, time())
    begins = first_instant(place, midnight)
    ends = first_instant(place, midnight + _ONE_DAY)
    # Within a day of 24 hours the clocks may still go forward and back; noon tells unless both happen in half a day.
    even = ends - begins == DAY and first_instant(place, midnight + _ONE_DAY / 2) == begins + DAY // 2
    return LocalDay(zone, day, begins, ends, even)


def local_date(zone: str, instant: datetime) -> date:
    """The calendar date at a place."""
    return instant.astimezone(ZoneInfo(zone)).date()


def moment(instant: int) -> datetime:
    """Seconds since 1970 as an aware instant in UTC."""
    return datetime.fromtimestamp(instant, UTC)


def seconds_of(instant: datetime) -> int:
    """An aware instant as whole seconds since 1970, rounded up: what is not over yet still counts."""
    since = instant - _EPOCH
    return since.days * DAY + since.seconds + (since.microseconds > 0)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
