"""From the clock on a wall to instants, on days when the clocks change, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after a date at a place: a last day is over then.

    Args:
        zone: IANA name.
    """
    return start_of_day(day + timedelta(days=1), zone)


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a date at a place.

    Args:
        zone: IANA name.
    """
    return datetime.fromtimestamp(first_instant(ZoneInfo(zone), datetime.combine(day, time())), UTC)


def first_instant(zone: ZoneInfo, wall: datetime) -> int:
    """The first instant at which a clock shows a time or a later one, in seconds since 1970."""
    first, second = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first <= second:
        return first
    # There is no such time: the clock jumps over it somewhere between these two instants.
    low, high = second, first
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wall:
            low = middle + 1
        else:
            high = middle
    return low
