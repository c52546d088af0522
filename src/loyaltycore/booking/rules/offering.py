"""What customers are offered: beginnings at which at least one of a branch's resources is free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from attrs import evolve, frozen

from loyaltycore.booking.rules.grid import Asking, GridDay, Reason, Slot, grid
from loyaltycore.booking.rules.planner import AVAILABILITY, AppointmentTemplate
from loyaltycore.errors import NotFound, Refused
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.occupancy import Hold
from loyaltycore.kernel.validation import Faults

MOST_DAYS: Final = 92
"""Days of one grid: a quarter."""


@frozen
class OfferedDay:
    """One day as customers see it."""

    day: date
    slots: tuple[Slot, ...]
    """Ascending; those that are not free say why."""
    reason: Reason | None
    """Why nothing is shown, where nothing is."""


def read_days(faults: Faults, first: object, days: object) -> tuple[date, int]:
    """Read the days of a grid."""
    begin = faults.day("first", first)
    if begin is None and not faults.found:
        faults.note("first", "required", "must be given")
    return begin or date.min, faults.integer("days", days, least=1, most=MOST_DAYS, required=True)


def offer(askings: Iterable[tuple[Asking, Iterable[Hold]]], first: date, days: int) -> tuple[OfferedDay, ...]:
    """The days of all resources as one."""
    grids = [grid(asking, holds, first, days) for asking, holds in askings]
    if not grids:
        return tuple(OfferedDay(first + timedelta(days=each), (), Reason.CLOSED) for each in range(days))
    return tuple(_offered(merged(same_day)) for same_day in zip(*grids, strict=True))


def _offered(day: GridDay) -> OfferedDay:
    return OfferedDay(day.day, day.slots, None if day.starts else Reason.CLOSED)


def merged(same_day: Sequence[GridDay]) -> GridDay:
    """The day of all resources as one: a beginning is free if one of them has it free; otherwise the first that has it says why not."""
    reasons: dict[int, Reason | None] = {}
    for each in same_day:
        for start, reason in zip(each.starts, each.reasons, strict=True):
            reasons[start] = reason and reasons.get(start, reason)
    starts = tuple(sorted(reasons))
    lengths = _lengths(same_day, reasons) if any(each.lengths for each in same_day) else {}
    return evolve(
        same_day[0],
        starts=starts,
        reasons=tuple(reasons[start] for start in starts),
        lengths=tuple(lengths[start] for start in starts) if lengths else (),
    )


def _lengths(same_day: Sequence[GridDay], reasons: Mapping[int, Reason | None]) -> dict[int, int]:
    """How long what begins at each takes: at the resource that will take it, which is the first that can."""
    return {
        start: length
        for each in reversed(same_day)
        for start, reason, length in zip(each.starts, each.reasons, each.lengths, strict=True)
        if (reason is None) == (reasons[start] is None)
    }


def require_offered(templates: Sequence[AppointmentTemplate], template_id: str | None) -> AppointmentTemplate:
    """The template that a customer chose; none has to be named where there is only one, or none at all.

    Raises:
        Refused: ``booking.template_required``; there are several.
        NotFound: The one named is not released.
    """
    if template_id is None and not templates:
        return AVAILABILITY
    if template_id is None and len(templates) == 1:
        return templates[0]
    if template_id is None:
        raise Refused(
            "booking.template_required",
            "there are several kinds of appointment",
            templates=tuple(each.id for each in templates),
            remedy="choose one of them",
        )
    for each in templates:
        if each.id == text_of(template_id):
            return each
    raise NotFound("appointment template", template_id)
