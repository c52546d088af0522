"""A feed that calendars subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from loyaltycore_calendars.invitations import require_library


@frozen(kw_only=True)
class FeedEntry:
    """One appointment in a feed."""

    uid: str
    """Names the entry; the same in every version of the feed."""
    starts_at: datetime
    ends_at: datetime
    summary: str
    """What everybody sees who has the address of the feed: leave names out."""
    at: datetime
    """When it was last changed."""
    sequence: int = 0
    description: str = ""


def write_feed(name: str, entries: Iterable[FeedEntry], time_zone: str) -> bytes:
    """The feed as a file in UTF-8; the same entries give the same file, in whatever order they come.

    Serve it as ``text/calendar; charset=utf-8`` at an address that nobody can guess.

    Args:
        name: What calendars call it.
        entries: Those that take place.
        time_zone: IANA name: where the clocks show the times.

    Raises:
        MissingExtra: The extra ``calendars`` is not installed.
    """
    require_library()
    from loyaltycore_calendars.writing import calendar_of, event_of  # noqa: PLC0415  it loads icalendar, which comes with the extra

    ordered = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    events = [
        event_of(
            uid=entry.uid,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            time_zone=time_zone,
            summary=entry.summary,
            at=entry.at,
            sequence=entry.sequence,
            status="CONFIRMED",
            texts={"description": entry.description},
        )
        for entry in ordered
    ]
    return calendar_of(events, time_zone, name=name)
