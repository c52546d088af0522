"""The grid of a planner counted minute by minute, in the words of its rules and without any of its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyaltycore.booking.rules.grid import Asking, Reason
from loyaltycore.booking.rules.hours import Hours
from loyaltycore.booking.rules.planner import AVAILABILITY
from loyaltycore.kernel.occupancy import Hold

MINUTE = 60


def wall(zone: str, instant: int) -> datetime:
    """What the clock on the wall shows, without its zone."""
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def first_instant(zone: str, shown: datetime) -> int:
    """The first minute at which the clock shows a time or a later one."""
    instant = int(shown.replace(tzinfo=ZoneInfo("UTC")).timestamp()) - 27 * 3600
    while wall(zone, instant) < shown:
        instant += MINUTE
    return instant


def clock(day: date, text: str) -> datetime:
    """A time of the clock on a day; ``24:00`` is the next midnight."""
    hours, minutes = map(int, text.split(":"))
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)


def span(zone: str, day: date, hours: Hours) -> tuple[int, int]:
    """The instants between which a resource is there."""
    opens, closes = clock(day, hours.opens), clock(day, hours.closes)
    if closes <= opens:
        closes += timedelta(days=1)
    return first_instant(zone, opens), first_instant(zone, closes)


def counted(asking: Asking, holds: Sequence[Hold], day: date) -> list[tuple[int, Reason | None]]:
    """Every beginning of a day, and why it is not free."""
    return [
        (start, _reason(asking, holds, on, day, start, end)) for on, start, end in _beginnings(asking, day)
    ]


def counted_ends(asking: Asking, day: date) -> list[int]:
    """When what begins on a day ends."""
    return [end for _, _, end in _beginnings(asking, day)]


def _beginnings(asking: Asking, day: date) -> Iterator[tuple[date, int, int]]:
    """Whose hours, from when, until when."""
    midnight = first_instant(asking.zone, clock(day, "00:00"))
    following = first_instant(asking.zone, clock(day, "24:00"))
    for on in (day - timedelta(days=1), day):
        for start, end in _starts(asking, on):
            if midnight <= start < following:
                yield on, start, end


def _starts(asking: Asking, day: date) -> Iterator[tuple[int, int]]:
    template = asking.template
    for hours in _hours(asking, day):
        start, end = span(asking.zone, day, hours)
        if hours.closes <= hours.opens:
            following = day + timedelta(days=1)
            end = min([end, *(span(asking.zone, following, each)[0] for each in _hours(asking, following))])
        if template is AVAILABILITY:
            yield from _without_pauses(asking, day, start, end)
            continue
        while start + template.length * MINUTE <= end:
            yield start, start + template.length * MINUTE
            start += template.step * MINUTE


def _without_pauses(asking: Asking, day: date, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The minutes in which there is no break, those in a row as one."""
    pauses = _pauses(asking, day)
    open_since = None
    for minute in range(start, end + MINUTE, MINUTE):
        there = minute < end and not any(begin <= minute < finish for begin, finish in pauses)
        if there and open_since is None:
            open_since = minute
        elif not there and open_since is not None:
            yield open_since, minute
            open_since = None


def _pauses(asking: Asking, on: date) -> list[tuple[int, int]]:
    """The breaks around a day."""
    return [
        span(asking.zone, around, hours)
        for around in (on - timedelta(days=1), on, on + timedelta(days=1))
        for each in asking.resource.breaks
        if each.weekday == around.weekday()
        for hours in each.hours
    ]


def _hours(asking: Asking, day: date) -> Sequence[Hours]:
    for each in asking.resource.exceptions:
        if each.day == day and each.hours:
            return each.hours
    return [hours for each in asking.resource.week if each.weekday == day.weekday() for hours in each.hours]


def _reason(
    asking: Asking, holds: Sequence[Hold], on: date, day: date, start: int, end: int
) -> Reason | None:
    """The first reason in their order."""
    template, now = asking.template, asking.now.timestamp()
    live = [each for each in holds if each.counts(asking.now)]
    exception = [each for each in asking.resource.exceptions if each.day == on]
    today = wall(asking.zone, int(now)).date()
    pauses = _pauses(asking, on)
    tests: dict[Reason, Callable[[], bool]] = {
        Reason.PAST: lambda: start < now,
        Reason.NOTICE: lambda: start < now + template.notice * MINUTE,
        Reason.AHEAD: lambda: day > today + timedelta(days=template.ahead),
        Reason.HOLIDAY: lambda: (
            not exception and not asking.resource.open_on_holidays and asking.is_holiday(on)
        ),
        Reason.CLOSED: lambda: bool(exception) and not exception[0].hours,
        Reason.BREAK: lambda: any(
            begin <= minute < finish for minute in range(start, end, MINUTE) for begin, finish in pauses
        ),
        Reason.LIMIT: lambda: (
            template.per_day is not None
            and sum(each.kind == f"{template.id}/{day}" for each in live) >= template.per_day
        ),
        Reason.BUSY: lambda: _is_full(asking, live, start, end),
        Reason.BUFFER: lambda: _is_full(
            asking, live, start - template.prepare * MINUTE, end + template.clear_up * MINUTE
        ),
    }
    return next((reason for reason in Reason if tests[reason]()), None)


def _is_full(asking: Asking, holds: Sequence[Hold], start: int, end: int) -> bool:
    return any(
        sum(each.units for each in holds if each.starts_at.timestamp() <= minute < each.ends_at.timestamp())
        >= asking.resource.capacity
        for minute in range(start, end, MINUTE)
    )
