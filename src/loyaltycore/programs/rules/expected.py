"""Expected breakage of a program: its histories as cohorts, by the month of issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from loyaltycore.kernel.ledger import Move, MoveKind, expire, replay
from loyaltycore.programs.rules.closing import Held
from loyaltycore.programs.rules.ladder import Cohort, expected_breakage, factors_of

_MONTHS: Final = 12
_REDEEMING: Final = {MoveKind.DEBIT, MoveKind.RESTORE}


@frozen
class MonthOfIssue:
    """What was issued in one month, and what has become of it."""

    month: int
    """For example 202611."""
    issued: int
    """Less what was taken back."""
    redeemed: int
    expired: int
    open: int
    """What was left at the end of the last month."""
    expected: int
    """How much of that will expire."""


@frozen
class ExpectedBreakage:
    """How much of what was open at the end of a month will expire, if months redeem as older ones have. In the program's unit."""

    unit: str
    """Empty if nothing was issued."""
    month: int
    """The last month that is over; what has happened since does not count."""
    months: tuple[MonthOfIssue, ...]
    """In order, without those in which nothing was issued."""
    kept: tuple[Fraction, ...]
    """By age in months: the share of what had not been redeemed that was not redeemed in the next month, either."""

    @property
    def open(self) -> int:
        """What was left of all months."""
        return sum(each.open for each in self.months)

    @property
    def expected(self) -> int:
        """How much of that will expire."""
        return sum(each.expected for each in self.months)


@define
class CohortTally:
    """Adds up histories, one after the other."""

    cut: datetime
    """When the last month ended."""
    last: int
    """That month."""
    zone: str
    unit: str = ""
    _issued: Counter[int] = field(factory=Counter)
    _redeemed: Counter[tuple[int, int]] = field(factory=Counter)
    """By the months of issue and of redemption."""
    _open: Counter[int] = field(factory=Counter)

    def count(self, held: Held, history: Sequence[Move]) -> None:
        """Add one more holder, with all of its moves in order; one that has never moved has no history."""
        self.unit = self.unit or held.purse.unit
        born: dict[int, int] = {}
        moves = [move for move in history if move.at < self.cut]
        for move in moves:
            self._enter(move, born)
        if history:
            purse = held.purse if len(moves) == len(history) else replay(held.purse.unit, moves)
        elif held.since < self.cut:
            purse = held.purse
            for lot in purse.lots:
                born[lot.id] = _place_of(held.since, self.zone)
                self._issued[born[lot.id]] += lot.left
        else:
            return
        for lot in purse.after(*expire(purse, self.cut)).lots:
            self._open[born[lot.id]] += lot.left

    @property
    def result(self) -> ExpectedBreakage:
        """The report."""
        last = _place(self.last)
        places = sorted(place for place, issued in self._issued.items() if issued)
        cohorts = [
            Cohort(self._issued[place], self._redeemed_by_age(place, last), self._open[place])
            for place in places
        ]
        expected = expected_breakage(cohorts)
        return ExpectedBreakage(
            self.unit if cohorts else "",
            self.last,
            tuple(
                MonthOfIssue(_month(place), each.issued, each.redeemed[-1], each.expired, each.open, breaks)
                for place, each, breaks in zip(places, cohorts, expected, strict=True)
            ),
            factors_of([each.unredeemed for each in cohorts]),
        )

    def _enter(self, move: Move, born: dict[int, int]) -> None:
        place = _place_of(move.at, self.zone)
        for part in move.parts:
            issued = born.setdefault(part.id, place)
            if move.kind in _REDEEMING:
                self._redeemed[issued, max(issued, place)] -= part.left
            elif move.kind is not MoveKind.EXPIRE:
                # What lots that were put together had belongs to the month of the one that keeps it.
                self._issued[issued] += part.left

    def _redeemed_by_age(self, place: int, last: int) -> tuple[int, ...]:
        sums, total = [], 0
        for later in range(place, last + 1):
            total += self._redeemed[place, later]
            sums.append(total)
        return tuple(sums)


def month_before(now: datetime, zone: str) -> int:
    """The last month that is over at a place, for example 202611."""
    return _month(_place_of(now, zone) - 1)


def _place_of(at: datetime, zone: str) -> int:
    """Months since the year 0, so that ages are differences."""
    day = at.astimezone(ZoneInfo(zone))
    return day.year * _MONTHS + day.month - 1


def _place(month: int) -> int:
    return month // 100 * _MONTHS + month % 100 - 1


def _month(place: int) -> int:
    return place // _MONTHS * 100 + place % _MONTHS + 1
