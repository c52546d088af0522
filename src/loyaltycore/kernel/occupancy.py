"""Who holds how much of a resource, and when: appointments of a room, rentals of an object.

Stretches of time are half-open: what ends when another begins does not touch it. Time to prepare and to clear up belongs
to the hold. The holds of a resource lie in **sheets**, one for each day in UTC that they touch. Whoever claims time reads
every sheet that matters to the decision and saves all of them, changed or not: of two claims that could get in each
other's way one loses the race for a version, whatever the engine locks, and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import TypeVar

from attrs import evolve, frozen

_ONE_DAY = timedelta(days=1)


@frozen
class Hold:
    """A part of a resource that is taken for some time."""

    key: str
    """Who holds it, for example the id of an appointment; nobody stands in his own way."""
    starts_at: datetime
    """Aware; time to prepare is included."""
    ends_at: datetime
    """Aware, exclusive; time to clear up is included."""
    units: int = 1
    """How much of the capacity it takes."""
    lapses_at: datetime | None = None
    """From then on it counts for nothing; None for never."""
    kind: str = ""
    """What a limit counts together, or empty."""

    def counts(self, now: datetime) -> bool:
        """Whether it has not lapsed."""
        return self.lapses_at is None or now < self.lapses_at


@frozen(order=True)
class BusyTime:
    """A stretch of time at which somebody is busy; its end is the first moment that is free."""

    starts_at: datetime
    ends_at: datetime


def joined(times: Iterable[BusyTime]) -> tuple[BusyTime, ...]:
    """The same moments in order, each in one stretch; what ends when another begins goes on in it."""
    found: list[BusyTime] = []
    for each in sorted(times):
        if found and each.starts_at <= found[-1].ends_at:
            found[-1] = BusyTime(found[-1].starts_at, max(found[-1].ends_at, each.ends_at))
        else:
            found.append(each)
    return tuple(found)


@frozen
class Clash:
    """Why a hold does not fit."""

    holds: tuple[Hold, ...]
    """Those in the way, in the order of their beginning; none if the resource is too small at any time."""


def find_clash(holds: Iterable[Hold], wanted: Hold, capacity: int, now: datetime) -> Clash | None:
    """Find what stands in the way of another hold.

    Args:
        holds: What is held; long holds lie in several sheets and may come several times.
        capacity: How many units there are at any moment.
        now: Holds that have lapsed count for nothing.

    Returns:
        None if it fits.
    """
    free = capacity - wanted.units
    rivals = sorted(
        {hold.key: hold for hold in holds if _meet(hold, wanted) and hold.counts(now)}.values(),
        key=lambda hold: (hold.starts_at, hold.key),
    )
    if free < 0:
        return Clash(tuple(rivals))
    # All that meet the wanted stretch and one another meet there, so the fullest moment is where one of them begins.
    present: list[tuple[datetime, str, Hold]] = []
    level, in_the_way = 0, dict[str, Hold]()
    for hold in rivals:
        while present and present[0][0] <= hold.starts_at:
            level -= heappop(present)[2].units
        heappush(present, (hold.ends_at, hold.key, hold))
        level += hold.units
        if level > free:
            in_the_way.update((each.key, each) for *_, each in present)
    return Clash(tuple(hold for hold in rivals if hold.key in in_the_way)) if in_the_way else None


def _meet(hold: Hold, wanted: Hold) -> bool:
    return hold.key != wanted.key and hold.starts_at < wanted.ends_at and wanted.starts_at < hold.ends_at


@frozen
class Sheet:
    """The holds of one resource that touch one day; base of the record types that keep them."""

    id: str
    """See `sheet_key`."""
    resource_id: str
    day: date
    """In UTC: a branch may change its time zone, and finds its sheets again."""
    holds: tuple[Hold, ...] = ()
    version: int = 1


S = TypeVar("S", bound=Sheet)


def sheet_key(resource_id: str, day: date) -> str:
    """The key of the sheet of a resource and a day."""
    return f"{resource_id}/{day.isoformat()}"


def days_of(starts_at: datetime, ends_at: datetime) -> Iterator[date]:
    """The days in UTC that a stretch touches, in order."""
    day = starts_at.astimezone(UTC).date()
    while datetime.combine(day, time(), UTC) < ends_at:
        yield day
        day += _ONE_DAY


def with_hold(sheets: Iterable[S], hold: Hold, now: datetime) -> tuple[S, ...]:
    """All sheets, with a hold in those whose day it touches and in no other, and without what has lapsed."""
    touched = set(days_of(hold.starts_at, hold.ends_at))
    return tuple(
        evolve(each, holds=(*_left(each, hold.key, now), *([hold] if each.day in touched else [])))
        for each in sheets
    )


def without_hold(sheets: Iterable[S], key: str, now: datetime) -> tuple[S, ...]:
    """All sheets, without a hold and without what has lapsed."""
    return tuple(evolve(each, holds=tuple(_left(each, key, now))) for each in sheets)


def _left(sheet: Sheet, key: str, now: datetime) -> Iterator[Hold]:
    return (hold for hold in sheet.holds if hold.key != key and hold.counts(now))


def count_of(holds: Iterable[Hold], kind: str, now: datetime, *, besides: str = "") -> int:
    """How many count together in a limit; one that is asked for does not count itself."""
    return len({hold.key for hold in holds if hold.kind == kind and hold.key != besides and hold.counts(now)})
