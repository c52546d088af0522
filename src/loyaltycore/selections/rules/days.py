"""Age and birthday on a day, as criteria on the stored date of birth."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from typing import Any, Final

from attrs import evolve, frozen
from dateutil.relativedelta import relativedelta
from typing_extensions import override

from loyaltycore.kernel.criteria import Criterion, Or, View, stored
from loyaltycore.selections.rules.sources import ANY_DAY, Column, Source, Today

_A_YEAR: Final = timedelta(days=365)
_LEAP_DAY: Final = "02-29"


@frozen
class Age(Source):
    """Whole years since a date; people born on 29 February grow older on 1 March of a common year."""

    name: str
    """The field with the date, which may be None."""
    today: Today = ANY_DAY
    """The day on which the age is meant."""

    def on(self, today: Today) -> Age:
        """The source on a day."""
        return evolve(self, today=today)

    def equals(self, value: Any) -> Criterion:
        """The age is that number."""
        return self.between(value, value)

    def less(self, value: Any) -> Criterion:
        """The age is less."""
        return stored(self.name) > _years_before(self.today, value)

    def at_most(self, value: Any) -> Criterion:
        """The age is that number or less."""
        return self.less(value + 1)

    def more(self, value: Any) -> Criterion:
        """The age is more."""
        return self.at_least(value + 1)

    def at_least(self, value: Any) -> Criterion:
        """The age is that number or more."""
        return stored(self.name) <= _years_before(self.today, value)

    def filled(self) -> Criterion:
        """The age is known."""
        return ~stored(self.name).is_null()

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The age."""
        born = getattr(record, self.name)
        return () if born is None else (age_on(self.today.day, born),)


@frozen
class DayOfYear(Source):
    """A stored day of the year as ``MM-DD``, compared around the new year."""

    name: str
    """The field, which may be empty."""

    def equals(self, value: Any) -> Criterion:
        """It is that day, or is celebrated on that date."""
        return self.between(value, value)

    def between(self, first: Any, last: Any) -> Criterion:
        """It lies between two days of the year, or is celebrated between two dates; both included."""
        if not isinstance(first, date):
            return self._around(first, last)
        if last < first:
            return Or(())
        return (
            self.filled() if last - first >= _A_YEAR else self._around(_first_celebrated(first), _text(last))
        )

    def filled(self) -> Criterion:
        """There is a day."""
        return Column(self.name, blank=True).filled()

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The day."""
        return Column(self.name, blank=True).held(record, view)

    def _around(self, first: str, last: str) -> Criterion:
        behind, before = stored(self.name) >= first, stored(self.name) <= last
        return behind & before if first <= last else behind | (before & self.filled())


def age_on(today: date, born: date) -> int:
    """The age on a day, in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _years_before(today: Today, years: int) -> date:
    return today.day - relativedelta(years=years)


def _text(day: date) -> str:
    return day.strftime("%m-%d")


def _first_celebrated(day: date) -> str:
    """The first day of the year that is celebrated on a date: without a 29 February, 1 March stands for both."""
    text = _text(day)
    return _LEAP_DAY if text == "03-01" and not isleap(day.year) else text
