"""Business calendars with public holidays, based on the `holidays` package.

`HolidayCalendar` knows the working days of one place; `BranchHolidays` is what a host passes to the library, so that
every branch has the calendar of its own country, state and municipality:

    loyalty = Loyalty(storage=..., calendar=BranchHolidays(closed_every=((12, 24), (12, 31))))

Needs the extra ``holidays``. Importing this package is cheap: `holidays` itself is loaded with the first calendar.
"""

from __future__ import annotations

from loyaltycore_holidays.branches import BranchHolidays
from loyaltycore_holidays.calendar import HolidayCalendar
from loyaltycore_holidays.places import MOSTLY_CATHOLIC

__all__ = ["MOSTLY_CATHOLIC", "BranchHolidays", "HolidayCalendar"]
