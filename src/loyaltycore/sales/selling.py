"""Carrying out a sale: what pays is spent, points are given, programs are assigned."""

from __future__ import annotations

from collections.abc import Mapping

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.pricing.benefits import Earning
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.entering import About
from loyaltycore.programs.selling import sell
from loyaltycore.sales.reading import Priced, Pricing
from loyaltycore.sales.rules import books
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.joining import Joined, rules_of
from loyaltycore.sales.rules.selling import require_customer, sold_by_line
from loyaltycore.sales.rules.settlement import Draw, SettledAward, Sold


class Selling(Pricing):
    """What `Sales` does when an order is paid."""

    def _pay(
        self, priced: Priced, entered: Books, hold_id: str, about: About
    ) -> tuple[list[list[Draw]], list[SettledAward]]:
        """Spend what pays, and give what is earned."""
        draws = [
            books.spend(entered, each.rows, each.terms, paid.spent, hold_id, about)
            for paid in priced.quote.tenders
            for each in (priced.of(paid.tender),)
        ]
        awards = []
        for earned in priced.quote.earned:
            each = priced.of(earned.rule)
            per = _benefit(each, earned.rule).per
            move = books.award(entered, each.rows[0], each.terms, earned.points, per, about)
            awards.append(SettledAward(earned.rule, earned.title, each.id, move.id, earned.points))
        return draws, awards

    def _sell(self, priced: Priced, chosen: Mapping[str, str]) -> Mapping[str, list[Sold]]:
        """Assign what the order sells, unless an offer of that number has done so.

        Returns:
            By line what was assigned.
        """
        order = priced.quote.order
        require_customer(order, priced.sellers)
        if order.customer_id is None:
            return {}
        rows = self._sold(order.number)
        if not rows:
            sell(self.session, self.unit, order, order.customer_id, chosen)
            rows = self._sold(order.number)
        return sold_by_line(order, priced.sellers, rows)

    def _sold(self, order_ref: str) -> list[ProgramAssignment]:
        return list(self.unit.find(ProgramAssignment, stored("order_ref") == order_ref, order_by=("id",)))


def _benefit(joined: Joined, rule_id: str) -> Earning:
    benefits = (rule.benefit for rule in rules_of(joined) if rule.id == rule_id)
    return next(benefit for benefit in benefits if isinstance(benefit, Earning))
