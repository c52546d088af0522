"""A resource is busy elsewhere, as another calendar says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from loyaltycore import NotFound, Refused
from loyaltycore.booking import BusyTime, Reason
from loyaltycore_calendars import FeedEntry, read_busy, write_feed
from tests.house import House, dump
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan

AN_HOUR: Final = timedelta(hours=1)
SINCE: Final = TEN - timedelta(days=7)
UNTIL: Final = TEN + timedelta(days=7)


def block(house: House, *times: BusyTime, resource: str = "room", **facts: Any) -> Any:
    """Say when the room is busy in these two weeks."""
    given = {"since": SINCE, "until": UNTIL, **facts}
    return house.desk.appointments.setup.block(resource, times, **given)


@pytest.mark.every_engine
def test_a_busy_time_cannot_be_booked(house: House) -> None:
    """It is shown as taken, refused to customers and to the staff, and free again when the calendar says so."""
    planner = plan(house)
    free = labels(planner)
    block(house, BusyTime(TEN, TEN + AN_HOUR))
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]
    (day,) = planner.grid(MONDAY, 1)
    assert {slot.reason for slot in day.slots if slot.label == "x"} == {Reason.BUSY}
    with pytest.raises(Refused) as caught:
        planner.book(TEN, **ERIKA)
    assert caught.value.code == "booking.slot_taken"
    with pytest.raises(Refused) as caught:
        house.desk.appointments.make("room", TEN + AN_HOUR / 2, minutes=60)
    assert caught.value.code == "appointment.clash"
    assert (caught.value.facts["appointments"], caught.value.facts["blocked_by"]) == ((), ("calendar",))
    house.desk.appointments.make("room", TEN + AN_HOUR, minutes=60)
    block(house)
    assert labels(planner) == [*free[:3], "x", "x"]


def test_a_busy_time_takes_the_whole_resource(memory_house: House) -> None:
    """Whatever it has room for, also after that has changed."""
    planner = plan(memory_house)
    setup = memory_house.desk.appointments.setup
    setup.save_resource("room", branch_id="berlin", capacity=3)
    block(memory_house, BusyTime(TEN, TEN + AN_HOUR))
    setup.save_resource("room", branch_id="berlin", capacity=1000)
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]


def test_an_appointment_stays_that_was_there_before(memory_house: House) -> None:
    """A person has to look at it; it can be moved away and cancelled, and its place is not free then."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    (appointment,) = memory_house.desk.appointments.on("berlin", MONDAY)
    block(memory_house, BusyTime(TEN, TEN + AN_HOUR))
    assert memory_house.desk.appointments.get(appointment.id).is_open
    memory_house.desk.appointments.move(appointment.id, TEN + AN_HOUR)
    assert labels(planner) == ["09:00", "x", "x", "x", "x"]
    memory_house.desk.appointments.cancel(appointment.id)
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]


def test_each_calendar_speaks_for_itself(memory_house: House) -> None:
    """And only of its own resource, which is free when all of them say so."""
    planner = plan(memory_house)
    block(memory_house, BusyTime(TEN, TEN + AN_HOUR), source="anna")
    block(memory_house, BusyTime(TEN + AN_HOUR / 2, TEN + AN_HOUR), source="ben")
    block(memory_house, source="anna")
    assert labels(planner) == ["09:00", "09:30", "x", "x", "11:00"]
    state = dump(memory_house.loyalty)
    block(memory_house, source="anna")
    assert dump(memory_house.loyalty) == state
    with pytest.raises(NotFound):
        block(memory_house, resource="nowhere")


def test_a_feed_keeps_its_owner_free(memory_house: House) -> None:
    """What `read_busy` reads can be given as it is; the activities say who did it."""
    planner = plan(memory_house)
    entry = FeedEntry(uid="1", starts_at=TEN, ends_at=TEN + AN_HOUR, summary="x", at=SINCE)
    feed = write_feed("Anna", [entry], "Europe/Berlin")
    block(memory_house, *read_busy(feed, SINCE, UNTIL, "Europe/Berlin"))
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]
    (line,) = [
        each
        for each in memory_house.desk.activities.of_record("resources", "room")
        if each.action == "resource.blocked"
    ]
    assert (line.actor, line.comment) == ("anna", "calendar")
