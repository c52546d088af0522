"""The grid of a planner: which beginnings a resource offers on which day, and why the others are not free.

What is shown and what is booked come from this one function: `day_grid` says that a beginning is free if and only if it
can be booked at that moment in that state. All times are whole seconds since 1970 inside, and become instants where
they are read. The cost grows with the number of days and of holds, not with their product.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, cached_property
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from loyaltycore.booking.rules.hours import DAY, Hours
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.wall_time import LocalDay, local_date, local_day, moment, seconds_of
from loyaltycore.kernel.occupancy import Hold

_ONE_DAY: Final = timedelta(days=1)
_EVER: Final = 1 << 40


class Reason(Enum):
    """Why a beginning is not free; of several the first counts."""

    PAST = "past"
    NOTICE = "notice"
    """Too soon."""
    AHEAD = "ahead"
    """Too far ahead."""
    HOLIDAY = "holiday"
    CLOSED = "closed"
    """The resource is not there on this date."""
    BREAK = "break"
    LIMIT = "limit"
    """There are enough of this kind on this day."""
    BUSY = "busy"
    BUFFER = "buffer"
    """The time to prepare or to clear up is missing."""


@frozen
class Slot:
    """One possible beginning."""

    starts_at: datetime
    """In UTC."""
    ends_at: datetime
    label: str
    """The time on the wall, with its offset if the wall shows it twice on this day; ``x`` if it is not free."""
    reason: Reason | None
    """Why it is not free; None if it is."""


@frozen(eq=False)
class GridDay:
    """The beginnings that a resource has on one day, free or not."""

    resource_id: str
    day: date
    zone: str
    length: int
    """Seconds; 0 if each has a length of its own."""
    starts: tuple[int, ...]
    """Seconds since 1970, ascending."""
    reasons: tuple[Reason | None, ...]
    lengths: tuple[int, ...] = ()
    """Seconds of each, where there is no length for all."""

    @property
    def ends(self) -> Iterable[int]:
        """The end of each, in seconds since 1970."""
        if not self.lengths:
            return (start + self.length for start in self.starts)
        return (start + length for start, length in zip(self.starts, self.lengths, strict=True))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The beginnings as instants, with what people read."""
        return tuple(
            Slot(moment(start), moment(end), "x" if reason else label, reason)
            for start, end, label, reason in zip(
                self.starts, self.ends, self._labels(), self.reasons, strict=True
            )
        )

    def _labels(self) -> Iterable[str]:
        """What the wall shows at each beginning."""
        local = local_day(self.zone, self.day)
        if local.even:
            return [_wall_label((start - local.begins) // 60) for start in self.starts]
        zone = ZoneInfo(self.zone)
        walls = [datetime.fromtimestamp(start, zone) for start in self.starts]
        twice = len({each.replace(tzinfo=None, fold=0) for each in walls}) < len(walls)
        return [f"{each:%H:%M}" + (f"{each:%z}" if twice else "") for each in walls]

    @property
    def free(self) -> Iterator[int]:
        """The beginnings that are free, in seconds since 1970."""
        return (start for start, reason in zip(self.starts, self.reasons, strict=True) if reason is None)

    def end_of(self, start: int) -> int:
        """When what begins then ends, in seconds since 1970."""
        return next(end for begin, end in zip(self.starts, self.ends, strict=True) if begin == start)

    def reason_at(self, start: int) -> Reason | None:
        """Why a beginning is not free; `Reason.CLOSED` where there is none at all."""
        place = bisect_left(self.starts, start)
        if place == len(self.starts) or self.starts[place] != start:
            return Reason.CLOSED
        return self.reasons[place]


@frozen
class Asking:
    """What a grid is computed for."""

    resource: Resource
    template: AppointmentTemplate
    zone: str
    """Of the branch."""
    is_holiday: Callable[[date], bool] = field(eq=False)
    now: datetime
    besides: str = ""
    """Whose hold counts for nothing: that of the appointment which is to be moved."""


def grid(asking: Asking, holds: Iterable[Hold], first: date, days: int) -> tuple[GridDay, ...]:
    """The beginnings of several days in a row.

    Args:
        holds: What is held on the resource on these days and at their edges, lapsed or not.
        first: The first day, as the branch counts days.
        days: How many.
    """
    sweep = _Sweep(asking, [each for each in holds if each.key != asking.besides and each.counts(asking.now)])
    return tuple(sweep.day(first + number * _ONE_DAY) for number in range(days))


Span = tuple[int, int]
Spans = tuple[Span, ...]


def _spans(hours: Iterable[Hours]) -> Spans:
    return tuple(each.span for each in hours)


class _Sweep:
    """What all days of a grid have in common, computed once."""

    def __init__(self, asking: Asking, holds: Sequence[Hold]) -> None:
        template, resource = asking.template, asking.resource
        self.asking = asking
        self.length, self.step = template.length * 60, template.step * 60
        self.prepare, self.clear_up = template.prepare * 60, template.clear_up * 60
        self.week = {each.weekday: _spans(each.hours) for each in resource.week}
        self.breaks = {each.weekday: _spans(each.hours) for each in resource.breaks}
        self.exceptions = {each.day: _spans(each.hours) for each in resource.exceptions}
        self.now = seconds_of(asking.now)
        self.earliest = self.now + template.notice * 60
        self.latest = local_date(asking.zone, asking.now) + timedelta(days=template.ahead)
        self.full = _full(holds, resource.capacity)
        self.begins = [begin for begin, _ in self.full]
        self.ends = [end for _, end in self.full]
        self.counted = Counter({each.key: each.kind for each in holds}.values() if template.per_day else ())
        own = (*self.week.values(), *self.exceptions.values())
        self.goes_on = any(span[1] > DAY for spans in own for span in spans)
        """Whether hours of one day may reach into the next."""

    def day(self, day: date) -> GridDay:
        """The beginnings of one day: those of its own hours, and of yesterday's that go on after midnight."""
        today = local_day(self.asking.zone, day)
        starts: list[int] = []
        reasons: list[Reason | None] = []
        lengths: list[int] = []
        for local in (local_day(self.asking.zone, day - _ONE_DAY), today) if self.goes_on else (today,):
            for span in self._hours(local.day):
                if local is today or span[1] > DAY:
                    for cells, length in self._beginnings(local, span, today):
                        starts += cells
                        reasons += self._reasons(cells, length, local, today)
                        lengths += [] if self.length else [length]
        resource = self.asking.resource.id
        return GridDay(
            resource, day, self.asking.zone, self.length, tuple(starts), tuple(reasons), tuple(lengths)
        )

    def _hours(self, day: date) -> Spans:
        """The hours of a date; where it is closed, those of its weekday, which show why they are not free."""
        return self.exceptions.get(day) or self.week.get(day.weekday(), ())

    def _beginnings(self, local: LocalDay, span: Span, today: LocalDay) -> Iterable[tuple[range, int]]:
        """The beginnings within these hours, and how long what begins there takes."""
        if self.length:
            return ((self._cells(local, span, today), self.length),)
        return self._stretches(local, span, today)

    def _stretches(self, local: LocalDay, span: Span, today: LocalDay) -> Iterator[tuple[range, int]]:
        """What breaks leave of these hours, each stretch in one piece."""
        begin, end = self._within(local, *span)
        for opens, closes in (*sorted(self._pauses(local.day)), (end, end)):
            length = min(opens, end) - begin
            if length > 0 and today.begins <= begin < today.ends:
                yield range(begin, begin + 1), length
            begin = max(begin, closes)

    def _cells(self, local: LocalDay, span: Span, today: LocalDay) -> range:
        """The beginnings within these hours that lie on the day that is asked for."""
        begin, end = self._within(local, *span)
        skipped = max(0, -((begin - today.begins) // self.step))
        return range(begin + skipped * self.step, min(end - self.length + 1, today.ends), self.step)

    def _within(self, local: LocalDay, opens: int, closes: int) -> Span:
        """From when to when; hours that go on after midnight end where those of the next day begin."""
        if closes > DAY:
            following = self._hours(local.day + _ONE_DAY)
            closes = min([closes, *(DAY + each[0] for each in following)])
        return local.at(opens), local.at(closes)

    def _reasons(self, cells: range, length: int, local: LocalDay, today: LocalDay) -> list[Reason | None]:
        """Why each is not free; what counts most is written last."""
        if closed := self._closed(local.day):
            reasons: list[Reason | None] = [closed] * len(cells)
        else:
            reasons = [None] * len(cells)
            self._mark_held(reasons, cells, length)
            template = self.asking.template
            if (
                template.per_day is not None
                and self.counted[limit_kind(template, today.day)] >= template.per_day
            ):
                reasons = [Reason.LIMIT] * len(cells)
            for begin, end in self._pauses(local.day):
                _mark(reasons, cells, begin - length, end, Reason.BREAK)
        if today.day > self.latest:
            reasons = [Reason.AHEAD] * len(cells)
        if cells and cells[0] < self.earliest:
            _mark(reasons, cells, -_EVER, self.earliest, Reason.NOTICE)
            _mark(reasons, cells, -_EVER, self.now, Reason.PAST)
        return reasons

    def _pauses(self, day: date) -> Iterator[tuple[int, int]]:
        """The breaks that hours of a date may meet: breaks go on after midnight as hours do, and meet those that did."""
        for other in (day - _ONE_DAY, day, day + _ONE_DAY) if self.breaks else ():
            local = local_day(self.asking.zone, other)
            for opens, closes in self.breaks.get(other.weekday(), ()):
                yield local.at(opens), local.at(closes)

    def _closed(self, day: date) -> Reason | None:
        if (hours := self.exceptions.get(day)) is not None:
            return None if hours else Reason.CLOSED
        if not self.asking.resource.open_on_holidays and self.asking.is_holiday(day):
            return Reason.HOLIDAY
        return None

    def _mark_held(self, reasons: list[Reason | None], cells: range, length: int) -> None:
        if not cells:
            return
        first = bisect_right(self.ends, cells[0] - self.prepare)
        last = bisect_left(self.begins, cells[-1] + length + self.clear_up)
        meeting = self.full[first:last]
        for begin, end in meeting if self.prepare or self.clear_up else ():
            _mark(reasons, cells, begin - length - self.clear_up, end + self.prepare, Reason.BUFFER)
        for begin, end in meeting:
            _mark(reasons, cells, begin - length, end, Reason.BUSY)


def _mark(reasons: list[Reason | None], cells: range, after: int, before: int, reason: Reason) -> None:
    """Give a reason to all beginnings later than one moment and earlier than another."""
    first = max(0, (after - cells.start) // cells.step + 1)
    end = min(len(cells), -((cells.start - before) // cells.step))
    if first < end:
        reasons[first:end] = [reason] * (end - first)


def limit_kind(template: AppointmentTemplate, day: date) -> str:
    """What the holds of a template's appointments on one day of the branch have in common, see `Hold.kind`."""
    return f"{template.id}/{day.isoformat()}" if template.id else ""


@cache
def _wall_label(minutes: int) -> str:
    """A time of day; there are 1,440."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _union(spans: Iterable[Span]) -> list[Span]:
    """The stretches that are taken by anything at all, which is faster than to count."""
    found: list[Span] = []
    begin = end = -_EVER
    for start, stop in sorted(spans):
        if start > end:
            found.append((begin, end))
            begin, end = start, stop
        elif stop > end:
            end = stop
    return [*found[1:], (begin, end)] if found else []


def _full(holds: Iterable[Hold], capacity: int) -> list[tuple[int, int]]:
    """The stretches in which nothing more fits, ascending and apart from one another."""
    if capacity == 1:
        return _union((int(hold.starts_at.timestamp()), seconds_of(hold.ends_at)) for hold in holds)
    changes: list[tuple[int, int]] = []
    for hold in {each.key: each for each in holds}.values():
        changes.append((int(hold.starts_at.timestamp()), hold.units))
        changes.append((seconds_of(hold.ends_at), -hold.units))
    changes.sort()
    found: list[tuple[int, int]] = []
    level, begin = 0, None
    for instant, change in changes:
        level += change
        if level >= capacity:
            begin = instant if begin is None else begin
        elif begin is not None:
            if found and found[-1][1] == begin:
                begin = found.pop()[0]
            if begin < instant:
                found.append((begin, instant))
            begin = None
    return found
