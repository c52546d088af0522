"""Adding up the books of a program, portion by portion, and closing months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.ledger import Turnover
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.wall_clock import end_of_day, start_of_day
from loyaltycore.programs.histories import each_history
from loyaltycore.programs.reading import scene_of
from loyaltycore.programs.rules.closing import (
    ProgramPeriod,
    at_cut,
    close,
    cuts_of,
    plus,
    read_month,
    require_next,
    require_over,
)
from loyaltycore.programs.rules.entering import Scene
from loyaltycore.programs.rules.program import Program
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit


class Closing(Service):
    """Months of a program's books."""

    def close_period(self, program: str, month: int) -> ProgramPeriod:
        """Close a month that is over: what was owed at its beginning, what has happened, and what was owed at its end.

        What has expired in it counts, whether or not it was booked. What is booked late is part of the next month that is
        closed, so the opening of each month is the closing of the one before.

        Args:
            month: For example 202611; the one after the last one that was closed.

        Returns:
            The month as it was closed first, however often it is closed.

        Raises:
            NotFound: There is no such program.
            InvalidInput: It is no month.
            Refused: ``period.not_over`` or ``period.not_next``.
        """
        with Faults() as faults:
            wanted = read_month(faults, "month", month)
        closed, last = self._known(program, wanted)
        if closed is not None:
            return closed
        zone = last.zone if last else self.session.branch.time_zone
        starts_at, ends_at = cuts_of(wanted, zone)
        require_over(wanted, ends_at, self.session.house.clock.now())
        require_next(wanted, last)
        before, total = self._totals(program, (starts_at, ends_at))
        return self._close(program, wanted, zone, before, total)

    def breakage(self, program: str, start: date | str, end: date | str) -> int:
        """What has expired in a span of days, whether or not it was booked; for days to come, what will if nothing is used.

        Args:
            start: The first day.
            end: The last day.

        Raises:
            NotFound: There is no such program.
            InvalidInput: Something is no day, or the last one lies before the first.
        """
        with Faults() as faults:
            first, last = read_span(faults, start, end)
            if first is None and not faults.found:
                faults.note("start", "required", "must be a day")
        zone = self.session.branch.time_zone
        cuts = (start_of_day(first or date.min, zone), end_of_day(last or date.min, zone))
        self._require(program)
        before, after = self._totals(program, cuts)
        return after.breakage - before.breakage

    @query
    def periods(self, program: str) -> tuple[ProgramPeriod, ...]:
        """All months that were closed, in order.

        Raises:
            NotFound: There is no such program.
        """
        key = self.unit.get(Program, program).id
        return tuple(self.unit.find(ProgramPeriod, stored("program") == key, order_by=("month",)))

    @query
    def _require(self, program: str) -> None:
        self.unit.get(Program, program)

    @query
    def _known(self, program: str, month: int) -> tuple[ProgramPeriod | None, ProgramPeriod | None]:
        return _known(self.unit, self.unit.get(Program, program).id, month)

    @command("programs.close_period")
    def _close(self, program: str, month: int, zone: str, before: Turnover, total: Turnover) -> ProgramPeriod:
        closed, last = _known(self.unit, program, month)
        if closed is not None:
            return closed
        require_next(month, last)
        period = _period(scene_of(self.unit), program, month, zone, total)
        return self.unit.apply(close(period, last, before))

    def _totals(self, program: str, cuts: Sequence[datetime]) -> list[Turnover]:
        """What all accounts have got until each of some moments."""
        sums = [Turnover() for _ in cuts]
        for held, moves in each_history(self.session, program, min(cuts)):
            sums = [plus(one, at_cut(held, moves, cut)) for one, cut in zip(sums, cuts, strict=True)]
        return sums


def read_span(faults: Faults, start: object, end: object) -> tuple[date | None, date | None]:
    """Read the first and the last day of a span, which may have no beginning."""
    first, last = faults.day("start", start), faults.day("end", end)
    if last is None and not faults.found:
        faults.note("end", "required", "must be a day")
    if first and last and last < first:
        faults.note("end", "before_start", "lies before the first day")
    return first, last


def _known(unit: Unit, program: str, month: int) -> tuple[ProgramPeriod | None, ProgramPeriod | None]:
    """A month, if it was closed, and the last one that was."""
    mine = stored("program") == program
    closed = unit.first(ProgramPeriod, mine & (stored("month") == month))
    return closed, unit.first(ProgramPeriod, mine, order_by=("-month",))


def _period(scene: Scene, program: str, month: int, zone: str, total: Turnover) -> ProgramPeriod:
    return ProgramPeriod(
        scene.new_id(), program, month, zone, 0, 0, Turnover(), total, scene.now, scene.actor
    )
