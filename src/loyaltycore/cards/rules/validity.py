"""How long a card may be used: an optional last day, which is included, given as a date or as a period."""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import frozen
from dateutil.relativedelta import relativedelta

from loyaltycore.kernel.validation import LATEST_DATE, Faults

LONGEST_PERIOD: Final = 600


@frozen
class ValidityPeriod:
    """A validity counted in months from the day of the order.

    The last day has the number of the first (BGB §§ 187 (1), 188 (2)): 24 months from 15 January 2026 end with 15
    January 2028. If that month is too short, they end with its last day.

    Example:
        >>> ValidityPeriod(24, to_month_end=True).last_day(date(2026, 1, 15))
        datetime.date(2028, 1, 31)
    """

    months: int
    """1 to 600."""
    to_month_end: bool = False
    """Whether the last day moves to the end of its month."""

    def last_day(self, start: date) -> date:
        """The last day of validity, counted from `start`."""
        end: date = start + relativedelta(months=self.months)
        return end + relativedelta(day=31) if self.to_month_end else end


def read_validity(faults: Faults, valid_until: object, valid_for: object, today: date) -> date | None:
    """Read the validity of an order, given as a last day or as a period, never as both and never in the past."""
    if valid_until is not None and valid_for is not None:
        faults.note("valid_for", "both_given", "give either valid_until or valid_for")
        return None
    if valid_for is not None:
        return _from_period(faults, valid_for, today)
    day = faults.day("valid_until", valid_until)
    if day is not None and day < today:
        faults.note("valid_until", "past", "lies in the past")
        return None
    return day


def _from_period(faults: Faults, valid_for: object, today: date) -> date | None:
    if not isinstance(valid_for, ValidityPeriod):
        faults.note("valid_for", "wrong_type", "must be a ValidityPeriod")
        return None
    before = len(faults.found)
    months = faults.at("valid_for").integer(
        "months", valid_for.months, least=1, most=LONGEST_PERIOD, default=1
    )
    faults.at("valid_for").flag("to_month_end", valid_for.to_month_end)
    if len(faults.found) > before:
        return None
    last = ValidityPeriod(months, valid_for.to_month_end).last_day(today)
    return min(last, LATEST_DATE)
