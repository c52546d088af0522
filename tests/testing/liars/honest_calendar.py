"""The honest calendars that liars are made from."""

from __future__ import annotations

from datetime import date
from typing import Final

from loyaltycore.kernel.calendar import WeekdayCalendar

_NEW_YEAR: Final = frozenset(date(year, 1, 1) for year in range(1900, 2101))
HONEST: Final = WeekdayCalendar(closed_on=_NEW_YEAR)
OTHER: Final = WeekdayCalendar(frozenset(range(1, 6)), closed_on=frozenset({date(2026, 1, 2)}))
"""Of a branch that is open from Tuesday to Saturday, and at New Year."""


class Wrong:
    """A calendar that knows the right facts."""

    def __init__(self, facts: WeekdayCalendar = HONEST) -> None:
        self.facts = facts

    def is_working_day(self, day: date) -> bool:
        """Say what is true."""
        return self.facts.is_working_day(day)
