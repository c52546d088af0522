"""Events and calendars of the library `icalendar`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

PRODUCT: Final = "-//loyaltycore//appointments//EN"

_AROUND: Final = timedelta(days=366)
_UTC: Final = "UTC"


class _Text(vText):
    """A text with its marks set here: the library takes a backslash before an N for a line end."""

    def to_ical(self) -> bytes:
        """The text as RFC 5545, 3.3.11, has it."""
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()


def event_of(
    *,
    uid: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    summary: str,
    at: datetime,
    sequence: int,
    status: str,
    texts: Mapping[str, str],
    people: Iterable[tuple[str, str, str]] = (),
) -> Event:
    """An event at the time of a zone.

    Args:
        texts: By the name of the property; empty ones are left out.
        people: The name of the property, an address and a name.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", at.astimezone(UTC))
    _add_time(event, "dtstart", starts_at, time_zone)
    _add_time(event, "dtend", ends_at, time_zone)
    event.add("sequence", sequence)
    event.add("status", status)
    event.add("summary", _Text(one_line(summary)))
    for name, text in texts.items():
        if text:
            event.add(name, _Text(printable(text)))
    for role, address, called in people:
        event.add(role, _person(role, address, called))
    return event


def calendar_of(events: Sequence[Event], time_zone: str, *, method: str = "", name: str = "") -> bytes:
    """A calendar with its time zone; the same events give the same octets."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", _Text(one_line(name)))
    if time_zone != _UTC and events:
        calendar.add_component(_zone(time_zone, events))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def one_line(text: str) -> str:
    """A text without line ends, control characters and halves of characters."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """A text that every reader can take: RFC 5545 allows no control characters but tabs and line ends."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each if _may_stand(each) else " " for each in plain)


def _may_stand(character: str) -> bool:
    return character in "\n\t" or (
        character >= " " and not "\x7f" <= character <= "\x9f" and not "\ud800" <= character <= "\udfff"
    )


def _add_time(event: Event, name: str, instant: datetime, time_zone: str) -> None:
    """Add a time as the clocks show it; where they show it twice, in UTC, which is never in doubt."""
    zone = ZoneInfo(time_zone)
    local = instant.astimezone(zone)
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    event.add(name, instant.astimezone(UTC) if is_twice or time_zone == _UTC else local)


def _zone(time_zone: str, events: Iterable[Event]) -> Timezone:
    """What the clocks do from a year before the events to a year after them.

    Left to itself, the library describes a zone until 2038, in dozens of lines for each mail.
    """
    dated: Iterable[Any] = events
    times = [event[name].dt for event in dated for name in ("dtstart", "dtend")]
    zone = Timezone.from_tzid(
        time_zone, first_date=_day(min(times) - _AROUND), last_date=_day(max(times) + _AROUND)
    )
    zone.pop("comment", None)
    return zone


def _day(instant: Any) -> date:
    return date(instant.year, instant.month, 1)


def _person(role: str, address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{one_line(address)}")
    # A name in quotes cannot hold any (RFC 5545, 3.2).
    called = one_line(name).replace('"', "'")
    if called:
        person.params["CN"] = vText(called)
    if role == "attendee":
        person.params["ROLE"] = vText("REQ-PARTICIPANT")
        person.params["PARTSTAT"] = vText("ACCEPTED")
        person.params["RSVP"] = vText("FALSE")
    return person
