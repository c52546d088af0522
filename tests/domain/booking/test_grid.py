"""The grid of a planner: equal to one that is counted minute by minute, on every day that clocks know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.booking.rules.grid import Asking, GridDay, Reason, grid, limit_kind
from loyaltycore.booking.rules.hours import DayException, Hours, WeeklyHours, meeting_weekdays
from loyaltycore.booking.rules.planner import AVAILABILITY, AppointmentTemplate, Resource
from loyaltycore.booking.rules.wall_time import local_day
from loyaltycore.kernel.occupancy import Hold
from tests.domain.booking.counting import counted, counted_ends

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Berlin", date(2026, 7, 1)),
    ("Asia/Kolkata", date(2026, 7, 1)),
    ("Asia/Kathmandu", date(2026, 7, 1)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
]
"""Zones with odd offsets, and days on which clocks change; the last one at midnight."""


T = TypeVar("T")


def clocks(minutes: int) -> str:
    """Minutes after midnight as the clock shows them."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


_WEEKDAYS = st.sets(st.integers(0, 6))


def usually(value: T, otherwise: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """What hides nothing else, three times out of four: a closed day shows no hold."""
    return st.integers(0, 3).flatmap(lambda chance: otherwise if chance == 3 else st.just(value))


@st.composite
def some_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    """One or two stretches of a day, in quarters of an hour; the last may go on after midnight."""
    edges = sorted(
        draw(st.lists(st.sampled_from(range(0, 97, 3)), min_size=2, max_size=4, unique=True)),
    )
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    hours = [Hours(clocks(begin * 15), clocks(end * 15)) for begin, end in spans]
    if hours and draw(st.booleans()) and spans[-1][0] > 40:
        hours[-1] = Hours(hours[-1].opens, draw(st.sampled_from(["00:30", "02:00", "05:00"])))
    return tuple(hours)


@st.composite
def some_week(draw: st.DrawFn, weekdays: st.SearchStrategy[Collection[int]]) -> tuple[WeeklyHours, ...]:
    """Hours on these weekdays; none of them meet."""
    week = {weekday: draw(some_hours()) for weekday in draw(weekdays)}
    if list(meeting_weekdays(week)):
        week = {
            weekday: tuple(each for each in hours if each.span[1] <= 24 * 3600)
            for weekday, hours in week.items()
        }
    return tuple(WeeklyHours(weekday, hours) for weekday, hours in week.items())


@st.composite
def some_asking(draw: st.DrawFn) -> tuple[Asking, date]:
    """Any resource and template, around a day on which clocks may change."""
    zone, day = draw(st.sampled_from(CHANGES))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    exceptions = [
        DayException(day + timedelta(days=offset), draw(st.just(()) | some_hours()))
        for offset in draw(usually(set(), st.sets(st.integers(-1, 1))))
    ]
    resource = Resource(
        "r",
        "R",
        "berlin",
        capacity=draw(st.integers(1, 3)),
        week=draw(some_week(usually(range(7), _WEEKDAYS))),
        breaks=draw(some_week(usually((), _WEEKDAYS))),
        exceptions=tuple(exceptions),
        open_on_holidays=draw(st.booleans()),
    )
    minutes = st.integers(0, 90)
    template = AppointmentTemplate(
        "t",
        "T",
        length=draw(usually(30, st.integers(1, 150))),
        step=draw(st.sampled_from([7, 15, 20, 30, 60])),
        prepare=draw(minutes),
        clear_up=draw(minutes),
        notice=draw(usually(0, st.integers(0, 3000))),
        ahead=draw(usually(4, st.integers(0, 3))),
        per_day=draw(usually(None, st.integers(0, 2))),
    )
    now = noon.astimezone(UTC) + timedelta(minutes=draw(usually(-1500, st.integers(-4000, 1000))))
    free = draw(usually(set(), _WEEKDAYS))
    return Asking(resource, template, zone, lambda each: each.weekday() in free, now), day


@st.composite
def some_holds(draw: st.DrawFn, asking: Asking, day: date) -> list[Hold]:
    """Holds around a day; some have lapsed, some are of the template's kind."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [
        Hold(
            f"h{number}",
            midnight + timedelta(minutes=begin),
            midnight + timedelta(minutes=begin + draw(st.integers(1, 600))),
            draw(st.integers(1, 2)),
            draw(usually(None, st.sampled_from([asking.now, asking.now + timedelta(seconds=1)]))),
            draw(st.sampled_from(["", limit_kind(asking.template, day)])),
        )
        for number, begin in enumerate(
            draw(st.lists(st.integers(-300, 1500), min_size=draw(st.integers(0, 3)), max_size=6))
        )
    ]


@st.composite
def some_case(draw: st.DrawFn) -> tuple[Asking, list[Hold], date]:
    """A question and a state."""
    asking, day = draw(some_asking())
    return asking, draw(some_holds(asking, day)), day


def pairs(day: GridDay) -> list[tuple[int, Reason | None]]:
    """Beginnings with their reasons."""
    return list(zip(day.starts, day.reasons, strict=True))


@settings(max_examples=150)
@given(some_case())
def test_it_is_what_counting_by_the_minute_gives(case: tuple[Asking, list[Hold], date]) -> None:
    """Every beginning and every reason."""
    asking, holds, day = case
    (found,) = grid(asking, holds, day, 1)
    assert pairs(found) == counted(asking, holds, day)


@settings(max_examples=100)
@given(some_case())
def test_without_a_template_it_is_what_counting_by_the_minute_gives(
    case: tuple[Asking, list[Hold], date],
) -> None:
    """F125: every stretch between two breaks in one piece, from its first minute to its last."""
    some, holds, day = case
    asking = evolve(some, template=AVAILABILITY)
    (found,) = grid(asking, holds, day, 1)
    assert pairs(found) == counted(asking, holds, day)
    assert list(found.ends) == counted_ends(asking, day)


@given(some_case(), st.integers(1, 3), st.integers(1, 3))
def test_days_add_up(case: tuple[Asking, list[Hold], date], before: int, after: int) -> None:
    """A week in two pieces is the same week."""
    asking, holds, day = case
    whole = grid(asking, holds, day - timedelta(days=before), before + after)
    pieces = [*grid(asking, holds, day - timedelta(days=before), before), *grid(asking, holds, day, after)]
    assert [pairs(each) for each in whole] == [pairs(each) for each in pieces]


@given(some_case(), st.data())
def test_more_holds_free_nothing(case: tuple[Asking, list[Hold], date], data: st.DataObject) -> None:
    """Nor does a longer appointment, more notice, or more time to prepare."""
    asking, holds, day = case
    (before,) = grid(asking, holds, day, 1)
    more = [*holds, *(evolve(each, key=f"more-{each.key}") for each in data.draw(some_holds(asking, day)))]
    harder = evolve(
        asking,
        template=evolve(
            asking.template,
            notice=asking.template.notice + data.draw(st.integers(0, 100)),
            prepare=asking.template.prepare + data.draw(st.integers(0, 100)),
            length=asking.template.length + data.draw(st.integers(0, 100)),
        ),
    )
    for question, held in ((asking, more), (harder, holds)):
        (after,) = grid(question, held, day, 1)
        assert set(after.free) <= set(before.free)


@given(some_case(), st.randoms(), st.integers(1, 50))
def test_how_time_is_taken_makes_no_difference(case, chance, cut: int) -> None:
    """Holds may come in any order and several times, and two that touch are as good as one."""
    asking, holds, day = case
    holds = [evolve(each, kind="") for each in holds]
    split = [
        half
        for each in holds
        for half in (
            evolve(
                each, key=f"{each.key}-1", ends_at=each.starts_at + (each.ends_at - each.starts_at) * cut / 60
            ),
            evolve(
                each,
                key=f"{each.key}-2",
                starts_at=each.starts_at + (each.ends_at - each.starts_at) * cut / 60,
            ),
        )
    ]
    split = [
        evolve(
            each, starts_at=each.starts_at.replace(microsecond=0), ends_at=each.ends_at.replace(microsecond=0)
        )
        for each in split
    ]
    mixed = [*split, *split]
    chance.shuffle(mixed)
    assert pairs(grid(asking, mixed, day, 1)[0]) == pairs(grid(asking, holds, day, 1)[0])


def open_all_day(**changes) -> Asking:
    """A resource that is always there, and half an hour at each half hour."""
    week = tuple(WeeklyHours(weekday, (Hours("00:00", "24:00"),)) for weekday in range(7))
    resource = Resource("r", "R", "berlin", week=week)
    template = AppointmentTemplate("t", "T", length=30, step=30, ahead=40_000)
    asked = Asking(resource, template, "Europe/Berlin", lambda _: False, datetime(1999, 1, 1, tzinfo=UTC))
    return evolve(asked, **changes)


@pytest.mark.parametrize(
    ("ends", "reason"),
    [("08:45", None), ("08:46", Reason.BUFFER), ("09:00", Reason.BUFFER), ("09:01", Reason.BUSY)],
)
def test_what_ends_before_the_opening_may_be_in_the_way_of_preparing(
    ends: str, reason: Reason | None
) -> None:
    """The time to prepare for the first appointment of a day lies before the hours."""
    week = tuple(WeeklyHours(weekday, (Hours("09:00", "12:00"),)) for weekday in range(7))
    asking = open_all_day(zone="UTC")
    asking = evolve(
        asking,
        resource=evolve(asking.resource, week=week),
        template=evolve(asking.template, prepare=15),
    )
    held = Hold(
        "h", datetime(2026, 5, 4, 8, tzinfo=UTC), datetime.fromisoformat(f"2026-05-04T{ends}:00+00:00")
    )
    (found,) = grid(asking, [held], date(2026, 5, 4), 1)
    assert found.reasons[0] is reason


def test_half_an_hour_after_midnight_is_on_the_next_day() -> None:
    """However little of the hours lies beyond midnight."""
    week = tuple(WeeklyHours(weekday, (Hours("22:00", "00:30"),)) for weekday in range(7))
    asking = open_all_day(zone="UTC")
    asking = evolve(asking, resource=evolve(asking.resource, week=week))
    (found,) = grid(asking, [], date(2026, 5, 4), 1)
    assert [slot.label for slot in found.slots] == ["00:00", "22:00", "22:30", "23:00", "23:30"]


@pytest.mark.parametrize(("beyond", "reason"), [(0, None), (1, Reason.BUSY)])
def test_what_is_not_over_yet_still_counts(beyond: int, reason: Reason | None) -> None:
    """By a microsecond, too."""
    ends = datetime(2026, 5, 4, 10, tzinfo=UTC) + timedelta(microseconds=beyond)
    held = Hold("h", datetime(2026, 5, 4, 9, tzinfo=UTC), ends)
    (found,) = grid(open_all_day(zone="UTC"), [held], date(2026, 5, 4), 1)
    assert found.reason_at(int(datetime(2026, 5, 4, 10, tzinfo=UTC).timestamp())) is reason


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 46), ("2026-03-30", 48), ("2026-10-25", 50)])
def test_the_days_on_which_clocks_change(day: str, count: int) -> None:
    """23, 24 and 25 hours; what the wall shows twice has its offset, and no label comes twice."""
    (found,) = grid(open_all_day(), [], date.fromisoformat(day), 1)
    labels = [slot.label for slot in found.slots]
    assert len(labels) == len(set(labels)) == count
    assert ("02:30" in labels) == (count == 48)
    assert ("02:30+0100" in labels) == (count == 50)


ZONES = sorted(available_timezones() - {"localtime"})


@settings(max_examples=100)
@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_nine_is_nine_everywhere(zone: str, day: date) -> None:
    """Hours mean what the clock on the wall shows, in every zone and on every day from 2000 to 2050."""
    week = tuple(WeeklyHours(weekday, (Hours("09:00", "10:00"),)) for weekday in range(7))
    asking = open_all_day(zone=zone)
    asking = evolve(asking, resource=evolve(asking.resource, week=week))
    (found,) = grid(asking, [], day, 1)
    local = local_day(zone, day)
    if local.begins == local.ends:
        assert found.starts == ()  # the zone has skipped it
    else:
        assert [slot.label for slot in found.slots] == ["09:00", "09:30"]


@settings(max_examples=100)
@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_days_meet(zone: str, day: date) -> None:
    """A day ends when the next begins, and no moment is lost between them."""
    today, tomorrow = local_day(zone, day), local_day(zone, day + timedelta(days=1))
    assert today.ends == tomorrow.begins
    assert 0 <= today.ends - today.begins <= 26 * 3600


def test_a_week_later_is_the_same() -> None:
    """Where no clock changes, everything moves along."""
    asking = open_all_day(now=datetime(2026, 6, 1, 10, tzinfo=UTC))
    asking = evolve(asking, template=evolve(asking.template, ahead=3, notice=100))
    start = datetime(2026, 6, 2, 9, tzinfo=UTC)
    holds = [Hold("h", start, start + timedelta(hours=2))]
    week = timedelta(days=7)
    later = [evolve(each, starts_at=each.starts_at + week, ends_at=each.ends_at + week) for each in holds]
    now = grid(asking, holds, date(2026, 6, 1), 7)
    then = grid(evolve(asking, now=asking.now + week), later, date(2026, 6, 8), 7)
    assert [each.reasons for each in now] == [each.reasons for each in then]


def test_an_appointment_that_moves_ignores_itself() -> None:
    """In its own way, and in the limit of the day."""
    asking = open_all_day(now=datetime(2026, 6, 1, tzinfo=UTC), besides="a")
    asking = evolve(asking, template=evolve(asking.template, per_day=1))
    day = date(2026, 6, 2)
    start = datetime(2026, 6, 2, 9, tzinfo=UTC)
    hold = Hold("a", start, start + timedelta(minutes=30), kind=limit_kind(asking.template, day))
    assert set(grid(asking, [hold], day, 1)[0].reasons) == {None}
    assert set(grid(evolve(asking, besides=""), [hold], day, 1)[0].reasons) == {Reason.LIMIT}
