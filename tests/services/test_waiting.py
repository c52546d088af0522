"""The waiting list: a time that gets free is announced to the staff, who see whom it would suit, and decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.booking import (
    Appointment,
    AppointmentTemplate,
    Reminder,
    ReminderKind,
    Resource,
    WaitingEntry,
)
from loyaltycore.booking.rules.appointment import AppointmentState
from loyaltycore.booking.rules.waiting import FreedTime, freed_by, suits
from tests.house import SHOP, House, dump
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, plan, token

SOMEBODY = {"name": "Max Muster", "contact": "030 1234567"}
WEEK = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


def wait(house: House, **given: Any) -> WaitingEntry:
    """Somebody waits for any time of the week."""
    return house.desk.appointments.waiting.add("berlin", **{**WEEK, **SOMEBODY, **given})


def freed(house: House) -> list[Reminder]:
    """The reminders of times that got free, latest first."""
    found = house.desk.appointments.reminders("berlin").items
    return [each for each in found if each.kind is ReminderKind.FREED]


def made(house: House, **given: Any) -> Appointment:
    """An appointment on Monday at ten."""
    return house.desk.appointments.make("room", TEN, **{"template": "consultation", **given})


@pytest.mark.every_engine
def test_a_time_that_gets_free_is_announced(house: House) -> None:
    """By a link that cancels, by a cancellation, a move and a deletion of the staff; who waits is never told by itself."""
    planner, desk = plan(house), house.desk.appointments
    customer = house.customer()
    entry = wait(house, customer_id=customer.id, name="", contact="")
    planner.book(TEN, **ERIKA)
    planner.cancel(token(house))
    (told,) = freed(house)
    assert (told.says, told.resource_id, told.starts_at) == ("2026-01-19 10:00: 1", "room", TEN)
    assert desk.waiting.fitting(told.id) == (entry,)
    desk.cancel(made(house).id)
    assert len(freed(house)) == 2
    moved = made(house)
    desk.move(moved.id, TEN + timedelta(days=1))
    assert len(freed(house)) == 3
    desk.delete(moved.id)
    assert [each.says for each in freed(house)] == ["2026-01-20 10:00: 1", *["2026-01-19 10:00: 1"] * 3]
    house.mailer.sent.clear()
    house.loyalty.deliver()
    assert house.mailer.sent == []
    desk.reminder_done(told.id)
    assert len(freed(house)) == 3


@pytest.mark.every_engine
def test_staff_offer_and_take_off_the_list(house: House) -> None:
    """Each is noted with who did it; what left the list is offered nothing."""
    plan(house)
    waiting, erika = house.desk.appointments.waiting, house.customer()
    first, second = wait(house, customer_id=erika.id), wait(house, comment="mornings")
    assert waiting.entries("berlin").items == (first, second)
    offered = waiting.offered(first.id)
    assert (offered.offered_at, offered.offered_by) == (house.clock.now(), "anna")
    done = waiting.done(first.id)
    assert (done.done_at, done.done_by) == (house.clock.now(), "anna")
    assert waiting.entries("berlin").items == (second,)
    before = dump(house.loyalty)
    assert waiting.done(first.id) == done
    with pytest.raises(Refused) as caught:
        waiting.offered(first.id)
    assert caught.value.code == "waiting.done"
    assert dump(house.loyalty) == before
    actions = [each.action for each in house.desk.activities.of_customer(erika.id).items]
    assert actions[:3] == ["waiting.done", "waiting.offered", "waiting.added"]


@pytest.mark.parametrize(
    "unsuited",
    [
        {"first": MONDAY + timedelta(days=1)},
        {"first": MONDAY - timedelta(days=3), "last": MONDAY - timedelta(days=1)},
        {"resource_id": "other"},
        {"template": "long"},
        {"template": "optics"},
    ],
)
def test_only_those_whom_it_suits(memory_house: House, unsuited: dict[str, Any]) -> None:
    """Another day, another room, a longer appointment, another provider: nobody is reminded for nothing."""
    plan(memory_house)
    setup = memory_house.desk.appointments.setup
    setup.save_resource("other", branch_id="berlin", name="Other")
    setup.save_template("long", name="Long", length=61)
    setup.save_template("optics", name="Optics", length=30, provider="optician")
    wait(memory_house, **unsuited)
    memory_house.desk.appointments.cancel(made(memory_house).id)
    assert freed(memory_house) == []
    wait(memory_house, template="consultation", resource_id="room")
    memory_house.desk.appointments.cancel(made(memory_house).id)
    assert len(freed(memory_house)) == 1


def test_what_is_over_frees_nothing(memory_house: House) -> None:
    """Neither an appointment that has begun nor one that was over before."""
    plan(memory_house)
    wait(memory_house)
    desk = memory_house.desk.appointments
    begun, over = made(memory_house), desk.make("room", TEN + timedelta(hours=1), minutes=30)
    desk.cancel(over.id)
    assert len(freed(memory_house)) == 1
    desk.delete(over.id)
    assert len(freed(memory_house)) == 1
    memory_house.clock.instant = TEN
    desk.cancel(begun.id)
    assert len(freed(memory_house)) == 1


def test_a_short_move_frees_what_it_leaves(memory_house: House) -> None:
    """Half an hour later: the first half hour, and for an hour that is too short."""
    plan(memory_house)
    desk = memory_house.desk.appointments
    moved = made(memory_house)
    wait(memory_house, template="consultation")
    desk.move(moved.id, TEN + timedelta(minutes=30))
    assert freed(memory_house) == []
    wait(memory_house)
    desk.move(moved.id, TEN)
    (told,) = freed(memory_house)
    assert (told.starts_at, told.ends_at) == (TEN + timedelta(hours=1), TEN + timedelta(minutes=90))


def test_every_fault_is_named(memory_house: House) -> None:
    """A period that ends before it begins, nobody to reach, texts that are too long."""
    plan(memory_house)
    add = memory_house.desk.appointments.waiting.add
    with pytest.raises(InvalidInput) as caught:
        add("berlin", first=None, last="tomorrow", comment="x" * 501)
    faults = {each.field: each.code for each in caught.value.faults}
    assert faults.keys() == {"first", "last", "comment", "name", "contact"}
    for last in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=367)):
        with pytest.raises(InvalidInput) as caught:
            add("berlin", first=MONDAY, last=last, **SOMEBODY)
        assert [(each.field, each.code) for each in caught.value.faults] == [("last", "out_of_range")]
    for unknown in ("template", "resource_id", "customer_id"):
        with pytest.raises(NotFound):
            add("berlin", **WEEK, **SOMEBODY, **{unknown: "nothing"})


def test_a_customer_waits_on_under_the_survivor_and_not_after_erasure(memory_house: House) -> None:
    """A merge moves the entry, an export holds it, and an erasure removes it."""
    plan(memory_house)
    one, other = memory_house.customer(), memory_house.customer(first_name="Erica")
    entry = wait(memory_house, customer_id=other.id)
    merging = memory_house.desk.merging
    merging.execute(merging.plan(survivor=one.id, loser=other.id))
    (moved,) = memory_house.desk.appointments.waiting.entries("berlin").items
    assert (moved.id, moved.customer_id) == (entry.id, one.id)
    privacy = memory_house.desk.privacy
    privacy.erase(one.id, confirm=privacy.preview(one.id).confirmation)
    assert memory_house.desk.appointments.waiting.entries("berlin").items == ()


INSTANTS = st.integers(0, 48).map(lambda halves: TEN + timedelta(minutes=30 * halves))
LENGTHS = st.integers(1, 6).map(lambda halves: timedelta(minutes=30 * halves))


def appointment(start: datetime, length: timedelta, resource: str) -> Appointment:
    """An appointment that is to take place."""
    return Appointment("a", "berlin", resource, "", start, start + length)


@given(INSTANTS, INSTANTS, LENGTHS, st.sampled_from(["room", "other"]))
def test_what_is_freed_was_taken_and_is_not(
    start: datetime, later: datetime, length: timedelta, resource: str
) -> None:
    """After any move: inside the old time, outside the new one, and no longer piece of it is left out."""
    before, after = appointment(start, length, "room"), appointment(later, length, resource)
    freed = freed_by(before, after)
    halves = [start + timedelta(minutes=30) * number for number in range(length // timedelta(minutes=30))]
    left = [at for at in halves if resource != "room" or not later <= at < later + length]
    if not left:
        assert freed is None
        return
    assert freed is not None
    inside = [at for at in halves if freed.starts_at <= at < freed.ends_at]
    assert set(inside) <= set(left)
    assert freed.ends_at - freed.starts_at == timedelta(minutes=30) * len(inside)
    assert len(inside) * 2 >= len(left)
    cancelled = evolve(after, state=AppointmentState.CANCELLED)
    assert freed_by(before, cancelled) == FreedTime("room", start, start + length)
    assert freed_by(cancelled, None) is None


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 40), st.integers(1, 90), st.integers(1, 90)
)
def test_a_time_suits_on_its_days_if_it_is_long_enough(
    first: date, days: int, needed: int, there: int
) -> None:
    """The first and the last day included, as the branch counts them."""
    entry = WaitingEntry("w", "berlin", first, first + timedelta(days=days), template_id="t")
    template = AppointmentTemplate("t", "T", length=needed)
    resource = Resource("room", "Room", "berlin")
    late = datetime(
        first.year, first.month, first.day, 23, 30, tzinfo=TEN.tzinfo
    )  # already tomorrow in Berlin
    for day in range(-2, days + 2):
        begin = late + timedelta(days=day)
        time = FreedTime("room", begin, begin + timedelta(minutes=there))
        expected = 0 <= day + 1 <= days and needed <= there
        assert suits(entry, time, resource, template, "Europe/Berlin") == expected


def test_nobody_waits_for_a_resource_of_another_branch(house: House) -> None:
    """No time of it would ever be announced here."""
    plan(house)
    house.loyalty.session("admin").branches.create(
        "ulm", name="Optik Ulm", subdivision="BW", address=SHOP, email="ulm@example.org"
    )
    before = dump(house.loyalty)
    with pytest.raises(Refused) as caught:
        house.desk.appointments.waiting.add("ulm", resource_id="room", **WEEK, **SOMEBODY)
    assert caught.value.code == "resource.elsewhere"
    assert dump(house.loyalty) == before
