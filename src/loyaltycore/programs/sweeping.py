"""Booking what has expired, in portions, each in a unit of its own."""

from __future__ import annotations

from functools import partial
from typing import Final

from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.reading import scene_of
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.changing import book_expired
from loyaltycore.work.running import run_command
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

PORTION: Final = 200


def sweep(session: Session) -> int:
    """Book everything that has expired; how many lots that were."""
    booked, after = 0, ""
    while True:
        lots, last = run_command(session, "", "", partial(_portion, after=after))
        booked += lots
        if not last:
            return booked
        after = last


def _portion(unit: Unit, after: str) -> tuple[int, str]:
    """Book one portion; how many lots, and after which assignment the next one begins, if there is one."""
    due = stored("next_expiry") <= unit.now
    start = (after,) if after else None
    found = list(unit.find(ProgramAssignment, due, after=start, limit=PORTION))
    decisions = [book_expired(row, scene_of(unit)) for row in found]
    if decisions:
        unit.apply_all(decisions)
    return sum(each.result for each in decisions), found[-1].id if len(found) == PORTION else ""
