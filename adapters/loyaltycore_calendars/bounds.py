"""How much a file may mean: a rule of one line can stand for millions of events, or be looked through for hours.

Each rule is tried out before its events are made, on a calendar that is about to end: shifted by whole cycles of 400
years, after which all weekdays are the same, it stops at the last year that there is instead of eight thousand years
later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import prod
from typing import Any, Final

from attrs import frozen
from dateutil.rrule import rrulestr
from recurring_ical_events import EventAdapter

from loyaltycore.errors import Fault, InvalidInput

MOST_TIMES: Final = 10_000

_MOST_EFFORT: Final = 10_000_000
"""A few seconds."""
_A_RULE: Final = 600
_A_TIME: Final = 20
_A_DAY: Final[Mapping[str, int]] = {"YEARLY": 1, "MONTHLY": 1, "WEEKLY": 3, "DAILY": 15, "HOURLY": 15}
"""What it costs to look through a day, by how often the rule repeats."""
_MOST_CLOCK_TIMES: Final = 96
_MOST_PARTS: Final = 400
_PARTS_OF_A_LOOK: Final = 20
_MOVES_OF_A_LOOK: Final = 20

_CYCLE: Final = 400
_LAST_YEAR: Final = 9950
"""Leaves some decades for what is rare, such as a 29 February that is a Monday."""
_A_DAY_MORE: Final = timedelta(days=1)


@frozen
class _Window:
    """Local times between which a rule counts."""

    begin: datetime
    end: datetime


def require_few(components: Sequence[Any], since: datetime, until: datetime) -> None:
    """Refuse what would be expanded for longer than some seconds, or into more than `MOST_TIMES` events.

    Args:
        components: All events of a file.

    Raises:
        InvalidInput: ``too_many``; ``bad_calendar`` for a rule that never comes true.
    """
    events = [_Event(EventAdapter(each), each) for each in components]
    reach: dict[str, timedelta] = {}
    for event in events:
        reach[event.uid] = max(event.reach, reach.get(event.uid, _A_DAY_MORE))
    # What was moved and repeats in some way of its own is looked for in the whole series.
    moved = Counter(event.uid for event in events if event.is_moved and event.repeats)
    times, effort = len(events) + sum(len(event.adapter.rdates) for event in events), 0
    for event in events:
        around = reach[event.uid] + _A_DAY_MORE
        window = _Window(_wall(since) - around, _wall(until) + around)
        for rule in event.adapter.rrules:
            for cost, counts in _tries(rule, _wall(event.adapter.start), window):
                times += counts
                effort += cost * (1 + moved[event.uid] // _MOVES_OF_A_LOOK)
                if times > MOST_TIMES or effort > _MOST_EFFORT:
                    raise _too_many()
    if times > MOST_TIMES:
        raise _too_many()


@frozen
class _Event:
    adapter: Any
    component: Any

    @property
    def uid(self) -> str:
        return str(self.adapter.uid)

    @property
    def is_moved(self) -> bool:
        return "RECURRENCE-ID" in self.component

    @property
    def repeats(self) -> bool:
        return any(name in self.component for name in ("RRULE", "RDATE", "EXDATE"))

    @property
    def reach(self) -> timedelta:
        """How far around a stretch of time it is looked for, since it lasts or was moved."""
        at = [_wall(self.adapter.start), _wall(self.adapter.end)]
        if self.is_moved:
            at.append(_wall(self.component["RECURRENCE-ID"].dt))
        return max(at) - min(at)


def _tries(rule: str, start: datetime, window: _Window) -> Iterator[tuple[int, bool]]:
    """Try a rule until it has passed the window: what each step costs, and whether an event counts."""
    parts = dict(part.upper().split("=", 1) for part in rule.split(";"))
    interval, cost = _cost_of(parts)
    last = min(window.end, _until(parts.pop("UNTIL", "")) or window.end)
    most = int(parts.pop("COUNT", 0))
    shift = (_LAST_YEAR - last.year) // _CYCLE * _CYCLE
    before, first, last = (_later(at, shift) for at in (start, window.begin, last))
    if not most:
        # Whatever comes before the window is looked through: for centuries of it no try is needed.
        looked = max(before, min(first, last))
        yield (looked - before).days * cost // interval, False
        before = looked
    times = rrulestr(";".join(map("=".join, parts.items())), dtstart=_later(start, shift))
    yield _A_RULE, False
    for number, at in enumerate(_all(times), 1):
        yield max((at - before).days, 0) * cost // interval + _A_TIME, first <= at <= last
        if at > last or number == most:
            return
        before = max(at, before)
    raise InvalidInput([Fault("file", "bad_calendar", "holds a rule that never comes true")])


def _all(rule: Iterable[datetime]) -> Iterator[datetime]:
    """The times of a rule to the end of the calendar, which some rules do not notice."""
    try:
        yield from rule
    except (ValueError, OverflowError):
        return


def _cost_of(parts: Mapping[str, str]) -> tuple[int, int]:
    """The interval of a rule, and what a day costs that is looked through.

    Raises:
        InvalidInput: Too often, or with too many parts.
    """
    interval, lists = int(parts.get("INTERVAL", "1")), {}
    for name, value in parts.items():
        if name.startswith("BY"):
            lists[name] = value.count(",") + 1
    clock = prod(lists.get(name, 1) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    often = parts.get("FREQ") not in _A_DAY
    if often or interval < 1 or clock > _MOST_CLOCK_TIMES or sum(lists.values()) > _MOST_PARTS:
        raise _too_many()
    # Only a rule with conditions passes over whole days.
    every_hour = _A_TIME * 24 if parts["FREQ"] == "HOURLY" and not lists else 0
    return interval, (_A_DAY[parts["FREQ"]] + every_hour) * (1 + sum(lists.values()) // _PARTS_OF_A_LOOK)


def _until(text: str) -> datetime | None:
    return datetime.fromisoformat(text[:8]) + 2 * _A_DAY_MORE if text else None


def _wall(value: date) -> datetime:
    """A local time, whatever the zone: a day more at each end makes up for it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time())


def _later(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


def _too_many() -> InvalidInput:
    return InvalidInput(
        [Fault("file", "too_many", f"means more than {MOST_TIMES:,} events, or repeats too often")]
    )
