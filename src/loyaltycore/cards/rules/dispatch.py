"""When an ordered card is expected to leave the vendor.

The vendor and the shop agree on a dispatch cycle. The rule of thumb: daily means the next working day, weekly the first
working day of the following week, monthly the first working day of the following month. The vendor promises no more
than "usually", so every date here is an estimate for people to read.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final, cast

from dateutil.relativedelta import MO, relativedelta

from loyaltycore.kernel.calendar import BusinessCalendar, first_working_day
from loyaltycore.kernel.validation import Faults


class DispatchCycle(Enum):
    """How often the vendor dispatches; daily unless agreed otherwise."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


# From the day of the order to the first day that the cycle allows. A week is that of ISO 8601: Monday to Sunday.
_TO_EARLIEST: Final = {
    DispatchCycle.DAILY: relativedelta(days=+1),
    DispatchCycle.WEEKLY: relativedelta(days=+1, weekday=MO),
    DispatchCycle.MONTHLY: relativedelta(months=+1, day=1),
}


def expected_dispatch(ordered_on: date | str, cycle: DispatchCycle, calendar: BusinessCalendar) -> date:
    """Estimate the day on which a card ordered on `ordered_on` leaves.

    If the whole following week or month is closed, it is the first working day after it: a holiday moves the estimate
    and never makes it fail.

    Args:
        ordered_on: Local date of the order at the branch, also as text of the form ``2024-12-20``.

    Returns:
        A working day after `ordered_on`; an earlier order never gets a later day.

    Raises:
        InvalidInput: `ordered_on` is not a date, or `cycle` not a `DispatchCycle`; names both if both are wrong.
        Refused: ``calendar.no_working_day``; the calendar never works.

    Example:
        >>> from loyaltycore.kernel.calendar import WeekdayCalendar
        >>> expected_dispatch(date(2024, 12, 20), DispatchCycle.DAILY, WeekdayCalendar())
        datetime.date(2024, 12, 23)
    """
    with Faults() as faults:
        day = faults.day("ordered_on", ordered_on)
        if day is None and not faults.found:
            faults.note("ordered_on", "required", "must be a date")
        if not isinstance(cycle, DispatchCycle):
            faults.note("cycle", "wrong_type", "must be a DispatchCycle")
    return first_working_day(calendar, cast("date", day) + _TO_EARLIEST[cycle])
