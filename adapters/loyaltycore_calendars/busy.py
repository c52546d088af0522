"""When somebody's calendar says that they are busy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.occupancy import BusyTime, joined
from loyaltycore.kernel.places import read_time_zone
from loyaltycore.kernel.validation import Faults
from loyaltycore_calendars.invitations import require_library

MOST_BYTES: Final = 4_000_000
LONGEST_SPAN: Final = timedelta(days=400)


def read_busy(file: bytes, since: datetime, until: datetime, time_zone: str) -> tuple[BusyTime, ...]:
    """Read a calendar and say when it is not free, in order and without overlaps.

    Events that repeat are expanded, with what was moved and left out. What is cancelled or marked as free
    (``TRANSP:TRANSPARENT``) does not count.

    Args:
        file: One or more calendars of RFC 5545, at most 4 MB.
        since: Aware.
        until: Aware, at most 400 days later.
        time_zone: IANA name: for whole days, and for times that name no zone.

    Returns:
        Stretches in UTC, cut at `since` and `until`.

    Raises:
        InvalidInput: Names every fault of every argument: ``bad_calendar`` if the file cannot be read.
        MissingExtra: The extra ``calendars`` is not installed.
    """
    require_library()
    with Faults() as faults:
        _check(faults, file, since, until, time_zone)
    try:
        return joined(_found(file, since.astimezone(UTC), until.astimezone(UTC), ZoneInfo(time_zone)))
    except InvalidInput:
        raise
    except Exception as error:  # what a stranger's file makes a parser do has no end
        raise InvalidInput([Fault("file", "bad_calendar", "cannot be read as a calendar")]) from error


def _check(faults: Faults, file: bytes, since: datetime, until: datetime, time_zone: str) -> None:
    if not isinstance(file, bytes):
        faults.note("file", "wrong_type", "must be bytes")
    elif len(file) > MOST_BYTES:
        faults.note("file", "too_long", f"is longer than {MOST_BYTES:,} bytes")
    first, last = faults.instant("since", since), faults.instant("until", until)
    if first is not None and last is not None and not timedelta(0) < last - first <= LONGEST_SPAN:
        faults.note("until", "out_of_range", f"must be after `since`, by at most {LONGEST_SPAN.days} days")
    read_time_zone(faults, "time_zone", time_zone)


def _found(file: bytes, since: datetime, until: datetime, zone: ZoneInfo) -> list[BusyTime]:
    import icalendar  # noqa: PLC0415  comes with the extra
    import recurring_ical_events  # noqa: PLC0415  comes with the extra

    from loyaltycore_calendars.bounds import require_few  # noqa: PLC0415  it loads what comes with the extra

    calendars = icalendar.Calendar.from_ical(file, multiple=True)
    if not calendars:
        raise InvalidInput([Fault("file", "bad_calendar", "holds no calendar")])
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    require_few(events, since, until)
    found: list[BusyTime] = []
    for calendar in calendars:
        for event in recurring_ical_events.of(calendar).between(since, until):
            start, end = _instant(event.start, zone), _instant(event.end, zone)
            if _is_busy(event) and start < end and start < until and end > since:
                found.append(BusyTime(max(start, since), min(end, until)))
    return found


def _is_busy(event: Any) -> bool:
    said = {name: str(event.get(name, "")).upper() for name in ("status", "transp")}
    return said["status"] != "CANCELLED" and said["transp"] != "TRANSPARENT"


def _instant(value: date, zone: ZoneInfo) -> datetime:
    """A moment in UTC: a day begins at midnight of the zone, and so does a time without one."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
