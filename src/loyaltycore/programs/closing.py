"""Adding up the books of a program, portion by portion, and closing months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.ledger import Turnover
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.wall_clock import end_of_day, start_of_day
from loyaltycore.programs.holders import HOLDERS, Holders
from loyaltycore.programs.reading import scene_of
from loyaltycore.programs.rules.assignment import ProgramMove
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
from loyaltycore.work.running import command, query, run_query
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit

PORTION: Final = 200


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
            first, last = faults.day("start", start), faults.day("end", end)
            for name, day in (("start", first), ("end", last)):
                if day is None and not faults.found:
                    faults.note(name, "required", "must be a day")
            if first and last and last < first:
                faults.note("end", "before_start", "lies before the first day")
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
        """What all accounts have got until each of some moments; each purse is read once, with its own history."""
        sums = [Turnover() for _ in cuts]
        for holders in self.session.house.added(HOLDERS):
            after: tuple[str] | None = None
            while True:
                adding = partial(_add_portion, holders=holders, program=program, after=after, cuts=cuts)
                found, last, count = run_query(self.session, adding)
                sums = [plus(one, other) for one, other in zip(sums, found, strict=True)]
                if count < PORTION:
                    break
                after = (last,)
        return sums


def _known(unit: Unit, program: str, month: int) -> tuple[ProgramPeriod | None, ProgramPeriod | None]:
    """A month, if it was closed, and the last one that was."""
    mine = stored("program") == program
    closed = unit.first(ProgramPeriod, mine & (stored("month") == month))
    return closed, unit.first(ProgramPeriod, mine, order_by=("-month",))


def _period(scene: Scene, program: str, month: int, zone: str, total: Turnover) -> ProgramPeriod:
    return ProgramPeriod(
        scene.new_id(), program, month, zone, 0, 0, Turnover(), total, scene.now, scene.actor
    )


def _add_portion(
    unit: Unit, holders: Holders, program: str, after: tuple[str] | None, cuts: Sequence[datetime]
) -> tuple[list[Turnover], str, int]:
    held = holders(unit, program, after, PORTION)
    histories = _changed(unit, [each.id for each in held], min(cuts))
    sums = [Turnover() for _ in cuts]
    for each in held:
        moves = histories.get(each.id, ())
        sums = [plus(one, at_cut(each, moves, cut)) for one, cut in zip(sums, cuts, strict=True)]
    return sums, held[-1].id if held else "", len(held)


def _changed(unit: Unit, ids: Sequence[str], since: datetime) -> dict[str, list[ProgramMove]]:
    """The histories of those holders that have changed since a moment."""
    if not ids or unit.now < since:
        return {}
    mine = stored("holder_id").one_of(list(ids))
    changed = {move.holder_id for move in unit.find(ProgramMove, mine & (stored("at") >= since))}
    found: dict[str, list[ProgramMove]] = defaultdict(list)
    if changed:
        theirs = stored("holder_id").one_of(sorted(changed))
        for move in unit.find(ProgramMove, theirs, order_by=("holder_id", "seq")):
            found[move.holder_id].append(move)
    return found
