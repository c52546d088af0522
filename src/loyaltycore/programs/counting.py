"""Statistics of programs, and what of them is expected to expire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.wall_clock import end_of_day, start_of_day
from loyaltycore.programs.closing import Closing, read_span
from loyaltycore.programs.histories import each_history
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.closing import at_cut, cuts_of
from loyaltycore.programs.rules.expected import CohortTally, ExpectedBreakage, month_before
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.statistics import Statistics, StatisticsTally
from loyaltycore.programs.used import RULES_OF, RulesOf, Span, UsedRules
from loyaltycore.work.running import query, run_query
from loyaltycore.work.unit import Unit

PORTION: Final = 500


class Counting(Closing):
    """Reports that count what has happened."""

    def statistics(
        self, program: str, start: date | str | None = None, end: date | str | None = None
    ) -> Statistics:
        """What has happened in a program: what was issued, redeemed and expired, and how often each rule was used.

        Each purse is read once, with its history if the span begins or ends before its last move; then each settled order of
        the span.

        Args:
            start: The first day; None for all that was before the last one.
            end: The last day; None for today.

        Raises:
            NotFound: There is no such program.
            InvalidInput: Something is no day, or the last one lies before the first.
        """
        zone = self.session.branch.time_zone
        today = self.session.house.clock.now().astimezone(ZoneInfo(zone)).date()
        with Faults() as faults:
            first, last = read_span(faults, start, today if end is None else end)
        begins = start_of_day(first, zone) if first else None
        span = Span(begins, end_of_day(last or date.min, zone))
        cuts = [cut for cut in (span.start, span.end) if cut is not None]
        tally = StatisticsTally(span.end, holders=self._uncounted(program, span))
        for held, moves in each_history(self.session, program, cuts[0]):
            tally.count(held, [at_cut(held, moves, cut) for cut in cuts])
        for order in self._orders(program, span):
            tally.used(order.rules)
        return tally.result

    def expected_breakage(self, program: str) -> ExpectedBreakage:
        """How much of what was open at the end of the last month will expire, if each month redeems as older ones have.

        What was issued in one month is followed through its redemptions, month by month, and the young months are expected to go
        on as the old ones did at their age (chain ladder). What is still open of the oldest month is expected to expire. All
        histories are read, in portions.

        Raises:
            NotFound: There is no such program.
        """
        self._require(program)
        zone = self.session.branch.time_zone
        month = month_before(self.session.house.clock.now(), zone)
        tally = CohortTally(cuts_of(month, zone)[1], month, zone)
        for held, moves in each_history(self.session, program):
            tally.count(held, moves)
        return tally.result

    @query
    def _uncounted(self, program: str, span: Span) -> int:
        """How many have a program without counting anything."""
        mine = (stored("program") == self.unit.get(Program, program).id) & stored("purse").is_null()
        in_force = stored("ends_at").is_null() | (stored("ends_at") > span.end)
        return self.unit.count(ProgramAssignment, mine & in_force & (stored("assigned_at") < span.end))

    def _orders(self, program: str, span: Span) -> Iterator[UsedRules]:
        for rules_of in self.session.house.added(RULES_OF):
            yield from self._orders_by(rules_of, program, span)

    def _orders_by(self, rules_of: RulesOf, program: str, span: Span) -> Iterator[UsedRules]:
        after: tuple[str] | None = None
        while True:
            found = run_query(self.session, partial(_some, rules_of, program, span, after))
            yield from found
            if len(found) < PORTION:
                return
            after = (found[-1].order_id,)


def _some(
    rules_of: RulesOf, program: str, span: Span, after: tuple[str] | None, unit: Unit
) -> Sequence[UsedRules]:
    return rules_of(unit, program, span, after, PORTION)
