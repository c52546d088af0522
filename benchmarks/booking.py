"""The grid of a planner beside four other ways to compute it, and bookings that rivals want beside a bare constraint."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import portion
from attrs import frozen
from intervaltree import IntervalTree

from benchmarks import rivals
from benchmarks.django_site import set_up_django
from benchmarks.timing import Result, at_least, at_most, duel, processor
from loyaltycore.booking import AppointmentTemplate, Resource, hours_on
from loyaltycore.booking.rules.grid import Asking, GridDay, grid
from loyaltycore.booking.rules.wall_time import moment
from loyaltycore.kernel.occupancy import Hold

FIRST: Final = date(2026, 3, 2)
ZONE: Final = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = timedelta(hours=8), timedelta(hours=18)
LENGTH, STEP = timedelta(minutes=30), timedelta(minutes=15)

DAYS, APPOINTMENTS = 60, 1000
MOST: Final = 2e-3
"""Seconds for those."""
YEAR, RESOURCES, MANY = 365, 5, 10_000
MOST_OF_A_YEAR: Final = 30e-3
TIMES_A_SWEEP: Final = 3
TIMES_DJANGO: Final = 50
GROWTH: Final = 1.3

Span = tuple[datetime, datetime]


@frozen
class Busy:
    """An appointment as django-appointment wants it."""

    begin: datetime
    end: datetime

    def get_start_time(self) -> datetime:
        """As it is called there."""
        return self.begin

    def get_end_time(self) -> datetime:
        """As it is called there."""
        return self.end


def run() -> Iterator[Result]:
    """The grid alone, then bookings."""
    taken = appointments(DAYS, APPOINTMENTS)
    yield from beside_others(taken)
    yield shown(taken)
    yield of_a_year()
    yield growing()
    yield rivals.beside_a_constraint()
    yield rivals.beside_the_same_rows()


def beside_others(taken: Sequence[Span]) -> Iterator[Result]:
    """Sixty days of one resource, each way with the same answers."""
    ours = by_us(DAYS, taken)
    expected = ours()
    what = f"grid of {DAYS} days, {APPOINTMENTS:,} appointments"
    peers: list[tuple[str, Callable[[], list[datetime]], Callable[[float, float], Result]]] = [
        ("a sorted sweep", by_a_sweep(taken), lambda a, b: at_most(what, a, b, TIMES_A_SWEEP)),
        ("intervaltree", by_trees(taken), lambda a, b: at_most(what, a, b)),
        ("portion", by_portions(taken), lambda a, b: at_most(what, a, b)),
        ("django-appointment", by_django(taken), lambda a, b: at_least(what, a, b, TIMES_DJANGO)),
        ("django-appointment, day by day", by_django(taken, daily=True), lambda a, b: at_most(what, a, b)),
    ]
    for name, peer, judged in peers:
        if peer() != expected:
            raise AssertionError(f"{name} finds other beginnings")
        mine, theirs = duel(ours, peer, clock=processor)
        found = judged(mine, theirs)
        yield Result(f"{what}, beside {name}", found.ours, found.peer, found.ratio, found.target, found.kept)
        if name == "a sorted sweep":
            yield within(what, mine, MOST)


def shown(taken: Sequence[Span]) -> Result:
    """The same as a page needs it: a label and a reason for every beginning, free or not."""
    compute = grids(DAYS, taken)
    mine, theirs = duel(lambda: [day.slots for day in compute()], by_a_sweep(taken), clock=processor)
    return at_most("the same with all that a page shows, beside a sorted sweep", mine, theirs)


def of_a_year() -> Result:
    """A year of five resources."""
    works = [grids(YEAR, appointments(YEAR, MANY // RESOURCES, seed)) for seed in range(RESOURCES)]
    mine, _ = duel(lambda: [work() for work in works], lambda: None, clock=processor)
    return within(
        f"grid of {YEAR} days and {RESOURCES} resources, {MANY:,} appointments", mine, MOST_OF_A_YEAR
    )


def growing() -> Result:
    """Eight times as much of both."""
    small, large = (by_us(DAYS * each, appointments(DAYS * each, APPOINTMENTS * each)) for each in (1, 8))
    mine, theirs = duel(large, small, clock=processor)
    return at_most("grid, eight times the days and appointments, each of them", mine / 8, theirs, GROWTH)


def within(subject: str, seconds: float, limit: float) -> Result:
    """A result that is promised in seconds: a page waits for it."""
    return Result(
        subject, f"{seconds * 1e3:.2f} ms", "-", "-", f"at most {limit * 1e3:g} ms", seconds <= limit
    )


def appointments(days: int, count: int, seed: int = 0) -> list[Span]:
    """So many different ones on the steps of some days, in any order."""
    steps = (CLOSES - OPENS) // LENGTH
    chosen = random.Random(seed).sample(range(days * steps), count)  # noqa: S311  no secret
    return [
        (begin, begin + LENGTH)
        for each in chosen
        for begin in [at(FIRST + timedelta(days=each // steps), OPENS + each % steps * LENGTH)]
    ]


def at(day: date, time: timedelta) -> datetime:
    """A time on the wall as an instant."""
    return (datetime(day.year, day.month, day.day, tzinfo=ZONE) + time).astimezone(UTC)


def openings(days: int) -> Iterator[Span]:
    """From when to when each day is open."""
    for number in range(days):
        day = FIRST + timedelta(days=number)
        yield at(day, OPENS), at(day, CLOSES)


def grids(days: int, taken: Sequence[Span]) -> Callable[[], tuple[GridDay, ...]]:
    """`grid`, whose beginnings are seconds."""
    minute = timedelta(minutes=1)
    resource = Resource("r", "Room", "berlin", week=hours_on(range(7), "08:00-18:00"), online=True)
    template = AppointmentTemplate("t", "Test", LENGTH // minute, STEP // minute, ahead=1000, online=True)
    asking = Asking(resource, template, ZONE.key, lambda _: False, at(FIRST, -OPENS))
    holds = [Hold(f"{number}", begin, end) for number, (begin, end) in enumerate(taken)]
    return lambda: grid(asking, holds, FIRST, days)


def by_us(days: int, taken: Sequence[Span]) -> Callable[[], list[datetime]]:
    """The free beginnings as instants, as all others give them."""
    compute = grids(days, taken)
    return lambda: [moment(start) for day in compute() for start in day.free]


def by_a_sweep(taken: Sequence[Span]) -> Callable[[], list[datetime]]:
    """What a careful programmer writes: both lists in order, and one finger on each."""

    def sweep() -> list[datetime]:
        busy, place, free = sorted(taken), 0, []
        for begin, closes in openings(DAYS):
            while begin + LENGTH <= closes:
                while place < len(busy) and busy[place][1] <= begin:
                    place += 1
                if place == len(busy) or busy[place][0] >= begin + LENGTH:
                    free.append(begin)
                begin += STEP  # noqa: PLW2901  it is the finger
        return free

    return sweep


def by_trees(taken: Sequence[Span]) -> Callable[[], list[datetime]]:
    """An interval tree that is asked for each beginning."""

    def ask() -> list[datetime]:
        tree = IntervalTree.from_tuples(taken)
        return [each for each in beginnings() if not tree.overlaps(each, each + LENGTH)]

    return ask


def by_portions(taken: Sequence[Span]) -> Callable[[], list[datetime]]:
    """What is open less what is taken, by interval arithmetic."""

    def subtract() -> list[datetime]:
        whole = portion.Interval(*(portion.closedopen(*each) for each in openings(DAYS)))
        free = whole - portion.Interval(*(portion.closedopen(*each) for each in taken))
        starts, found = iter([*beginnings()]), []
        start = next(starts, None)
        for atom in free:
            while start is not None and start < atom.upper:
                if start >= atom.lower and start + LENGTH <= atom.upper:
                    found.append(start)
                start = next(starts, None)
        return found

    return subtract


def beginnings() -> Iterator[datetime]:
    """All that there are."""
    for begin, closes in openings(DAYS):
        for number in range((closes - begin - LENGTH) // STEP + 1):
            yield begin + number * STEP


def by_django(taken: Sequence[Span], *, daily: bool = False) -> Callable[[], list[datetime]]:
    """The pure functions of django-appointment, with all appointments or with those of the day.

    They know neither time zones nor the clock changes of this stretch, so both are counted in UTC.
    """
    calculate, exclude = _django()
    spans = [Busy(begin.replace(tzinfo=None), end.replace(tzinfo=None)) for begin, end in taken]
    long_ago = datetime(2000, 1, 1)  # noqa: DTZ001  it has no zones

    def compute() -> list[datetime]:
        free: list[datetime] = []
        for begin, closes in openings(DAYS):
            begin, closes = begin.replace(tzinfo=None), closes.replace(tzinfo=None)  # noqa: PLW2901  it has no zones
            meeting = [each for each in spans if each.begin < closes and begin < each.end] if daily else spans
            slots = calculate(begin, closes, long_ago, STEP, LENGTH)
            free += exclude(slots, meeting, slot_duration=STEP, service_duration=LENGTH)
        return [each.replace(tzinfo=UTC) for each in free]

    return compute


def _django() -> tuple[Callable[..., list[Any]], Callable[..., list[Any]]]:
    set_up_django()
    from appointment.utils.db_helpers import calculate_slots, exclude_unavailable_slots

    return calculate_slots, exclude_unavailable_slots
