"""Feeds that calendars subscribe to, and the times at which somebody's calendar is busy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore_calendars import BusyTime, FeedEntry, read_busy, write_feed

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=BERLIN)
MONTHS = st.integers(0, 24 * 60 * 4).map(lambda quarter: MONDAY + timedelta(minutes=15 * quarter))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A time by the clocks of Berlin."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def calendar(*events: str) -> bytes:
    """A file with these lines as events."""
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def event(*lines: str) -> str:
    return "\r\n".join(("DTSTAMP:20260101T000000Z", *lines))


def busy(file: bytes, days: int = 60) -> list[tuple[datetime, datetime]]:
    """The stretches of two months."""
    found = read_busy(file, MONDAY, MONDAY + timedelta(days=days), "Europe/Berlin")
    return [(each.starts_at, each.ends_at) for each in found]


def test_an_event_is_a_busy_time() -> None:
    """By the clocks that it names, in UTC, or by those of the shop where it names none."""
    told = [
        event("DTSTART;TZID=Europe/Berlin:20260303T100000", "DTEND;TZID=Europe/Berlin:20260303T110000"),
        event("DTSTART:20260304T090000Z", "DTEND:20260304T100000Z"),
        event("DTSTART:20260305T100000", "DURATION:PT1H"),
    ]
    assert busy(calendar(*told)) == [(at(day, 10), at(day, 11)) for day in (3, 4, 5)]


def test_a_repeated_event_keeps_its_hour() -> None:
    """Every week at ten by the clocks, also after they were changed on 29 March; one was left out and one moved."""
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20260303T100000",
        "DTEND;TZID=Europe/Berlin:20260303T110000",
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "EXDATE;TZID=Europe/Berlin:20260310T100000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260317T100000",
        "DTSTART;TZID=Europe/Berlin:20260318T140000",
        "DTEND;TZID=Europe/Berlin:20260318T150000",
    )
    file = calendar(weekly, moved).replace(b"UID:1", b"UID:0")
    assert busy(file) == [
        (at(3, 10), at(3, 11)),
        (at(18, 14), at(18, 15)),
        (at(24, 10), at(24, 11)),
        (at(31, 10), at(31, 11)),
        (at(7, 10, month=4), at(7, 11, month=4)),
    ]


def test_a_whole_day_is_busy_from_midnight_to_midnight() -> None:
    """A day is that of the shop, 23 hours on the day when the clocks are put forward."""
    holiday = event("DTSTART;VALUE=DATE:20260329", "DTEND;VALUE=DATE:20260330")
    (found,) = busy(calendar(holiday))
    assert found == (at(29, 0), at(30, 0))
    assert found[1].astimezone(UTC) - found[0].astimezone(UTC) == timedelta(hours=23)


def test_what_is_cancelled_or_free_does_not_count() -> None:
    """A cancelled event, and one that is marked as free, take no time."""
    times = ("DTSTART:20260304T090000Z", "DTEND:20260304T100000Z")
    assert busy(calendar(event(*times, "STATUS:CANCELLED"), event(*times, "TRANSP:TRANSPARENT"))) == []
    assert len(busy(calendar(event(*times, "STATUS:TENTATIVE"), event(*times, "TRANSP:OPAQUE")))) == 1


@given(st.lists(st.tuples(MONTHS, st.integers(1, 200)), max_size=12))
@settings(max_examples=60)
def test_a_feed_says_when_somebody_is_busy(spans: list[tuple[datetime, int]]) -> None:
    """Read back, a feed has the moments of its entries and no others, in order, none twice, in whatever order they came."""
    entries = [
        FeedEntry(
            uid=f"a-{number}",
            starts_at=start,
            ends_at=start.astimezone(UTC) + timedelta(minutes=15 * quarters),
            summary="taken",
            at=MONDAY,
        )
        for number, (start, quarters) in enumerate(spans)
    ]
    file = write_feed("Kabine 1", entries, "Europe/Berlin")
    assert file == write_feed("Kabine 1", reversed(entries), "Europe/Berlin")
    since, until = MONDAY + timedelta(days=1), MONDAY + timedelta(days=50)
    found = read_busy(file, since, until, "Europe/Berlin")
    taken = {
        moment
        for entry in entries
        for moment in _quarters(entry.starts_at, entry.ends_at)
        if since <= moment < until
    }
    assert {moment for each in found for moment in _quarters(each.starts_at, each.ends_at)} == taken
    assert all(one.ends_at < other.starts_at for one, other in pairwise(found))


def _quarters(start: datetime, end: datetime) -> set[datetime]:
    first = start.astimezone(UTC)
    return {
        first + n * timedelta(minutes=15)
        for n in range(int((end.astimezone(UTC) - first) / timedelta(minutes=15)))
    }


def test_an_empty_feed_is_a_calendar() -> None:
    """Nothing is taken where there is nothing."""
    assert (
        read_busy(write_feed("Kabine 1", [], "Europe/Berlin"), MONDAY, MONDAY + timedelta(days=9), "UTC")
        == ()
    )


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"file": "text"}, ("file",)),
        ({"file": b"x" * 4_000_001}, ("file",)),
        ({"file": b"no calendar"}, ("file",)),
        ({"file": b""}, ("file",)),
        ({"file": calendar(event("DTSTART:yesterday"))}, ("file",)),
        ({"since": datetime(2026, 1, 1)}, ("since",)),  # noqa: DTZ001  that is what is refused
        ({"since": date(2026, 1, 1)}, ("since",)),
        ({"until": MONDAY}, ("until",)),
        ({"until": MONDAY + timedelta(days=401)}, ("until",)),
        ({"time_zone": "Europe/Nowhere"}, ("time_zone",)),
        ({"time_zone": "../etc/passwd", "file": None}, ("file", "time_zone")),
    ],
)
def test_what_cannot_be_read_is_refused(change: dict[str, object], fields: tuple[str, ...]) -> None:
    """One error names every argument that is wrong."""
    given_right = {
        "file": calendar(),
        "since": MONDAY,
        "until": MONDAY + timedelta(days=30),
        "time_zone": "UTC",
    }
    with pytest.raises(InvalidInput) as raised:
        read_busy(**{**given_right, **change})
    assert raised.value.fields == fields


def refused(file: bytes) -> list[str]:
    """The codes with which a file is refused, which takes no longer than a moment."""
    began = monotonic()
    with pytest.raises(InvalidInput) as raised:
        read_busy(file, MONDAY, MONDAY + timedelta(days=400), "UTC")
    assert monotonic() - began < 10
    return [fault.code for fault in raised.value.faults]


def repeated(rule: str, since: str = "20260101", *lines: str) -> str:
    """An event of a second that repeats."""
    return event(f"DTSTART:{since}T000000Z", "DURATION:PT1S", f"RRULE:{rule}", *lines)


@pytest.mark.parametrize(
    "told",
    [
        [repeated("FREQ=SECONDLY")],
        [repeated("FREQ=MINUTELY;INTERVAL=1")],
        [repeated("FREQ=DAILY;INTERVAL=0")],
        [repeated(f"FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))};BYHOUR=1,2")],
        [repeated("FREQ=HOURLY;BYMINUTE=0,30")],
        [repeated("FREQ=HOURLY", "00010101")],
        [repeated("FREQ=DAILY", "00010101")],
        [repeated("FREQ=WEEKLY;BYDAY=MO", "00010101"), *[repeated("FREQ=WEEKLY;BYDAY=TU", "00020101")] * 9],
        [repeated("FREQ=DAILY")] * 26,
        [repeated("FREQ=DAILY", "19000101")] * 20,
        [repeated(f"FREQ=YEARLY;BYYEARDAY={','.join(['1'] * 401)}")],
        [repeated("FREQ=YEARLY", "20260101", "RDATE:" + ",".join(["20260101T000000Z"] * 10_001))],
    ],
    ids=lambda told: f"{len(told)} {told[0].partition('RRULE')[2][:50]}",
)
def test_what_means_too_much_is_refused_at_once(told: list[str]) -> None:
    """A file of a few lines can mean millions of events: it is refused before it is expanded, all its events together."""
    assert refused(calendar(*told)) == ["too_many"]


def test_the_events_of_all_calendars_of_a_file_count() -> None:
    """Not those of each one."""
    file = calendar(*[repeated("FREQ=DAILY")] * 13)
    assert read_busy(file, MONDAY, MONDAY + timedelta(days=400), "UTC")
    assert refused(file * 2) == ["too_many"]


def test_what_was_moved_is_not_looked_for_without_end() -> None:
    """Each moved event with exceptions of its own is looked for in the whole series."""
    moved = event("RECURRENCE-ID:20260101T000000Z", "DTSTART:20260101T000000Z", "EXDATE:20260101T000000Z")
    series = repeated("FREQ=DAILY", "20000101", "SEQUENCE:1")
    file = re.sub(rb"UID:[0-9]+", b"UID:0", calendar(series, *[moved] * 1000))
    assert refused(file) == ["too_many"]


@pytest.mark.parametrize("often", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"])
@pytest.mark.parametrize("more", ["", ";COUNT=3", ";UNTIL=20270101T000000Z"])
def test_a_rule_that_never_comes_true_is_refused_at_once(often: str, more: str) -> None:
    """It would be looked through to the last year that there is."""
    assert refused(calendar(repeated(f"FREQ={often};BYMONTH=2;BYMONTHDAY=30{more}"))) == ["bad_calendar"]


@pytest.mark.parametrize(
    ("rule", "since", "count"),
    [
        ("FREQ=DAILY", "19000101", 400),
        ("FREQ=DAILY;COUNT=3", "00010101", 0),
        ("FREQ=DAILY;UNTIL=20260304T000000Z", "19000101", 3),
        ("FREQ=HOURLY", "20260101", 9599),
        ("FREQ=HOURLY;INTERVAL=6", "20260101", 1600),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "20200101", 8),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20200101", 13),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "20160101", 0),
        ("FREQ=YEARLY", "16040310", 2),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "20260302", 29),
    ],
)
def test_what_people_enter_is_read(rule: str, since: str, count: int) -> None:
    """However long ago it began, and however seldom it is."""
    file = calendar(repeated(rule, since))
    assert len(read_busy(file, MONDAY, MONDAY + timedelta(days=400), "UTC")) == count


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    """Whatever a stranger's file holds, there is a calendar in it or a typed error."""
    try:
        found = read_busy(octets, MONDAY, MONDAY + timedelta(days=9), "UTC")
    except InvalidInput:
        return
    assert all(isinstance(each, BusyTime) for each in found)
