"""Carrying out a refund: what was spent goes back, what was earned is taken back, programs end."""

from __future__ import annotations

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About
from loyaltycore.programs.rules.selling import cancel
from loyaltycore.sales.rules import books
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.refunding import (
    Asked,
    earlier_refund,
    plan_refund,
    restored,
    sold_units,
)
from loyaltycore.sales.rules.settlement import Refund, Settlement
from loyaltycore.work.service import Service


class Returning(Service):
    """What `Sales` does when units come back."""

    def _take_back(self, settlement: Settlement, asked: Asked) -> Settlement:
        if earlier_refund(settlement, asked) is not None:
            return settlement
        after, refund = plan_refund(settlement, asked)
        entered = Books(scene_of(self.unit))
        about = About(order_ref=settlement.order_ref, comment=refund.reason)
        self._restore(settlement, refund, entered, about)
        self._claw_back(settlement, refund, entered, about)
        self.unit.apply(entered.decision("program.refunded"))
        self._end_sold(settlement, refund)
        note = Note("order.refunded", about=after, comment=refund.reason)
        return self.unit.apply(Decision(after, save=(after,), notes=(note,)))

    def _restore(self, settlement: Settlement, refund: Refund, entered: Books, about: About) -> None:
        for place, (tender, back) in enumerate(zip(settlement.tenders, refund.tenders, strict=True)):
            done = sum(each.tenders[place].units for each in settlement.refunds)
            for draw, units in restored(tender, done, back.units):
                row, terms = self._holder(draw.holder_id)
                spending = self.unit.get(ProgramMove, draw.move_id)
                books.give_back(entered, row, terms, spending, self._undoing(spending), units, about)

    def _claw_back(self, settlement: Settlement, refund: Refund, entered: Books, about: About) -> None:
        for award, points in zip(settlement.awards, refund.points, strict=True):
            if points:
                row, _ = self._holder(award.holder_id)
                given = self.unit.get(ProgramMove, award.move_id)
                books.claw_back(entered, row, given, self._undoing(given), points, about)

    def _end_sold(self, settlement: Settlement, refund: Refund) -> None:
        rows = [
            self.unit.get(ProgramAssignment, sold.assignment_id, for_update=True)
            for sold in sold_units(settlement, refund)
        ]
        why = refund.reason or f"refund {refund.number}"
        self.unit.apply(cancel(rows, why, scene_of(self.unit)))

    def _holder(self, assignment_id: str) -> tuple[ProgramAssignment, Terms]:
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        return row, terms_of(self.session.house, self.unit, row.program, row.revision)

    def _undoing(self, move: ProgramMove) -> list[ProgramMove]:
        """All moves that undo a part of one."""
        undoing = (stored("holder_id") == move.holder_id) & (stored("reverses") == move.seq)
        return list(self.unit.find(ProgramMove, undoing))
