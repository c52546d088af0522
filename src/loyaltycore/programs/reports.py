"""Reports about all customers of a program; they stream purses, and memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.counting import Counting
from loyaltycore.programs.holders import HOLDERS, Holders
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.closing import Held
from loyaltycore.programs.rules.entering import purse_of
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.reporting import Expiring, Liability, LiabilityTally, expiring_of
from loyaltycore.work.running import query, run_query
from loyaltycore.work.streaming import portions

PORTION: Final = 500
MOST_DAYS: Final = 3660


class ProgramReports(Counting):
    """What a program owes, what of it expires, and what has happened in it."""

    def liability(self, program: str) -> Liability:
        """What is owed to those who have something of a program now, vouchers included, by the month in which it expires.

        The books of a program are the sum of its purses, each of which is read once, in a short transaction with others.

        Raises:
            NotFound: There is no such program.
        """
        found = self._program(program)
        tally = LiabilityTally(self.session.house.clock.now(), self.session.branch.time_zone)
        for holders in self.session.house.added(HOLDERS):
            after: tuple[str] | None = None
            while some := self._holders(holders, found.id, after):
                for each in some:
                    tally.count(each.purse, ended=each.has_ended(tally.at))
                after = (some[-1].id,)
        return tally.result

    def expiring(self, program: str, *, days: int) -> Iterator[Expiring]:
        """What expires within so many days, assignment by assignment; what was taken away is not there any more.

        Args:
            days: 1 to 3660.

        Raises:
            NotFound: There is no such program.
            InvalidInput: The number of days is out of range.
        """
        with Faults() as faults:
            count = faults.integer("days", days, least=1, most=MOST_DAYS, required=True)
        return self._expiring(self._program(program), timedelta(days=count))

    @query
    def _program(self, key: str) -> Program:
        return self.unit.get(Program, key)

    def _holders(self, holders: Holders, program: str, after: tuple[str] | None) -> Sequence[Held]:
        return run_query(self.session, lambda unit: holders(unit, program, after, PORTION))

    def _expiring(self, program: Program, within: timedelta) -> Iterator[Expiring]:
        now = self.session.house.clock.now()
        for row in self._rows(program):
            soon = expiring_of(purse_of(row), now, now + within)
            if soon is not None:
                yield Expiring(row.id, row.customer_id, *soon)

    def _rows(self, program: Program) -> Iterator[ProgramAssignment]:
        mine = (stored("program") == program.id) & ~stored("purse").is_null()
        for some in portions(self.session, ProgramAssignment, mine, PORTION):
            yield from some
