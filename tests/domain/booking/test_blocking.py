"""What another calendar says about a resource, held against a list of minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.booking import BusyTime, Resource
from loyaltycore.booking.rules.blocking import block, blocked_by, is_block, read_span, read_times
from loyaltycore.booking.rules.sheets import DaySheet, Sheets
from loyaltycore.kernel.occupancy import Hold, days_of, joined
from loyaltycore.kernel.validation import Faults

MONDAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
WEEK: Final = BusyTime(MONDAY, MONDAY + timedelta(days=6))
ROOM: Final = Resource("room", "Room", "berlin")
HALF: Final = timedelta(minutes=30)

HALVES: Final = st.integers(0, 6 * 48)
TIMES: Final = st.lists(
    st.tuples(HALVES, st.integers(0, 100)).map(
        lambda it: BusyTime(MONDAY + it[0] * HALF, MONDAY + (it[0] + it[1]) * HALF)
    ),
    max_size=6,
)
SPANS: Final = st.tuples(st.integers(0, 6 * 48 - 1), st.integers(1, 200)).map(
    lambda it: BusyTime(MONDAY + it[0] * HALF, MONDAY + min(it[0] + it[1], 6 * 48) * HALF)
)
CALLS: Final = st.lists(st.tuples(st.sampled_from(["anna", "room"]), TIMES, SPANS), max_size=4)
BOOKED: Final = Hold("a1", MONDAY + timedelta(hours=10), MONDAY + timedelta(hours=11))


def said(stored: tuple[DaySheet, ...], call: tuple[str, list[BusyTime], BusyTime]) -> tuple[DaySheet, ...]:
    """All sheets after a calendar has said something."""
    source, times, span = call
    days = tuple(days_of(span.starts_at, span.ends_at))
    read = Sheets("room", days, tuple(each for each in stored if each.day in days))
    decision = block(ROOM, read, times, span, source)
    written = {each.id: each for each in (*decision.add, *decision.save)}
    assert bool(decision.notes) == bool(written)
    assert not {each.id for each in decision.add} & {each.id for each in stored}
    return tuple({**{each.id: each for each in stored}, **written}.values())


def halves(times: Any) -> set[datetime]:
    """Every half hour in these stretches."""
    return {
        each.starts_at + number * HALF
        for each in times
        for number in range(int((each.ends_at - each.starts_at) / HALF))
    }


@given(calls=CALLS)
@settings(max_examples=100)
def test_a_calendar_has_the_last_word_on_its_own(calls: list[tuple[str, list[BusyTime], BusyTime]]) -> None:
    """On the stretch that it speaks of and on no other; what others say, and what is booked, stays."""
    stored: tuple[DaySheet, ...] = (DaySheet("room/2026-03-02", "room", MONDAY.date(), (BOOKED,)),)
    told: dict[str, set[datetime]] = {}
    for source, times, span in calls:
        stored = said(stored, (source, times, span))
        inside = halves([span])
        told[source] = (told.get(source, set()) - inside) | (halves(times) & inside)
    holds = [hold for sheet in stored for hold in sheet.holds]
    for source, moments in told.items():
        own = [hold for hold in holds if blocked_by([hold]) == (source,)]
        assert halves(own) == moments
        assert len({hold.key for hold in own}) == len(own)
    assert [hold for hold in holds if not is_block(hold)] == [BOOKED]
    assert all(
        [*days_of(hold.starts_at, hold.ends_at)] == [sheet.day] for sheet in stored for hold in sheet.holds
    )


@given(call=CALLS.filter(bool).map(lambda calls: calls[0]))
@settings(max_examples=60)
def test_the_same_again_changes_nothing(call: tuple[str, list[BusyTime], BusyTime]) -> None:
    """No sheet is written, whatever was entered on it meanwhile."""
    once = said((), call)
    busier = tuple(evolve(each, holds=(*each.holds, evolve(BOOKED, key="later"))) for each in once)
    assert said(busier, call) == busier


@given(TIMES)
def test_stretches_are_joined(times: list[BusyTime]) -> None:
    """The same moments, in order, and apart from one another."""
    found = joined(times)
    assert halves(found) == halves(times)
    assert all(one.ends_at < other.starts_at for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("since", "until", "codes"),
    [
        (WEEK.starts_at, WEEK.ends_at, []),
        (WEEK.starts_at, WEEK.starts_at, ["out_of_range"]),
        (WEEK.ends_at, WEEK.starts_at, ["out_of_range"]),
        (WEEK.starts_at, WEEK.starts_at + timedelta(days=400, seconds=1), ["out_of_range"]),
        (datetime(9999, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC), ["out_of_range"]),
        (None, WEEK.ends_at, ["required"]),
        (datetime(2026, 3, 2), WEEK.ends_at, ["naive_datetime"]),  # noqa: DTZ001  that is what is refused
    ],
)
def test_a_stretch_is_one_that_can_be_planned(since: Any, until: Any, codes: list[str]) -> None:
    """Of 400 days at most."""
    faults = Faults()
    read_span(faults, since, until)
    assert [fault.code for fault in faults.found] == codes


def test_every_odd_time_is_named() -> None:
    """With its place; a list of 10,000 is the longest."""
    faults = Faults()
    right = BusyTime(WEEK.starts_at, WEEK.ends_at)
    odd: list[Any] = [right, "noon", BusyTime(WEEK.ends_at, WEEK.starts_at), BusyTime(None, WEEK.ends_at)]  # type: ignore[arg-type]  what is refused
    read_times(faults, odd)
    assert [(fault.field, fault.code) for fault in faults.found] == [
        ("times[1]", "wrong_type"),
        ("times[2].ends_at", "out_of_range"),
        ("times[3].starts_at", "required"),
    ]
    for given_wrong in (None, "noon", [right] * 10_001):
        faults = Faults()
        assert read_times(faults, given_wrong) == ()
        assert len(faults.found) == 1
