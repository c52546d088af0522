"""What planners answer to odd input, at their limits, and where nothing can be booked."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.booking import (
    Reason,
    hours_on,
)
from loyaltycore.memory import MemoryStorage
from tests.house import House, build_house
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
@pytest.mark.parametrize("month", [1, 12])
def test_a_beginning_is_a_day_that_dates_know(memory_house: House, year: int, month: int) -> None:
    """Whatever is near the edges of the calendar is out of range, for customers and for the staff."""
    planner, desk = plan(memory_house), memory_house.desk
    edge = datetime(year, month, 1 if month == 1 else 31, 0 if month == 1 else 23, 30, tzinfo=UTC)
    known = desk.appointments.make("room", TEN, template="consultation")
    for verb in (
        lambda: planner.book(edge, **ERIKA),
        lambda: desk.appointments.make("room", edge, template="consultation"),
        lambda: desk.appointments.move(known.id, edge),
    ):
        with pytest.raises(InvalidInput) as caught:
            verb()
        assert [(fault.field, fault.code) for fault in caught.value.faults] == [("starts_at", "out_of_range")]


def test_a_fact_that_there_is_not_is_named(memory_house: House) -> None:
    """A slip in a name is a fault like any other."""
    with pytest.raises(InvalidInput, match="salutation") as caught:
        plan(memory_house).book(TEN, **ERIKA, salutatoin="Frau")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("salutatoin", "unknown_field")]


@pytest.mark.parametrize(
    ("weekdays", "span", "field"),
    [(odd, "09:00-10:00", "weekdays") for odd in (None, 1, "1", iter([1]), range(10**9))]
    + [(range(5), odd, "spans[0]") for odd in (None, 1, "", "09:00", b"09:00-10:00", ["09:00"])],
)
def test_hours_are_a_list_and_spans(weekdays: Any, span: Any, field: str) -> None:
    """Nothing else is taken for hours."""
    with pytest.raises(InvalidInput) as caught:
        hours_on(weekdays, span)
    assert [fault.field for fault in caught.value.faults] == [field]


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 47), st.integers(1, 12)), max_size=8),
    st.integers(0, 23),
    st.sampled_from([60, 300, 14 * 60]),
)
def test_a_refusal_names_only_what_the_grid_shows(
    taken: list[tuple[str, int, int]], hour: int, length: int
) -> None:
    """The nearest free beginnings of all resources, whatever is taken on this day and the next."""
    house = build_house(MemoryStorage())
    planner = plan(house, length=length, step=60)
    setup = house.desk.appointments.setup
    for each in ("a", "b"):
        week = hours_on(range(7), "09:00-09:00")
        setup.save_resource(each, branch_id="berlin", name=each, week=week, online=True)
    setup.save_resource("room", branch_id="berlin", hidden=True)
    for resource, begin, count in taken:
        with suppress(Refused):
            house.desk.appointments.make(
                resource, TEN.replace(hour=0) + timedelta(hours=begin), minutes=60 * count
            )
    (day,) = planner.grid(MONDAY, 1)
    free = [slot.starts_at for slot in day.slots if slot.reason is None]
    wanted = TEN.replace(hour=0) + timedelta(hours=hour - 1)
    if wanted in free:
        planner.book(wanted, **ERIKA)
        return
    with pytest.raises(Refused) as caught:
        planner.book(wanted, **ERIKA)
    named = caught.value.facts["free"]
    assert set(named) <= set(free)
    assert len(named) == min(3, len(free))


@pytest.mark.every_engine
@pytest.mark.parametrize("count", [1, 12])
def test_the_longest_grid_is_shown_however_many_resources_there_are(house: House, count: int) -> None:
    """Several resources have more sheets than one query may ask for."""
    planner = plan(house)
    setup = house.desk.appointments.setup
    for number in range(count):
        week = hours_on(range(5), "09:00-12:00")
        setup.save_resource(f"r{number}", branch_id="berlin", name="R", week=week, online=True)
    setup.save_resource("room", branch_id="berlin", hidden=True)
    for number in range(count - 1):
        house.desk.appointments.make(f"r{number}", TEN, template="consultation")
    assert labels(planner)[2] == "10:00"
    house.desk.appointments.make(f"r{count - 1}", TEN, template="consultation")
    assert len(planner.grid(MONDAY, 92)) == 92
    assert planner.grid(MONDAY, 92)[0].slots[2].reason is Reason.BUSY
    with pytest.raises(Refused):
        planner.book(TEN, **ERIKA)


@pytest.mark.parametrize("facts", [{"hidden": True}, {"online": False}])
def test_where_nothing_can_be_booked_it_is_closed(memory_house: House, facts: dict[str, bool]) -> None:
    """The grid and the refusal say the same, and no resource is missed that nobody has named."""
    planner = plan(memory_house)
    memory_house.desk.appointments.setup.save_resource("room", branch_id="berlin", **facts)
    assert planner.grid(MONDAY, 1)[0].reason is Reason.CLOSED
    with pytest.raises(Refused) as caught:
        planner.book(TEN, **ERIKA)
    assert (caught.value.code, caught.value.facts["reason"]) == ("booking.slot_taken", Reason.CLOSED)
    with pytest.raises(NotFound, match="room"):
        planner.book(TEN, **ERIKA, resource="room")


@pytest.mark.parametrize("around", ["{}", " {}", "{} ", "\u200b{}\n", "\ufeff{}"])
def test_what_is_saved_under_a_key_is_found_under_it(memory_house: House, around: str) -> None:
    """Blanks around a key, seen or not, are no part of it the second time either."""
    plan(memory_house)
    setup = memory_house.desk.appointments.setup
    assert setup.save_resource(around.format("room"), branch_id="berlin", name="New").version == 2
    assert setup.save_template(around.format("consultation"), name="New").version == 2
    assert [each.id for each in (*setup.resources("berlin"), *setup.templates())] == ["room", "consultation"]
