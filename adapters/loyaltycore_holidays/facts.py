"""Reading the dates and weekdays that a shop adds to the public holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from loyaltycore.kernel.validation import Faults

_SUNDAY: Final = 6
# Any leap year: 29 February can be a closed day.
_LEAP_YEAR: Final = 2024


def read_weekdays(faults: Faults, field: str, value: object) -> frozenset[int]:
    """Read weekdays; Monday is 0, Sunday is 6."""
    items = enumerate(_items(faults, field, value))
    return frozenset(faults.integer(f"{field}[{i}]", item, least=0, most=_SUNDAY) for i, item in items)


def read_dates(faults: Faults, field: str, value: object) -> frozenset[date]:
    """Read dates; a datetime is not one."""
    items = enumerate(_items(faults, field, value))
    days = (faults.day(f"{field}[{i}]", item) for i, item in items)
    return frozenset(day for day in days if day)


def read_yearly(faults: Faults, field: str, value: object) -> frozenset[tuple[int, int]]:
    """Read pairs of month and day that recur each year."""
    days = set()
    for i, item in enumerate(_items(faults, field, value)):
        match item:
            case (int(month), int(day)) if _exists(month, day):
                days.add((month, day))
            case _:
                faults.note(f"{field}[{i}]", "bad_day", "must be month and day, for example (12, 24)")
    return frozenset(days)


def _items(faults: Faults, field: str, value: object) -> Iterable[object]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return value
    faults.note(field, "wrong_type", "must be a list")
    return ()


def _exists(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True
