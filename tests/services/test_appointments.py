"""What the staff do with appointments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest

from loyaltycore import Address, InvalidInput, NotFound, Refused
from loyaltycore.booking import Appointment, AppointmentState, Hours, WeeklyHours, hours_on
from tests.house import THURSDAY, House, dump
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan, token

AN_HOUR: Final = timedelta(hours=1)


def booked(house: House) -> Appointment:
    """An appointment that a customer has asked for."""
    plan(house).book(TEN, **ERIKA)
    (found,) = house.desk.appointments.on("berlin", MONDAY)
    return found


@pytest.mark.every_engine
def test_an_appointment_is_given_to_a_customer(house: House) -> None:
    """To an existing one, or to one that is created with what the request says; and it is theirs from then on."""
    appointment = booked(house)
    request = appointment.request
    assert request is not None
    erika = house.desk.customers.create(
        first_name=request.first_name,
        last_name=request.last_name,
        email=request.email,
        phones=[request.phone],
    )
    assert house.desk.appointments.assign(appointment.id, erika.id).customer_id == erika.id
    assert house.desk.appointments.of_customer(erika.id).items[0].id == appointment.id
    assert house.desk.appointments.confirm(appointment.id).state is AppointmentState.CONFIRMED


@pytest.mark.every_engine
def test_a_customer_is_created_with_what_the_request_says(house: House) -> None:
    """Search and form begin with it; what the staff say goes before it; and the appointment is the customer's."""
    plan(house).book(TEN, **ERIKA, street="Lindenstraße 5", postal_code="10969", city="Berlin")
    (appointment,) = house.desk.appointments.on("berlin", MONDAY)
    assert house.desk.appointments.prefilled(appointment.id) == {
        "branch_id": "berlin",
        "first_name": "Erika",
        "last_name": "Mustermann",
        "email": "erika@example.org",
        "phones": ["+491701234567"],
        "addresses": [Address("Lindenstraße 5", "10969", "Berlin", "DE")],
    }
    erika = house.desk.appointments.create_customer(appointment.id, first_name="Erika Maria")
    assert (erika.first_name, erika.last_name, erika.mobile) == ("Erika Maria", "Mustermann", "+491701234567")
    assert house.desk.appointments.get(appointment.id).customer_id == erika.id
    assert house.desk.customers.get(erika.id) == erika
    assert erika.branch_id == "berlin"
    with pytest.raises(Refused) as caught:
        house.desk.appointments.create_customer(appointment.id)
    assert caught.value.code == "appointment.assigned"


@pytest.mark.every_engine
def test_a_move_is_one_step(house: House) -> None:
    """The old time is free, the new one taken, and a calendar can tell which word is the newer."""
    before = booked(house)
    after = house.desk.appointments.move(before.id, TEN + AN_HOUR)
    assert (after.starts_at, after.ends_at) == (TEN + AN_HOUR, TEN + 2 * AN_HOUR)
    assert (after.id, after.sequence) == (before.id, before.sequence + 1)
    assert labels(house.loyalty.planner("berlin")) == ["09:00", "09:30", "10:00", "x", "x"]


def test_a_move_to_a_taken_time_changes_nothing(memory_house: House) -> None:
    """It keeps its old time."""
    before = booked(memory_house)
    memory_house.desk.appointments.make("room", TEN + AN_HOUR, minutes=30)
    state = dump(memory_house.loyalty)
    with pytest.raises(Refused) as caught:
        memory_house.desk.appointments.move(before.id, TEN + AN_HOUR / 2)
    assert caught.value.code == "appointment.clash"
    assert dump(memory_house.loyalty) == state


def test_an_appointment_is_not_in_its_own_way(memory_house: House) -> None:
    """It may move by half its length; and where it stands already, nothing happens."""
    before = booked(memory_house)
    assert memory_house.desk.appointments.move(before.id, TEN).sequence == 0
    assert memory_house.desk.appointments.move(before.id, TEN + AN_HOUR / 2).sequence == 1


@pytest.mark.every_engine
def test_a_move_to_another_resource_leaves_the_first_one(house: House) -> None:
    """Of the same branch, and not of another."""
    before = booked(house)
    setup = house.desk.appointments.setup
    setup.save_resource("second", branch_id="berlin", name="Second", week=hours_on(range(5), "09:00-12:00"))
    house.loyalty.session("admin").branches.create("bonn", name="Optik Bonn")
    setup.save_resource("far", branch_id="bonn", name="Far")
    assert house.desk.appointments.move(before.id, TEN, resource_id="second").resource_id == "second"
    assert "10:00" in labels(house.loyalty.planner("berlin"))
    with pytest.raises(Refused) as caught:
        house.desk.appointments.move(before.id, TEN, resource_id="far")
    assert caught.value.code == "resource.elsewhere"


