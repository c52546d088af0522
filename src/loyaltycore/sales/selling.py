"""Carrying out a sale: what pays is spent, points are given, programs are assigned."""

from __future__ import annotations

from collections.abc import Mapping

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.entering import About
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.selling import sell
from loyaltycore.sales.reading import Priced, Pricing
from loyaltycore.sales.rules import books
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.joining import earning_of
from loyaltycore.sales.rules.selling import ToIssue, require_customer, sold_by_line, to_issue
from loyaltycore.sales.rules.settlement import Draw, SettledAward, Sold
from loyaltycore.vouchers.keys import CODE_KEYS
from loyaltycore.vouchers.rules import issuing
from loyaltycore.vouchers.rules.voucher import Voucher


class Selling(Pricing):
    """What `Sales` does when an order is paid."""

    def _pay(
        self, priced: Priced, entered: Books, hold_id: str, about: About
    ) -> tuple[list[list[Draw]], list[Draw], list[SettledAward]]:
        """Spend what pays, take uses of vouchers, and give what is earned."""
        draws = [
            books.spend(entered, each.rows, each.terms, paid.spent, hold_id, about)
            for paid in priced.quote.tenders
            for each in (priced.of(paid.tender),)
        ]
        uses = [
            draw
            for each in priced.used
            for draw in books.spend(entered, each.rows, each.terms, 1, hold_id, about)
        ]
        awards = []
        for earned in priced.quote.earned:
            each = priced.of(earned.rule)
            per = earning_of(each, earned.rule).per
            move = books.award(entered, each.rows[0], each.terms, earned.points, per, about)
            awards.append(SettledAward(earned.rule, earned.title, each.id, move.id, earned.points))
        return draws, uses, awards

    def _sell(self, priced: Priced, chosen: Mapping[str, str]) -> Mapping[str, list[Sold]]:
        """Assign what the order sells, unless an offer of that number has done so.

        Returns:
            By line what was assigned.
        """
        order = priced.quote.order
        require_customer(order, priced.sellers)
        if order.customer_id is None:
            return {}
        vouchers = tuple(to_issue(order, priced.sellers))
        by_code = {each.line.id for each in vouchers}
        rows = self._sold(order.number)
        if not rows:
            onto = {line: card for line, card in chosen.items() if line not in by_code}
            sell(self.session, self.unit, order, order.customer_id, onto)
            rows = self._sold(order.number)
        sold = sold_by_line(order, priced.sellers, rows)
        for each in vouchers:
            voucher = self._issue(each, order, chosen.get(each.line.id))
            sold[each.line.id].append(Sold(each.unit, voucher_id=voucher.id))
        return sold

    def _issue(self, sale: ToIssue, order: Order, card_id: str | None) -> Voucher:
        """Issue a voucher that is sold: it has a code at once, and is usable at once."""
        program = require_in_force(
            self.unit.seek(Program, sale.seller.program.id, for_update=True), sale.seller.program.id
        )
        terms = terms_of(self.session.house, self.unit, program.id, program.revision)
        wanted = issuing.Issue(
            self.unit.get(Customer, order.customer_id or ""),
            sale.line.price if sale.seller.sells_value else None,
            card=self.unit.get(CustomerCard, card_id) if card_id else None,
            paid=True,
            order_ref=order.number,
            line_ref=sale.line.id,
        )
        key = issuing.require_key(self.session.house.added(CODE_KEYS))
        return self.unit.apply(issuing.issue(program, terms, wanted, key, scene_of(self.unit)))

    def _sold(self, order_ref: str) -> list[ProgramAssignment]:
        return list(self.unit.find(ProgramAssignment, stored("order_ref") == order_ref, order_by=("id",)))
