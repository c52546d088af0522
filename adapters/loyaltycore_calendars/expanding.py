"""The events of a calendar, each as often as it repeats."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.occupancy import BusyTime
from loyaltycore_calendars.bounds import require_few


def busy_times(file: bytes, since: datetime, until: datetime, zone: ZoneInfo) -> list[BusyTime]:
    """What the events of a file take of a span, one by one."""
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
