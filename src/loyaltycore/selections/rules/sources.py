"""Where the fields of selections take their values from: each source turns comparisons into criteria.

Every comparison with an empty field is false. The caller makes exact opposites.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from typing_extensions import override

from loyaltycore.kernel.criteria import (
    EVERYTHING,
    Compare,
    Criterion,
    IsNull,
    Op,
    Or,
    View,
    plain,
    stored,
)


@frozen(slots=False)
class Today:
    """The day on which a condition is evaluated."""

    day: date
    """The day."""
    zone: str = "UTC"
    """IANA name of the time zone that decides the day of an instant."""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def start_of(self, day: date) -> datetime:
        """The instant at which a day begins."""
        return datetime.combine(day, time.min, self._zone).astimezone(UTC)

    def day_of(self, instant: datetime) -> date:
        """The day on which an instant lies."""
        return instant.astimezone(self._zone).date()


ANY_DAY: Final = Today(date(2000, 1, 1))
"""Stands for a day that is not known yet."""


class Source:
    """Base of all sources; each has the comparisons that its fields offer."""

    __slots__ = ()

    def on(self, today: Today) -> Source:  # noqa: ARG002  most do not depend on the day
        """The source on a day; comparisons are made on a day."""
        return self

    def comparable(self, value: Any) -> Any:
        """A value in the form in which comparisons take it."""
        return value

    def equals(self, value: Any) -> Criterion:
        """The field is that value."""
        raise NotImplementedError

    def one_of(self, values: Sequence[Any]) -> Criterion:
        """The field is one of the values."""
        return Or(tuple(map(self.equals, values)))

    def begins(self, value: Any) -> Criterion:
        """The field begins with a text."""
        raise NotImplementedError

    def less(self, value: Any) -> Criterion:
        """The field is less than the value."""
        raise NotImplementedError

    def at_most(self, value: Any) -> Criterion:
        """The field is the value or less."""
        raise NotImplementedError

    def more(self, value: Any) -> Criterion:
        """The field is more than the value."""
        raise NotImplementedError

    def at_least(self, value: Any) -> Criterion:
        """The field is the value or more."""
        raise NotImplementedError

    def between(self, first: Any, last: Any) -> Criterion:
        """The field lies between two values, both included."""
        return self.at_least(first) & self.at_most(last)

    def filled(self) -> Criterion:
        """The field is not empty."""
        raise NotImplementedError

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """What a record holds there, for people to read."""
        raise NotImplementedError

    @property
    def is_keyed(self) -> bool:
        """Whether each value is looked up by itself."""
        return False

    @property
    def other_records(self) -> tuple[str, str] | None:
        """The table of the customer's records that it looks at, and the field there that holds the customer's id."""
        return None

    @property
    def is_looked_up(self) -> bool:
        """Whether a comparison looks at other rows than the record's own."""
        return self.is_keyed or self.other_records is not None


@frozen
class Column(Source):
    """A stored field."""

    name: str
    nullable: bool = False
    """Whether it may be None."""
    blank: bool = False
    """Whether it is a text, which may be empty."""

    def equals(self, value: Any) -> Criterion:
        """The field is that value."""
        return Compare(self.name, Op.EQ, value)

    def one_of(self, values: Sequence[Any]) -> Criterion:
        """The field is one of the values."""
        return stored(self.name).one_of(values)

    def begins(self, value: Any) -> Criterion:
        """The field begins with a text."""
        return stored(self.name).begins(value)

    def less(self, value: Any) -> Criterion:
        """The field is less than the value."""
        return self._not_blank(Compare(self.name, Op.LT, value))

    def at_most(self, value: Any) -> Criterion:
        """The field is the value or less."""
        return self._not_blank(Compare(self.name, Op.LE, value))

    def more(self, value: Any) -> Criterion:
        """The field is more than the value."""
        return Compare(self.name, Op.GT, value)

    def at_least(self, value: Any) -> Criterion:
        """The field is the value or more."""
        return Compare(self.name, Op.GE, value)

    def between(self, first: Any, last: Any) -> Criterion:
        """The field lies between two values, both included."""
        return Compare(self.name, Op.GE, first) & Compare(self.name, Op.LE, last)

    def filled(self) -> Criterion:
        """The field is not empty."""
        if self.blank:
            return stored(self.name) != ""
        return ~IsNull(self.name) if self.nullable else EVERYTHING

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """What a record holds there."""
        value = plain(getattr(record, self.name))
        return () if value is None or value == "" else (value,)

    def _not_blank(self, criteria: Criterion) -> Criterion:
        return criteria & (stored(self.name) != "") if self.blank else criteria


@frozen
class Presence(Source):
    """Whether a stored field is there."""

    name: str
    """The field, which may be None."""

    def equals(self, value: Any) -> Criterion:
        """The field is there, or is not."""
        return ~IsNull(self.name) if value else IsNull(self.name)

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """Whether it is there."""
        return (getattr(record, self.name) is not None,)


@frozen
class InstantColumn(Source):
    """A stored instant, compared by its day."""

    name: str
    nullable: bool = False
    """Whether it may be None."""
    today: Today = ANY_DAY
    """The day, for its time zone."""

    def on(self, today: Today) -> InstantColumn:
        """The source on a day."""
        return evolve(self, today=today)

    def equals(self, value: Any) -> Criterion:
        """The instant lies on that day."""
        return self.between(value, value)

    def less(self, value: Any) -> Criterion:
        """The instant lies before that day."""
        return stored(self.name) < self.today.start_of(value)

    def at_most(self, value: Any) -> Criterion:
        """The instant lies on that day or before."""
        return self.less(value + timedelta(1))

    def more(self, value: Any) -> Criterion:
        """The instant lies after that day."""
        return self.at_least(value + timedelta(1))

    def at_least(self, value: Any) -> Criterion:
        """The instant lies on that day or after."""
        return stored(self.name) >= self.today.start_of(value)

    def filled(self) -> Criterion:
        """There is an instant."""
        return ~IsNull(self.name) if self.nullable else EVERYTHING

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The day of the instant."""
        value = getattr(record, self.name)
        return () if value is None else (self.today.day_of(value),)
