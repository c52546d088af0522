"""Reading the sheets that matter to a decision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from loyaltycore.booking.rules.sheets import DaySheet, Sheets
from loyaltycore.kernel.criteria import Or, stored
from loyaltycore.kernel.occupancy import days_of
from loyaltycore.work.unit import Unit

Stretch = tuple[datetime, datetime]
"""From when to when."""


def read_sheets(unit: Unit, resource_ids: Collection[str], *stretches: Stretch) -> dict[str, Sheets]:
    """The sheets of some resources for some stretches of time, in one query whatever their number."""
    days = tuple(sorted({day for stretch in stretches for day in days_of(*stretch)}))
    ranges = [(each[0], each[-1]) for each in (tuple(days_of(*stretch)) for stretch in stretches)]
    touched = Or(tuple((stored("day") >= first) & (stored("day") <= last) for first, last in ranges))
    found: dict[str, list[DaySheet]] = {each: [] for each in resource_ids}
    for sheet in unit.find(DaySheet, stored("resource_id").one_of(tuple(resource_ids)) & touched):
        found[sheet.resource_id].append(sheet)
    return {each: Sheets(each, days, tuple(found[each])) for each in resource_ids}


def widened(stretch: Stretch, before: int, after: int) -> Stretch:
    """A stretch of time with so many minutes more at its ends."""
    return stretch[0] - timedelta(minutes=before), stretch[1] + timedelta(minutes=after)
