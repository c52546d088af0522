"""The plug-in: gives each branch the calendar of its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from attrs import frozen

from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.validation import Faults
from loyaltycore_holidays.calendar import HolidayCalendar
from loyaltycore_holidays.facts import read_dates, read_yearly
from loyaltycore_holidays.places import known_countries, read_place

_MOST_COUNTRIES: Final = 300


@frozen(init=False)
class BranchHolidays:
    """Gives each branch a `HolidayCalendar` made from its facts; branches with equal facts share one.

    Place, weekdays and dates come from the branch; the arguments are for the whole chain. A branch's `open_on` wins
    over the chain's closed days.

    Args:
        closed_every: Month and day of closed days of each year, for example ``((12, 24), (12, 31))``.
        closed_on: Dates on which the whole chain is closed.
        categories: The kinds of holiday that close branches in a country, if not only the usual ``public``, for example
            ``{"AT": ("public", "bank")}``.

    Raises:
        InvalidInput: Every fault in these options. Calling it raises for the facts of the branch.
        MissingExtra: `holidays` is not installed.

    Example:
        >>> from loyaltycore.kernel.branches import Branch
        >>> calendar_of = BranchHolidays(closed_every=((12, 24), (12, 31)))
        >>> calendar_of(Branch("berlin", "Berlin", subdivision="BE")).is_working_day(date(2024, 12, 24))
        False
    """

    closed_every: frozenset[tuple[int, int]]
    closed_on: frozenset[date]
    categories: tuple[tuple[str, tuple[str, ...]], ...]

    def __init__(
        self,
        *,
        closed_every: Iterable[tuple[int, int]] = (),
        closed_on: Iterable[date] = (),
        categories: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        # A missing package shows when the program starts, not when the first card is ordered.
        known_countries()
        with Faults() as faults:
            options = (
                read_yearly(faults, "closed_every", closed_every),
                read_dates(faults, "closed_on", closed_on),
                _read_categories(faults, categories),
            )
        self.__attrs_init__(*options)

    def __call__(self, branch: Branch) -> HolidayCalendar:
        """Give the calendar of a branch.

        Raises:
            InvalidInput: Its place is unknown, or its dates are not valid.
        """
        kinds = dict(self.categories).get(branch.country)
        return _calendar(
            (branch.country, branch.subdivision, branch.municipality, kinds),
            tuple(branch.working_weekdays),
            (tuple(branch.closed_on), self.closed_on),
            tuple(branch.open_on),
            self.closed_every,
        )

    def check_place(self, country: str, subdivision: str, municipality: str) -> None:
        """Refuse a place that `holidays` does not know.

        Raises:
            InvalidInput: Each fault lists the places known.
        """
        with Faults() as faults:
            read_place(faults, country, subdivision, municipality, dict(self.categories).get(country))


@lru_cache(maxsize=256)
def _calendar(
    place: tuple[str, str, str, tuple[str, ...] | None],
    working_weekdays: tuple[int, ...],
    closed_on: tuple[Iterable[date], Iterable[date]],
    open_on: tuple[date, ...],
    closed_every: frozenset[tuple[int, int]],
) -> HolidayCalendar:
    country, subdivision, municipality, categories = place
    return HolidayCalendar(
        country,
        subdivision,
        municipality=municipality,
        categories=categories,
        working_weekdays=working_weekdays,
        closed_on=(day for days in closed_on for day in days),
        open_on=open_on,
        closed_every=closed_every,
    )


def _read_categories(faults: Faults, given: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    countries = faults.members("categories", given, most=_MOST_COUNTRIES, what="categories by country")
    places = [
        read_place(faults.at(f"categories[{country}]"), country, None, None, words)
        for country, words in countries.items()
    ]
    return tuple(sorted((place.country, place.categories) for place in places))
