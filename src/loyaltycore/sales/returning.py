"""Carrying out a refund: what was spent goes back, what was earned is taken back, programs end."""

from __future__ import annotations

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About
from loyaltycore.programs.rules.selling import cancel
from loyaltycore.sales.counting import Counting, kept_for
from loyaltycore.sales.rules import books
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.counting import Counts
from loyaltycore.sales.rules.holders import Holder
from loyaltycore.sales.rules.refunding import (
    Asked,
    earlier_refund,
    everything_left,
    given_back,
    plan_refund,
    sold_units,
)
from loyaltycore.sales.rules.settlement import Draw, Refund, Settlement
from loyaltycore.vouchers.rules.redeeming import make_void
from loyaltycore.vouchers.rules.voucher import Voucher


class Returning(Counting):
    """What `Sales` does when units come back."""

    def _take_back(self, settlement: Settlement, asked: Asked) -> Settlement:
        if earlier_refund(settlement, asked) is not None:
            return settlement
        after, refund = plan_refund(settlement, asked)
        entered = Books(scene_of(self.unit))
        about = About(order_ref=settlement.order_ref, comment=refund.reason)
        self._restore(settlement, refund, entered, about)
        self._claw_back(settlement, refund, entered, about)
        if not everything_left(after):
            for use in settlement.uses:
                self._give_back(entered, use, use.units, about)
            self._uncount(settlement)
        self.unit.apply(entered.decision("program.refunded"))
        self._end_sold(settlement, refund)
        note = Note("order.refunded", about=after, comment=refund.reason)
        return self.unit.apply(Decision(after, save=(after,), notes=(note,)))

    def _restore(self, settlement: Settlement, refund: Refund, entered: Books, about: About) -> None:
        for draw, units in given_back(settlement, refund):
            self._give_back(entered, draw, units, about)

    def _give_back(self, entered: Books, draw: Draw, units: int, about: About) -> None:
        holder = self._holder(draw.holder_id)
        spending = self.unit.get(ProgramMove, draw.move_id)
        books.give_back(
            entered, holder, self._terms_of(holder), spending, self._undoing(spending), units, about
        )

    def _uncount(self, settlement: Settlement) -> None:
        """Let others have what an order took of limits that came back as a whole."""
        customer_id = settlement.customer_id
        owners = [(each.program, customer_id if each.of_customer else None) for each in settlement.counted]
        counts = Counts(self.unit.now, self.unit.ids.new, kept_for(self.unit, owners))
        counts.give_back(settlement.counted, customer_id)
        self.unit.apply(counts.decision())

    def _claw_back(self, settlement: Settlement, refund: Refund, entered: Books, about: About) -> None:
        for award, points in zip(settlement.awards, refund.points, strict=True):
            if points:
                row = self._holder(award.holder_id)
                given = self.unit.get(ProgramMove, award.move_id)
                books.claw_back(entered, row, given, self._undoing(given), points, about)

    def _end_sold(self, settlement: Settlement, refund: Refund) -> None:
        why, scene = refund.reason or f"refund {refund.number}", scene_of(self.unit)
        sold = list(sold_units(settlement, refund))
        rows = [
            self.unit.get(ProgramAssignment, each.assignment_id, for_update=True)
            for each in sold
            if each.assignment_id
        ]
        self.unit.apply(cancel(rows, why, scene))
        for each in sold:
            if each.voucher_id:
                voucher = self.unit.get(Voucher, each.voucher_id, for_update=True)
                self.unit.apply(make_void(voucher, why, scene))

    def _holder(self, holder_id: str) -> Holder:
        found = self.unit.seek(ProgramAssignment, holder_id, for_update=True)
        return found or self.unit.get(Voucher, holder_id, for_update=True)

    def _terms_of(self, holder: Holder) -> Terms:
        return terms_of(self.session.house, self.unit, holder.program, holder.revision)

    def _undoing(self, move: ProgramMove) -> list[ProgramMove]:
        """All moves that undo a part of one."""
        undoing = (stored("holder_id") == move.holder_id) & (stored("reverses") == move.seq)
        return list(self.unit.find(ProgramMove, undoing))
