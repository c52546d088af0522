"""Holds on a resource: what fits, what clashes, and what lies in which sheet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from loyaltycore.kernel.occupancy import (
    Clash,
    Hold,
    Sheet,
    count_of,
    days_of,
    find_clash,
    sheet_key,
    with_hold,
    without_hold,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPAN = 8
"""Minutes in which everything happens: so few that much meets."""


def hold(key: str, begin: int, end: int, units: int = 1, lapses: int | None = None, kind: str = "") -> Hold:
    """A hold by minutes after the start."""
    lapses_at = None if lapses is None else START + lapses * MINUTE
    return Hold(key, START + begin * MINUTE, START + end * MINUTE, units, lapses_at, kind)


@st.composite
def some_holds(draw: st.DrawFn, key: str = "") -> Hold:
    """A hold of some minutes."""
    begin = draw(st.integers(0, SPAN - 1))
    return hold(
        key or draw(st.sampled_from("abcdefgh")),
        begin,
        draw(st.integers(begin + 1, SPAN)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([None, None, None, -1, 0, 1])),
    )


HOLDS = st.lists(some_holds(), max_size=8, unique_by=lambda each: each.key)


def in_the_way(holds: list[Hold], wanted: Hold, capacity: int) -> set[str]:
    """Who shares a minute with the wanted hold in which there are too many: counted minute by minute."""
    others = [each for each in holds if each.key != wanted.key and each.counts(START)]
    found = set[str]()
    minute = wanted.starts_at
    while minute < wanted.ends_at:
        there = [each for each in others if each.starts_at <= minute < each.ends_at]
        if sum(each.units for each in there) + wanted.units > capacity:
            found |= {each.key for each in there}
        minute += MINUTE
    return found


@example([hold("a", 0, 4), hold("b", 4, 8)], hold("wanted", 0, 8), 2)
@given(HOLDS, some_holds("wanted"), st.integers(1, 6))
def test_it_fits_if_no_minute_is_too_full(holds: list[Hold], wanted: Hold, capacity: int) -> None:
    """The sweep finds exactly those that are in the way when every minute is counted."""
    clash = find_clash(holds, wanted, capacity, START)
    expected = in_the_way(holds, wanted, capacity)
    assert (clash is None) == (not expected and wanted.units <= capacity)
    assert {each.key for each in (clash.holds if clash else ())} == expected


@given(HOLDS, some_holds("wanted"), st.integers(1, 6), st.randoms())
def test_order_and_repetition_change_nothing(holds: list[Hold], wanted: Hold, capacity: int, chance) -> None:
    """A long hold comes out of several sheets, in any order."""
    again = [*holds, *holds]
    chance.shuffle(again)
    assert find_clash(again, wanted, capacity, START) == find_clash(holds, wanted, capacity, START)


@given(HOLDS, some_holds("more"), some_holds("wanted"), st.integers(1, 6))
def test_more_holds_never_make_room(holds: list[Hold], more: Hold, wanted: Hold, capacity: int) -> None:
    """What does not fit does not fit beside one more, either."""
    if find_clash(holds, wanted, capacity, START) is not None:
        assert find_clash([*holds, more], wanted, capacity, START) is not None


@given(HOLDS, st.integers(1, 6))
def test_what_was_let_in_never_overlaps_too_much(holds: list[Hold], capacity: int) -> None:
    """Whoever is let in only if it fits leaves no minute too full."""
    held: list[Hold] = []
    for each in holds:
        if find_clash(held, each, capacity, START) is None:
            held.append(each)
    for minute in range(SPAN):
        moment = START + minute * MINUTE
        there = [each for each in held if each.counts(START) and each.starts_at <= moment < each.ends_at]
        assert sum(each.units for each in there) <= capacity


def test_what_touches_does_not_meet() -> None:
    """An end is no part of a stretch."""
    assert find_clash([hold("a", 0, 5), hold("b", 10, 15)], hold("w", 5, 10), 1, START) is None
    assert find_clash([hold("a", 0, 6)], hold("w", 5, 10), 1, START) == Clash((hold("a", 0, 6),))


def test_a_hold_lapses_at_its_moment() -> None:
    """Exactly then, and not a moment earlier."""
    held = [hold("a", 0, 10, lapses=3)]
    for now, fits in ((2, False), (3, True)):
        assert (find_clash(held, hold("w", 0, 5), 1, START + now * MINUTE) is None) is fits


def test_nobody_stands_in_his_own_way() -> None:
    """An appointment that moves by a few minutes overlaps itself."""
    assert find_clash([hold("a", 0, 10)], hold("a", 5, 15), 1, START) is None


def test_what_is_larger_than_the_resource_never_fits() -> None:
    """Although nobody is in the way."""
    assert find_clash([], hold("w", 0, 5, units=3), 2, START) == Clash(())


DAYS = [date(2026, 3, 1) + timedelta(days=number) for number in range(6)]
SHEETS = tuple(Sheet(sheet_key("room", day), "room", day) for day in DAYS)


@st.composite
def long_holds(draw: st.DrawFn) -> Hold:
    """A hold of some hours or days within the sheets."""
    begin = draw(st.integers(0, 6 * 24 - 2))
    first = datetime(2026, 3, 1, tzinfo=UTC)
    end = draw(st.integers(begin + 1, 6 * 24 - 1))
    return Hold(draw(st.sampled_from("abc")), first + timedelta(hours=begin), first + timedelta(hours=end))


@given(st.lists(long_holds(), max_size=6))
def test_every_sheet_has_what_touches_its_day(holds: list[Hold]) -> None:
    """The last word of each holder counts, and a sheet holds it if and only if they share a moment."""
    sheets, latest = SHEETS, dict[str, Hold]()
    for each in holds:
        sheets, latest[each.key] = with_hold(sheets, each, START), each
    for sheet in sheets:
        midnight = datetime(sheet.day.year, sheet.day.month, sheet.day.day, tzinfo=UTC)
        expected = {
            each.key
            for each in latest.values()
            if each.starts_at < midnight + timedelta(days=1) and midnight < each.ends_at
        }
        assert {each.key for each in sheet.holds} == expected
        assert all(each == latest[each.key] for each in sheet.holds)


@given(st.lists(long_holds(), min_size=1, max_size=6))
def test_who_lets_go_is_in_no_sheet(holds: list[Hold]) -> None:
    """And takes nobody else along."""
    sheets = SHEETS
    for each in holds:
        sheets = with_hold(sheets, each, START)
    gone = holds[0].key
    left = without_hold(sheets, gone, START)
    for before, after in zip(sheets, left, strict=True):
        assert after.holds == tuple(each for each in before.holds if each.key != gone)


def test_what_has_lapsed_leaves_the_sheets() -> None:
    """The next who writes clears it away, and leaves what still counts."""
    sheets = (Sheet("s", "room", START.date(), (hold("a", 0, 5, lapses=1), hold("b", 0, 5, lapses=9))),)
    (after,) = with_hold(sheets, hold("c", 5, 9), START + 3 * MINUTE)
    assert [each.key for each in after.holds] == ["b", "c"]


def test_a_limit_counts_each_holder_once() -> None:
    """Of one kind, without the one who asks and without what has lapsed."""
    holds = [
        hold("a", 0, 5, kind="k"),
        hold("a", 0, 5, kind="k"),
        hold("b", 0, 5, kind="k"),
        hold("c", 0, 5, kind="other"),
        hold("d", 0, 5, kind="k", lapses=0),
    ]
    assert count_of(holds, "k", START) == 2
    assert count_of(holds, "k", START, besides="b") == 1


@pytest.mark.parametrize(
    ("begin", "end", "days"),
    [
        ("2026-03-01T00:00+00:00", "2026-03-02T00:00+00:00", [1]),
        ("2026-03-01T23:00+00:00", "2026-03-02T00:01+00:00", [1, 2]),
        ("2026-03-02T00:30+01:00", "2026-03-02T00:45+01:00", [1]),
    ],
)
def test_days_are_days_in_utc(begin: str, end: str, days: list[int]) -> None:
    """Whatever the zone of the branch, and the midnight at the end is not touched."""
    found = days_of(datetime.fromisoformat(begin), datetime.fromisoformat(end))
    assert list(found) == [date(2026, 3, day) for day in days]
