"""When somebody's calendar says that they are busy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
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
    from loyaltycore_calendars.expanding import busy_times  # noqa: PLC0415  it loads icalendar, which comes with the extra

    with Faults() as faults:
        _check(faults, file, since, until, time_zone)
    try:
        return joined(busy_times(file, since.astimezone(UTC), until.astimezone(UTC), ZoneInfo(time_zone)))
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
