"""Tiers: a level that follows from what was earned, month by month, and never from what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple, member_of

_YEAR: Final = 12


@frozen
class Tier:
    """A level."""

    name: str
    least: int
    """What has to be earned within the window."""
    times: int = 1
    """How many times as much its members earn."""


class StepDown(Enum):
    """What happens when a level is no longer reached."""

    REEVALUATE = "reevaluate"
    """The level is the one that the window reaches."""
    ONE_STEP = "one_step"
    """A member loses one level, and another one with each further window."""


def _step_down(given: object) -> Any:
    return member_of(StepDown, given)


@frozen
class Tiers:
    """The levels of a program."""

    levels: tuple[Tier, ...] = field(converter=as_tuple)
    """Lowest first."""
    window: int = 12
    """In how many months, the current one included, it has to be earned."""
    keep: int = 0
    """For how many months after the last one in which it was reached a level is kept."""
    step_down: StepDown = field(default=StepDown.REEVALUATE, converter=_step_down)


@frozen
class Standing:
    """Where somebody stands."""

    level: str
    """Empty below the lowest one."""
    earned: int
    """Within the window."""
    next_level: str = ""
    """Empty at the highest one."""
    missing: int = 0
    """What is missing to it."""


def standing_of(tiers: Tiers, months: Iterable[tuple[int, int]], on: date) -> Standing:
    """The level that months lead to.

    Args:
        months: What was earned in each, for example ``(202611, 250)``.
    """
    sums = {_count(month): amount for month, amount in months}
    now = on.year * _YEAR + on.month - 1
    earned = _earned(sums, now, tiers.window)
    place = _held(tiers, sums, now)
    above = next((each for each in tiers.levels[place + 1 :] if each.least > earned), None)
    return Standing(
        tiers.levels[place].name if place >= 0 else "",
        earned,
        above.name if above else "",
        above.least - earned if above else 0,
    )


def level_of(tiers: Tiers | None, name: str) -> Tier | None:
    """The level of a name."""
    return next((each for each in tiers.levels if each.name == name), None) if tiers else None


def _held(tiers: Tiers, sums: Mapping[int, int], now: int) -> int:
    """The place of the best level that was ever reached, less what has been lost since; -1 for none.

    Whoever earns more, in whichever month, never stands lower.
    """
    past = range(min(sums, default=now), now + 1)
    reached = ((month, _reached(tiers.levels, _earned(sums, month, tiers.window))) for month in past)
    return max((max(-1, place - _lost(tiers, now - month)) for month, place in reached), default=-1)


def _lost(tiers: Tiers, since: int) -> int:
    """How many levels are lost so many months later."""
    if since <= tiers.keep:
        return 0
    if tiers.step_down is StepDown.REEVALUATE:
        return len(tiers.levels)
    return -((tiers.keep - since) // tiers.window)


def _earned(sums: Mapping[int, int], last: int, window: int) -> int:
    return sum(amount for month, amount in sums.items() if last - window < month <= last)


def _reached(levels: Sequence[Tier], earned: int) -> int:
    return max((place for place, each in enumerate(levels) if each.least <= earned), default=-1)


def _count(month: int) -> int:
    return month // 100 * _YEAR + month % 100 - 1
