"""Times at which a resource is busy elsewhere, as another calendar says.

They lie on the day sheets beside the appointments, so that whoever claims time finds them by the same rule. Each lies on
one sheet alone: what a calendar says of some days never reaches into others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from attrs import evolve

from loyaltycore.booking.rules.planner import Resource
from loyaltycore.booking.rules.setup import MOST_CAPACITY
from loyaltycore.booking.rules.sheets import DaySheet, Sheets
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.occupancy import BusyTime, Hold, days_of, joined, sheet_key
from loyaltycore.kernel.validation import EARLIEST_DATE, LATEST_DATE, Faults

MOST_TIMES: Final = 10_000
LONGEST_SPAN: Final = timedelta(days=400)

_BLOCKED: Final = "blocked"
"""The kind of such holds: no limit counts it, whose kinds name a template and a day."""


def read_span(faults: Faults, since: object, until: object) -> BusyTime | None:
    """Read the stretch of time that a calendar speaks of."""
    first, last = _instant(faults, "since", since), _instant(faults, "until", until)
    if first is None or last is None:
        return None
    if not timedelta(0) < last - first <= LONGEST_SPAN:
        faults.note("until", "out_of_range", f"must be after `since`, by at most {LONGEST_SPAN.days} days")
    elif not EARLIEST_DATE <= first.date() <= last.date() <= LATEST_DATE:
        faults.note("since", "out_of_range", f"must lie between {EARLIEST_DATE} and {LATEST_DATE}")
    return BusyTime(first, last)


def read_times(faults: Faults, given: object) -> tuple[BusyTime, ...]:
    """Read busy times, in UTC."""
    items = faults.items("times", given, most=MOST_TIMES, what="a list of BusyTime", none=False)
    read = (_time(faults, f"times[{place}]", each) for place, each in enumerate(items))
    return tuple(filter(None, read))


def _time(faults: Faults, place: str, given: object) -> BusyTime | None:
    if type(given) is not BusyTime:
        faults.note(place, "wrong_type", "must be a BusyTime")
        return None
    inner = faults.at(place)
    start = _instant(inner, "starts_at", given.starts_at)
    end = _instant(inner, "ends_at", given.ends_at)
    if start is None or end is None:
        return None
    if end < start:
        inner.note("ends_at", "out_of_range", "must not be before `starts_at`")
    return BusyTime(start, end)


def _instant(faults: Faults, field: str, given: object) -> datetime | None:
    if given is None:
        faults.note(field, "required", "must be given")
    return faults.instant(field, given)


def block(
    resource: Resource, sheets: Sheets, times: Iterable[BusyTime], span: BusyTime, source: str
) -> Decision[Resource]:
    """Take the busy times of a resource; nothing happens if nothing differs.

    Args:
        sheets: Of all days of the span.
        span: What the source speaks of: what it said of it before is replaced.
    """
    busy = _by_day(_within(each, span) for each in times)
    stored = {sheet.day: sheet for sheet in sheets.stored}
    add: list[DaySheet] = []
    save: list[DaySheet] = []
    for day in sheets.days:
        known = stored.get(day)
        before = known or DaySheet(sheet_key(resource.id, day), resource.id, day)
        after = evolve(before, holds=tuple(_holds(before, busy[day], span, source)))
        if {*after.holds} != {*before.holds}:
            (add if known is None else save).append(after)
    changed = add or save
    notes = (Note("resource.blocked", about=resource, comment=source),) if changed else ()
    return Decision(resource, add=tuple(add), save=tuple(save), notes=notes)


def _holds(sheet: DaySheet, busy: Iterable[BusyTime], span: BusyTime, source: str) -> Iterator[Hold]:
    """What stays on a sheet, and what the source says now, each stretch once."""
    own = f"{_BLOCKED}/{source}/"
    told = list(busy)
    for hold in sheet.holds:
        if hold.kind == _BLOCKED and hold.key.startswith(own):
            told += _outside(hold, span)
        else:
            yield hold
    for each in joined(told):
        key = f"{own}{each.starts_at.astimezone(UTC).isoformat()}"
        # Whatever the resource has room for: who is elsewhere has none.
        yield Hold(key, each.starts_at, each.ends_at, units=MOST_CAPACITY, kind=_BLOCKED)


def _outside(hold: Hold, span: BusyTime) -> Iterator[BusyTime]:
    """The parts of a hold of which nothing is said now."""
    if hold.starts_at < span.starts_at:
        yield BusyTime(hold.starts_at, min(hold.ends_at, span.starts_at))
    if hold.ends_at > span.ends_at:
        yield BusyTime(max(hold.starts_at, span.ends_at), hold.ends_at)


def _within(time: BusyTime, span: BusyTime) -> BusyTime:
    return BusyTime(max(time.starts_at, span.starts_at), min(time.ends_at, span.ends_at))


def _by_day(times: Iterable[BusyTime]) -> Mapping[date, list[BusyTime]]:
    """Busy times, cut at midnight in UTC."""
    found: dict[date, list[BusyTime]] = defaultdict(list)
    for each in joined(each for each in times if each.starts_at < each.ends_at):
        for day in days_of(each.starts_at, each.ends_at):
            begin = datetime.combine(day, time(), UTC)
            found[day].append(_within(each, BusyTime(begin, begin + timedelta(days=1))))
    return found


def blocked_by(holds: Iterable[Hold]) -> tuple[str, ...]:
    """The calendars that say that a resource is busy."""
    return tuple(sorted({hold.key.split("/")[1] for hold in holds if hold.kind == _BLOCKED}))


def is_block(hold: Hold) -> bool:
    """Whether it is no appointment but something that another calendar says."""
    return hold.kind == _BLOCKED
