"""Invitations as files: whatever they say, every calendar reads the same time and the same words."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from attrs import evolve
from hypothesis import example, given, settings, strategies as st

from loyaltycore.errors import MissingExtra
from loyaltycore.ports import Invitation, InvitationMethod
from loyaltycore_calendars import IcalendarInvitations
from tests.adapters.calendars.lines import event_in, instant_of, text_of, unfolded

NINE = datetime(2026, 7, 1, 9, tzinfo=UTC)
GOOD = Invitation(
    method=InvitationMethod.REQUEST,
    uid="appointment-1",
    sequence=0,
    starts_at=NINE,
    ends_at=NINE + timedelta(hours=1),
    time_zone="Europe/Berlin",
    summary="Hörtest, Optik Laden",
    location="Optik Laden, Hauptstraße 1, 10115 Berlin",
    description="",
    organizer="laden@example.org",
    organizer_name="Optik Laden",
    attendee="erika@example.org",
    attendee_name="Erika Mustermann",
    at=NINE - timedelta(days=3),
)
WRITER = IcalendarInvitations()
ZONES = sorted(
    zone for zone in available_timezones() if zone not in {"localtime", "Factory"} and "posix" not in zone
)
HOURS = st.integers(0, 24 * 366 * 12).map(
    lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)
TEXTS = st.text(max_size=60) | st.text(st.sampled_from(';,:"\\\n\r\t\x00\x85\u2028Nnä👓='), max_size=40)


def test_a_request_is_complete() -> None:
    """All that RFC 5546 asks of a request: who, whom, when, where, which, and the number of the change."""
    file = WRITER.write(GOOD)
    lines, event = unfolded(file), event_in(file)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:REQUEST"} < set(lines)
    assert event["UID"][1] == "appointment-1"
    assert event["SEQUENCE"][1] == "0"
    assert event["STATUS"][1] == "CONFIRMED"
    assert event["DTSTAMP"] == ("", "20260628T090000Z")
    assert event["DTSTART"] == (";TZID=Europe/Berlin", "20260701T110000")
    assert event["DTEND"] == (";TZID=Europe/Berlin", "20260701T120000")
    assert event["ORGANIZER"] == (';CN="Optik Laden"', "mailto:laden@example.org")
    assert event["ATTENDEE"][1] == "mailto:erika@example.org"
    assert "DESCRIPTION" not in event


def test_a_cancellation_names_the_same_appointment() -> None:
    """The method is in the file and the status in the event; the name of the appointment stays, its number has grown."""
    file = WRITER.write(evolve(GOOD, method=InvitationMethod.CANCEL, sequence=2))
    event = event_in(file)
    assert "METHOD:CANCEL" in unfolded(file)
    assert (event["STATUS"][1], event["UID"][1], event["SEQUENCE"][1]) == ("CANCELLED", "appointment-1", "2")


# Half past two is twice that night: once before and once after the clocks are put back.
@example(zone="Europe/Berlin", start=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), minutes=60)
@example(zone="Europe/Berlin", start=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), minutes=60)
@given(zone=st.sampled_from(ZONES), start=HOURS, minutes=st.integers(1, 60 * 30))
@settings(max_examples=100)
def test_every_calendar_reads_the_same_time(zone: str, start: datetime, minutes: int) -> None:
    """In every zone, also while clocks are changed: the file describes its zone, and another library reads our moment."""
    end = start + timedelta(minutes=minutes)
    file = WRITER.write(evolve(GOOD, time_zone=zone, starts_at=start, ends_at=end))
    assert (instant_of(file, "DTSTART"), instant_of(file, "DTEND")) == (start, end)


@given(summary=TEXTS, location=TEXTS, description=TEXTS, name=TEXTS)
@settings(max_examples=60)
def test_no_text_becomes_a_line(summary: str, location: str, description: str, name: str) -> None:
    """Whatever a shop or a customer is called, the file has the same properties, and each text comes back."""
    told = evolve(
        GOOD,
        summary=summary,
        location=location,
        description=description,
        attendee_name=name,
        organizer_name=name,
    )
    event = event_in(WRITER.write(told))
    expected = set(event_in(WRITER.write(GOOD))) - {"LOCATION"}
    assert expected <= set(event) <= expected | {"LOCATION", "DESCRIPTION"}
    assert text_of(event["SUMMARY"][1]) == as_read(" ".join(as_read(summary).split()))
    for given_text, prop in ((location, "LOCATION"), (description, "DESCRIPTION")):
        assert text_of(event.get(prop, ("", ""))[1]) == as_read(given_text)


def as_read(text: str) -> str:
    """The text without what no calendar can hold: controls and halves of characters are blanks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        " " if ord(each) in {*range(9), *range(11, 32), *range(127, 160)} else each for each in plain
    )


def test_the_same_invitation_is_the_same_file() -> None:
    """A mail that is sent again carries what it carried before."""
    assert WRITER.write(GOOD) == WRITER.write(evolve(GOOD)) == IcalendarInvitations().write(GOOD)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error is the command that installs it, at the start and not with the first mail."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(MissingExtra) as raised:
        IcalendarInvitations()
    assert 'pip install "loyaltycore[calendars]"' in str(raised.value)
