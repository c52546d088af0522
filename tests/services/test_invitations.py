"""Mails about appointments tell calendars, too: one name for each appointment, and a number that grows."""

from __future__ import annotations

import pytest

from loyaltycore.memory import MemoryMailer, MemoryStorage
from loyaltycore_calendars import IcalendarInvitations
from tests.adapters.calendars.lines import event_in, instant_of, unfolded
from tests.house import House, build_house
from tests.services.test_booking_online import ERIKA, TEN, plan
from tests.services.test_notifying import AN_HOUR, booked, desk


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer()


@pytest.fixture
def shop(mailer: MemoryMailer) -> House:
    """A shop whose mails go to a mailer in memory, with files for calendars."""
    return build_house(MemoryStorage(), mailer=mailer, invitations=IcalendarInvitations())


def files(mailer: MemoryMailer) -> list[bytes]:
    """The files for calendars, in the order of the mails."""
    return [each.content for mail in mailer.sent for each in mail.attachments if each.name == "invite.ics"]


def test_a_booking_is_an_entry(shop: House, mailer: MemoryMailer) -> None:
    """Whoever has booked online can enter the appointment with one touch: when, where, and whose it is."""
    plan(shop).book(TEN, **ERIKA)
    shop.loyalty.deliver()
    (mail,) = mailer.sent
    (attachment,) = mail.attachments
    assert attachment.media_type == "text/calendar; method=REQUEST; charset=utf-8"
    assert mail.invitation is None
    event = event_in(attachment.content)
    assert "METHOD:REQUEST" in unfolded(attachment.content)
    assert instant_of(attachment.content, "DTSTART") == TEN
    assert event["ATTENDEE"][1] == f"mailto:{mail.to[0]}"
    assert event["ORGANIZER"][1] == f"mailto:{mail.reply_to}"
    assert event["SEQUENCE"][1] == "0"


def test_a_calendar_follows_every_change(shop: House, mailer: MemoryMailer) -> None:
    """Confirmed, moved twice and cancelled is one appointment for a calendar, with a number that grows each time."""
    appointment, _ = booked(shop, email="erika@example.org")
    appointments = desk(shop)
    shop.loyalty.deliver()
    changes = (
        lambda: appointments.confirm(appointment.id),
        lambda: appointments.move(appointment.id, TEN + AN_HOUR),
        lambda: appointments.move(appointment.id, TEN + 2 * AN_HOUR),
        lambda: appointments.cancel(appointment.id),
    )
    for change in changes:
        change()
        appointments.notify(appointment.id, by="email")
        shop.loyalty.deliver()
    found = files(mailer)
    events = [event_in(file) for file in found]
    assert len({event["UID"][1] for event in events}) == 1
    assert [int(event["SEQUENCE"][1]) for event in events] == [0, 0, 1, 2, 3]
    assert [instant_of(file, "DTSTART") - TEN for file in found[1:4]] == [0 * AN_HOUR, AN_HOUR, 2 * AN_HOUR]
    assert [event["STATUS"][1] for event in events] == ["CONFIRMED"] * 4 + ["CANCELLED"]
    assert "METHOD:CANCEL" in unfolded(found[-1])


def test_a_house_without_such_files_sends_its_mails(mailer: MemoryMailer) -> None:
    """Nobody has to write files for calendars: the mail leaves without one."""
    house = build_house(MemoryStorage(), mailer=mailer)
    plan(house).book(TEN, **ERIKA)
    assert house.loyalty.deliver().done
    (mail,) = mailer.sent
    assert (mail.attachments, mail.invitation) == ((), None)
