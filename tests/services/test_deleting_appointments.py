"""The staff delete appointments, and tell the customers that they do not take place."""

from __future__ import annotations

import pytest

from loyaltycore import InvalidInput, NotFound
from loyaltycore.booking import NoticeAbout
from loyaltycore.ports import to_json
from loyaltycore.templates import Channel
from tests.house import House, dump
from tests.services.test_booking_online import TEN, labels
from tests.services.test_notifying import AN_HOUR, MOBILE, booked, desk, queued, refused


@pytest.mark.every_engine
def test_a_deleted_appointment_is_gone(house: House) -> None:
    """F158: its customer can be told; its time is free, its link dead, its reminder gone, and a line says who did it."""
    appointment, erika = booked(house, MOBILE)
    appointments = desk(house)
    assert appointments.reminders("berlin").items
    appointments.delete(appointment.id, reason="booked twice", notify="sms")
    with pytest.raises(NotFound):
        appointments.get(appointment.id)
    ((_, sms),) = queued(house)
    assert sms.text.startswith("Ihr Termin am 19.01.2026 um 10:00 Uhr fällt leider aus.")
    assert "10:00" in labels(house.loyalty.planner("berlin"))
    assert appointments.reminders("berlin").items == ()
    feed = house.desk.activities.of_record("appointments", appointment.id)
    assert (feed[-1].action, feed[-1].comment, feed[-1].customer_id) == (
        "appointment.deleted",
        "booked twice",
        erika.id,
    )
    kept = to_json(feed[-1].changes)
    assert "2026-01-19" in kept
    assert "Mustermann" not in kept
    assert "+49170" not in kept


@pytest.mark.parametrize("state", ["requested", "confirmed", "moved", "cancelled"])
def test_a_deletion_offers_what_it_can_tell(memory_house: House, state: str) -> None:
    """F158: that it does not take place, whatever was to tell before; who has been told that already knows it."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    if state == "confirmed":
        appointments.confirm(appointment.id)
    elif state == "moved":
        appointments.move(appointment.id, TEN + AN_HOUR)
    elif state == "cancelled":
        appointments.cancel(appointment.id)
        appointments.notify(appointment.id, by="email")
    before = dump(memory_house.loyalty)
    offer = appointments.notice_offer(appointment.id, deleting=True)
    assert dump(memory_house.loyalty) == before
    knows = state == "cancelled"
    assert (offer.about, offer.told) == (NoticeAbout.CANCELLED, (Channel.EMAIL,) if knows else ())
    assert offer.ways == (() if knows else (Channel.SMS, Channel.EMAIL, Channel.PHONE))
    appointments.delete(appointment.id, notify="sms")
    assert "fällt leider aus" in queued(memory_house)[-1][1].text


def test_a_missed_appointment_is_deleted_without_a_word(memory_house: House) -> None:
    """Nothing is offered, and telling is refused."""
    appointment, _ = booked(memory_house, MOBILE)
    memory_house.clock.instant = TEN
    appointments = desk(memory_house)
    appointments.miss(appointment.id)
    offer = appointments.notice_offer(appointment.id, deleting=True)
    assert (offer.about, offer.why_not) == (None, "appointment.nothing_to_tell")
    code = refused(lambda: appointments.delete(appointment.id, notify="sms"))
    assert code == "appointment.nothing_to_tell"


def test_a_deletion_that_cannot_be_told_deletes_nothing(memory_house: House) -> None:
    """Without a customer, or by a way that does not lead there; without a notice it can be deleted."""
    appointment, _ = booked(memory_house, email="")
    appointments = desk(memory_house)
    state = dump(memory_house.loyalty)
    assert refused(lambda: appointments.delete(appointment.id, notify="email")) == "appointment.not_reachable"
    with pytest.raises(InvalidInput):
        appointments.delete(appointment.id, notify="pigeon")
    assert dump(memory_house.loyalty) == state
    appointments.delete(appointment.id)
    assert queued(memory_house) == []


def test_a_cancelled_appointment_can_be_deleted_too(memory_house: House) -> None:
    """What was told at its cancellation is not told again."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.cancel(appointment.id)
    appointments.notify(appointment.id, by="sms")
    appointments.delete(appointment.id, notify="sms")
    assert len(queued(memory_house)) == 1
