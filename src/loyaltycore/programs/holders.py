"""What holds purses of a program: assignments, and whatever else a capability adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.closing import Held
from loyaltycore.programs.rules.entering import purse_of
from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit

Holders: TypeAlias = Callable[[Unit, str, tuple[str] | None, int], Sequence[Held]]
"""Gives holders of a program's purses, given its key, by their ids: after which one, and how many."""

HOLDERS: Final = Point[Holders, tuple[Holders, ...]]("holders of purses", functions("holders of purses"))


def assignments(unit: Unit, program: str, after: tuple[str] | None, size: int) -> Sequence[Held]:
    """What customers have of a program."""
    mine = (stored("program") == program) & ~stored("purse").is_null()
    return [
        Held(row.id, purse_of(row), row.assigned_at, row.ends_at)
        for row in unit.find(ProgramAssignment, mine, after=after, limit=size)
    ]
