"""Reading the dates and weekdays that a shop adds to the public holidays."""

from __future__ import annotations

from datetime import date
from typing import Final

from loyaltycore.kernel.given import items_of, taken
from loyaltycore.kernel.validation import Faults

MOST_DAYS: Final = 10_000
"""How many days may be added to the holidays of a place."""

_PAIR: Final = 2

_SUNDAY: Final = 6
# Any leap year: 29 February can be a closed day.
_LEAP_YEAR: Final = 2024


def read_weekdays(faults: Faults, field: str, value: object) -> frozenset[int]:
    """Read weekdays; Monday is 0, Sunday is 6."""
    items = enumerate(_items(faults, field, value))
    return frozenset(faults.integer(f"{field}[{i}]", item, least=0, most=_SUNDAY) for i, item in items)


def read_dates(faults: Faults, field: str, value: object) -> frozenset[date]:
    """Read dates, given as they are or as text like ``2026-12-24``; a datetime is not one."""
    items = enumerate(_items(faults, field, value))
    days = (faults.day(f"{field}[{i}]", item) for i, item in items)
    return frozenset(day for day in days if day)


def read_yearly(faults: Faults, field: str, value: object) -> frozenset[tuple[int, int]]:
    """Read pairs of month and day that recur each year."""
    days = set()
    for i, item in enumerate(_items(faults, field, value)):
        match items_of(item, _PAIR + 1):
            case (month, day) if _exists(month, day):
                days.add((month, day))
            case _:
                faults.note(f"{field}[{i}]", "bad_day", "must be month and day, for example (12, 24)")
    return frozenset(days)


def _items(faults: Faults, field: str, value: object) -> tuple[object, ...]:
    """The items of any iterable, which is read once; there may be no end of them."""
    found = taken(value, MOST_DAYS + 1)
    if found is None:
        faults.note(field, "wrong_type", "must be a list")
        return ()
    if len(found) > MOST_DAYS:
        faults.note(field, "too_many", f"must not hold more than {MOST_DAYS:,}")
        return ()
    return found


def _exists(month: object, day: object) -> bool:
    try:
        return type(month) is int and type(day) is int and bool(date(_LEAP_YEAR, month, day))
    except (ValueError, OverflowError):
        return False