def test_what_was_cancelled_stays_cancelled(memory_house: House) -> None:
    """It can neither be confirmed nor moved, cancelled again or missed; and who ended it, when and why is known."""
    appointments = memory_house.desk.appointments
    cancelled = appointments.cancel(booked(memory_house).id, reason="ill")
    assert (cancelled.ended_by, cancelled.end_reason) == ("anna", "ill")
    for act in (
        lambda: appointments.confirm(cancelled.id),
        lambda: appointments.move(cancelled.id, TEN + AN_HOUR),
        lambda: appointments.cancel(cancelled.id),
        lambda: appointments.miss(cancelled.id),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.code == "appointment.over"


def test_nobody_misses_what_has_not_begun(memory_house: House) -> None:
    """From its beginning on it can be marked as missed."""
    appointment = booked(memory_house)
    with pytest.raises(Refused) as caught:
        memory_house.desk.appointments.miss(appointment.id)
    assert caught.value.code == "appointment.not_begun"
    link = token(memory_house)
    memory_house.clock.instant = TEN
    assert memory_house.desk.appointments.miss(appointment.id).state is AppointmentState.NO_SHOW
    planner = memory_house.loyalty.planner("berlin")
    assert planner.show(link).state is AppointmentState.NO_SHOW
    with pytest.raises(Refused) as caught:
        planner.cancel(link)
    assert caught.value.code == "appointment.over"


def test_the_staff_are_bound_by_no_hours(memory_house: House) -> None:
    """Only by what is taken; what ends where another begins is not in the way."""
    booked(memory_house)
    appointments = memory_house.desk.appointments
    assert appointments.make("room", TEN.replace(hour=20), minutes=30)
    assert appointments.make("room", TEN - AN_HOUR / 2, minutes=30)
    with pytest.raises(Refused):
        appointments.make("room", TEN - AN_HOUR / 4, minutes=30)


def test_a_group_takes_as_many_as_the_room_holds(memory_house: House) -> None:
    """And not one more."""
    planner = plan(memory_house)
    memory_house.desk.appointments.setup.save_resource("room", branch_id="berlin", capacity=3)
    for _ in range(3):
        assert "10:00" in labels(planner)
        planner.book(TEN, **ERIKA)
    assert "10:00" not in labels(planner)


def test_reminders_are_done_once(memory_house: House) -> None:
    """The first who deals with one is remembered."""
    booked(memory_house)
    (reminder,) = memory_house.desk.appointments.reminders("berlin").items
    first = memory_house.desk.appointments.reminder_done(reminder.id)
    assert (first.done_by, first.done_at) == ("anna", THURSDAY)
    again = memory_house.loyalty.session("ben").appointments.reminder_done(reminder.id)
    assert again == first
    assert memory_house.desk.appointments.reminders("berlin").items == ()


def test_contradictions_are_refused_when_saved(memory_house: House) -> None:
    """More notice than may be booked ahead, hours that meet, and what is no time at all: all named at once."""
    setup = memory_house.desk.appointments.setup
    with pytest.raises(InvalidInput) as caught:
        setup.save_template("test", name="Test", length=30, notice=5 * 24 * 60, ahead=2)
    assert [fault.code for fault in caught.value.faults] == ["contradiction"]
    with pytest.raises(InvalidInput) as caught:
        setup.save_resource(
            "room",
            branch_id="berlin",
            name="",
            capacity=0,
            week=[
                *hours_on([0], "22:00-02:00"),
                WeeklyHours(1, (Hours("01:00", "03:00"), Hours("25:00", "26:00"))),
                "Mo 9-12",
            ],
        )
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("name", "required"),
        ("capacity", "out_of_range"),
        ("week", "overlap"),
        ("week[1].hours[1].opens", "bad_clock"),
        ("week[1].hours[1].closes", "bad_clock"),
        ("week[2]", "wrong_type"),
    }
    with pytest.raises(InvalidInput) as caught:
        hours_on([0], "09:00-12:00", "9-12", "garbage")
    assert [fault.field for fault in caught.value.faults] == ["spans[1]", "spans[2]"]


def test_saving_again_changes_the_given_fields_alone(memory_house: House) -> None:
    """And nothing at all if nothing differs."""
    setup = memory_house.desk.appointments.setup
    setup.save_template("test", name="Test", length=30, notice=60)
    assert setup.save_template("test", length=45).notice == 60
    before = dump(memory_house.loyalty)
    setup.save_template("test", length=45)
    assert dump(memory_house.loyalty) == before
    with pytest.raises(NotFound):
        setup.save_resource("room", branch_id="nowhere", name="Room")


def test_a_day_is_a_day_of_the_branch(memory_house: House) -> None:
    """What begins at half past midnight belongs to the day on which the clock says so."""
    plan(memory_house)
    early = memory_house.desk.appointments.make("room", TEN.replace(day=18, hour=23, minute=30), minutes=30)
    assert memory_house.desk.appointments.on("berlin", MONDAY) == (early,)
    assert memory_house.desk.appointments.on("berlin", date(2026, 1, 18)) == ()
