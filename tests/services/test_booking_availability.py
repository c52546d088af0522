"""Without a released kind of appointment customers book all the time for which a resource is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import NotFound, Refused
from loyaltycore.booking import AppointmentState, Reason, ReminderKind, hours_on
from tests.house import House
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan, token


@pytest.mark.every_engine
def test_without_a_released_kind_the_availability_is_booked(house: House) -> None:
    """F124: there is nothing to choose, an appointment takes all the time until a break, and nobody is reminded of it."""
    planner = plan(house)
    setup = house.desk.appointments.setup
    setup.save_template("consultation", online=False)
    setup.save_resource("room", branch_id="berlin", breaks=hours_on([0], "10:30-11:00"))
    assert planner.templates() == ()
    (day,) = planner.grid(MONDAY, 1)
    assert [(slot.label, slot.ends_at - slot.starts_at) for slot in day.slots] == [
        ("09:00", timedelta(minutes=90)),
        ("11:00", timedelta(hours=1)),
    ]
    nine, eleven = (slot.starts_at for slot in day.slots)
    held = planner.hold(nine)
    assert held is not None
    assert labels(planner) == ["x", "11:00"]
    booked = planner.book(nine, **ERIKA, held=held.token)
    assert (booked.ends_at - booked.starts_at, booked.type) == (timedelta(minutes=90), "")
    assert labels(planner) == ["x", "11:00"]
    house.desk.appointments.make("room", eleven + timedelta(minutes=30), minutes=15)
    assert labels(planner) == ["x", "x"]
    with pytest.raises(Refused) as caught:
        planner.book(nine + timedelta(minutes=15), **ERIKA)
    assert caught.value.facts["reason"] is Reason.CLOSED
    assert house.desk.appointments.reminders("berlin").items == ()
    assert planner.cancel(token(house)).state is AppointmentState.CANCELLED
    assert labels(planner) == ["09:00", "x"]
    (told,) = house.desk.appointments.reminders("berlin").items
    assert told.kind is ReminderKind.CANCELLED
    with pytest.raises(NotFound):
        planner.grid(MONDAY, template="consultation")


def test_the_availability_of_several_resources_is_offered_as_one(memory_house: House) -> None:
    """What begins at one moment takes as long as the resource that takes it is there."""
    planner = plan(memory_house)
    setup = memory_house.desk.appointments.setup
    setup.save_template("consultation", online=False)
    for key, hours in (("second", "09:00-10:00"), ("third", "10:00-12:00")):
        setup.save_resource(key, branch_id="berlin", name=key, week=hours_on(range(5), hours), online=True)
    nine = TEN - timedelta(hours=1)

    def shown() -> list[tuple[str, float]]:
        (day,) = planner.grid(MONDAY, 1)
        return [(slot.label, (slot.ends_at - slot.starts_at) / timedelta(hours=1)) for slot in day.slots]

    for hours, left in ((3, [("09:00", 1), ("10:00", 2)]), (1, [("x", 3), ("10:00", 2)])):
        booked = planner.book(nine, **ERIKA)
        assert (booked.ends_at - booked.starts_at) / timedelta(hours=1) == hours
        assert shown() == left


def test_nothing_to_book_is_said(memory_house: House) -> None:
    """It is never an empty list."""
    (day,) = memory_house.loyalty.planner("berlin").grid(MONDAY, 1)
    assert (day.slots, day.reason) == ((), Reason.CLOSED)
