"""Entering many uses, in units of work of five hundred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from loyaltycore.errors import Refused
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults, read_iterator
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.many import OfflineUse, RefusedUse, UseReport, Using, read_offline
from loyaltycore.work.running import run_command
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit

PORTION: Final = 500


class UsingMany(Service):
    """Uses from elsewhere."""

    def use_many(self, uses: Iterable[OfflineUse]) -> UseReport:
        """Enter what tills without a connection have handed out, or what is imported.

        Each unit of work enters five hundred, or none of them if it is interrupted. What is refused, or was entered before,
        keeps nothing else from being entered, so everything can just be sent again.

        Args:
            uses: Any number of them, in the order in which they count; they are read bit by bit.

        Raises:
            InvalidInput: Names every fault of a portion, of which nothing is entered; what came before it is.
        """
        with Faults() as faults:
            given = read_iterator(faults, "uses", uses, "many OfflineUse")
        report, first = UseReport(), 0
        while some := tuple(islice(given, PORTION)):
            with Faults() as faults:
                portion = [
                    read_offline(faults.at(f"uses.{place}"), each) for place, each in enumerate(some, first)
                ]
            entering = partial(self._enter, portion=portion, first=first)
            report = report.plus(run_command(self.session, "", "", entering))
            first += len(portion)
        return report

    def _enter(self, unit: Unit, portion: Sequence[OfflineUse], first: int) -> UseReport:
        entering = self._reading(unit, portion)
        refusals, used = [], 0
        for place, use in enumerate(portion, first):
            try:
                if use.assignment_id not in entering.rows:
                    refusals.append(RefusedUse(place, use, "not_found", "there is no such assignment"))
                else:
                    used += entering.enter(use)
            except Refused as refused:
                refusals.append(RefusedUse(place, use, refused.code, str(refused)))
        unit.apply(entering.decision())
        return UseReport(used, len(portion) - used - len(refusals), len(refusals), tuple(refusals))

    def _reading(self, unit: Unit, portion: Sequence[OfflineUse]) -> Using:
        """Everything that the uses of a portion have to do with."""
        named = stored("id").one_of(list({use.assignment_id for use in portion}))
        rows = {row.id: row for row in unit.find(ProgramAssignment, named, order_by=("id",))}
        house = self.session.house
        terms = {
            key: terms_of(house, unit, *key) for key in {(row.program, row.revision) for row in rows.values()}
        }
        single = {program for (program, _), each in terms.items() if each.kind.single}
        customers = list({row.customer_id for row in rows.values() if row.program in single})
        if customers:
            beside = stored("customer_id").one_of(customers) & stored("program").one_of(list(single))
            rows = {row.id: row for row in unit.find(ProgramAssignment, beside, order_by=("id",))} | rows
        facts = stored("fact").one_of(list({use.fact for use in portion}))
        known = {move.fact for move in unit.find(ProgramMove, facts) if move.fact is not None}
        return Using(scene_of(unit), rows, terms, known)
