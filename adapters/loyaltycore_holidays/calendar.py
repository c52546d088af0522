"""The working days of one place: weekdays, public holidays, and the dates that a shop adds by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from threading import Lock
from typing import Any, Final

from attrs import Factory, field, frozen

from loyaltycore.kernel.calendar import MONDAY_TO_FRIDAY, TabulatedCalendar
from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.forking import PerProcess
from loyaltycore_holidays.facts import read_dates, read_weekdays, read_yearly
from loyaltycore_holidays.places import Place, read_place

# One computation at a time: the holidays package makes no promise to threads.
_COMPUTING: Final = PerProcess(Lock)


class _Years(dict[int, frozenset[date]]):
    """The working days of each year asked for, computed on first use."""

    def __init__(self, calendar: HolidayCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, year: int) -> frozenset[date]:
        with _COMPUTING.get():
            if year not in self:
                self[year] = self._calendar.working_days(year)
        return self[year]


@frozen(init=False)
class HolidayCalendar(TabulatedCalendar):
    """A business calendar with public holidays.

    Two calendars with the same facts are equal, and a calendar pickles. Each year is computed when it is first asked
    for; then `is_working_day` is a look-up, and threads may share a calendar.

    `open_on` wins over everything else; then come `closed_on`, `closed_every` and the holidays; then the weekday. A
    weekend day that a country swaps for a bridge day (a working Saturday in Hungary, say) is worked.

    Outside the years that `holidays` covers (1991 to 2100 for Germany) no day is a holiday.

    Args:
        country: ISO 3166-1 alpha-2, for example ``DE``.
        subdivision: State, province or canton: the code of ISO 3166-2 with or without the country (``DE-BY``,
            ``BY``), or its name (``Bayern``). Without one, only the holidays of the whole country count.
        working_weekdays: Monday is 0, Sunday is 6.
        closed_on: Extra closed dates.
        open_on: Extra working dates.
        closed_every: Month and day of closed days of each year, for example ``((12, 24), (12, 31))``.
        municipality: ``Augsburg`` adds its peace festival and Assumption Day. ``catholic`` (`MOSTLY_CATHOLIC`) adds
            the holidays that Bavaria (Assumption Day), Saxony and Thuringia (Corpus Christi) give to municipalities
            where most people are Catholic. Also ``Stadt Zurich`` and ``Barcelona``. Empty everywhere else.
        categories: The kinds of holiday that close, in the words of `holidays`, for example ``("public", "bank")``;
            they replace the usual kind, which is ``public``.

    Raises:
        InvalidInput: Names every fault; for an unknown place it lists those known.
        MissingExtra: `holidays` is not installed.

    Example:
        >>> munich = HolidayCalendar("DE", "BY", municipality="catholic")
        >>> munich.is_working_day(date(2024, 8, 15))
        False
    """

    place: Place
    """Country, subdivision, municipality and categories in their normal form."""
    working_weekdays: frozenset[int]
    closed_on: frozenset[date]
    open_on: frozenset[date]
    closed_every: frozenset[tuple[int, int]]
    _years: _Years = field(init=False, eq=False, repr=False, default=Factory(_Years, takes_self=True))

    def __init__(
        self,
        country: str,
        subdivision: str | None = None,
        *,
        working_weekdays: Iterable[int] = MONDAY_TO_FRIDAY,
        closed_on: Iterable[date | str] = (),
        open_on: Iterable[date | str] = (),
        closed_every: Iterable[tuple[int, int]] = (),
        municipality: str | None = None,
        categories: Iterable[str] | None = None,
    ) -> None:
        with Faults() as faults:
            facts = (
                read_place(faults, country, subdivision, municipality, categories),
                read_weekdays(faults, "working_weekdays", working_weekdays),
                read_dates(faults, "closed_on", closed_on),
                read_dates(faults, "open_on", open_on),
                read_yearly(faults, "closed_every", closed_every),
            )
        self.__attrs_init__(*facts)

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the facts, without what was computed."""
        facts = (self.place, self.working_weekdays, self.closed_on, self.open_on, self.closed_every)
        return _rebuild, facts

    def is_working_day(self, day: date) -> bool:
        """Say whether the branch works on that local date."""
        return day in self._years[day.year]

    def working_days(self, year: int) -> frozenset[date]:
        """Compute all working days of a year; for a single date use `is_working_day`."""
        found = self.place.holidays(year)
        free = self.closed_on.union(found)
        days = {
            day
            for day in _days_of(year)
            if (day.weekday() in self.working_weekdays or day in found.weekend_workdays)
            and day not in free
            and (day.month, day.day) not in self.closed_every
        }
        return frozenset(days.union(day for day in self.open_on if day.year == year))


def _rebuild(*facts: Any) -> HolidayCalendar:
    calendar = HolidayCalendar.__new__(HolidayCalendar)
    calendar.__attrs_init__(*facts)
    return calendar


def _days_of(year: int) -> Iterator[date]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return (first + timedelta(days=i) for i in range((last - first).days + 1))
