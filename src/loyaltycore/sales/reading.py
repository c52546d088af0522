"""Reading what an order has to do with: the customer's programs, and the articles that sell one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from loyaltycore.cards.rules.card import CardStanding, CustomerCard, standing
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, read_order
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.reading import on_card, rows_of, scene_of, sold_by, terms_of
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.entering import purse_of
from loyaltycore.programs.rules.program import Program, ProgramState
from loyaltycore.programs.rules.using import standing_in
from loyaltycore.sales.counting import Counting
from loyaltycore.sales.promoting import promotions_in_force
from loyaltycore.sales.rules.counting import Counts, Limited, limited_of, within_limits
from loyaltycore.sales.rules.joining import (
    Joined,
    gives_way,
    joins,
    priced_from,
    require_own,
    require_own_card,
    restricted_of,
    rules_of,
    spending_of,
    tender_of,
    uses_left,
)
from loyaltycore.sales.rules.reservation import Reservation
from loyaltycore.sales.rules.selling import Seller
from loyaltycore.sales.rules.settlement import PricedFrom
from loyaltycore.vouchers.keys import CODE_KEYS
from loyaltycore.vouchers.rules.codes import canonical, hashes
from loyaltycore.vouchers.rules.redeeming import require_known, require_usable
from loyaltycore.vouchers.rules.voucher import Voucher


@frozen
class Priced:
    """An order with its price, and what that comes from."""

    quote: Quote
    joined: tuple[Joined, ...]
    sellers: dict[str, tuple[Seller, ...]]
    """By article."""
    limits: tuple[Limited, ...]
    """The limits of all rules that take part."""
    counts: Counts
    """What was used of them."""
    origin: PricedFrom
    """What a settlement keeps of all that."""

    @property
    def used(self) -> list[Joined]:
        """The vouchers of which the order takes one use, because a rule of theirs has an effect."""
        applied = {each.rule.partition("/")[0] for each in self.quote.discounts}
        return [each for each in self.joined if each.counts_uses and each.id in applied]

    @property
    def rivals(self) -> list[Reservation]:
        """The reservations that give way to the order, each once."""
        taking = {paid.tender for paid in self.quote.tenders} | {each.id for each in self.used}
        found = {rival.id: rival for each in self.joined if each.id in taking for rival in each.rivals}
        return list(found.values())

    def of(self, rule_or_tender: str) -> Joined:
        """The program that a rule or a tender comes from."""
        return next(each for each in self.joined if each.id == rule_or_tender.partition("/")[0])


class Pricing(Counting):
    """Orders priced with what their customers have."""

    def _read_order(self, order: object) -> Order:
        """An order of the customer as it is now, of whichever id it was given."""
        return self._of_now(self._as_given(order))

    def _as_given(self, order: object) -> Order:
        if type(order) is not Order:
            raise InvalidInput([Fault("order", "wrong_type", "must be an Order")])
        with Faults() as faults:
            return read_order(faults.at("order"), order)

    def _of_now(self, read: Order) -> Order:
        if read.customer_id is None:
            return read
        return evolve(read, customer_id=self.unit.get(Customer, read.customer_id).id)

    def _priced(self, order: Order, hold_id: str = "", *, for_update: bool = False) -> Priced:
        """Price an order.

        Args:
            hold_id: The reservation of the order, or empty.
            for_update: Whether it is going to be booked.
        """
        joined = tuple(self._joined(order, hold_id))
        articles = dict.fromkeys(line.article for line in order.lines)
        sellers = {each: tuple(self._sellers(each)) for each in articles}
        lines = [
            evolve(
                line,
                stored_value=line.stored_value or any(each.sells_value for each in sellers[line.article]),
            )
            for line in order.lines
        ]
        now = self.unit.now
        tenders = [tender for each in joined if (tender := tender_of(each, hold_id, now))]
        spend = spending_of(order, joined, tenders)
        left: dict[str, int] = {}
        for each in joined:
            left |= uses_left(each, hold_id, now)
        scene = Standing(
            now.astimezone(ZoneInfo(self.session.branch.time_zone)),
            self.session.branch.id,
            instruments=frozenset(each.rows[0].program for each in joined),
            tiers=frozenset(each.level for each in joined if each.level),
            rules=[rule for each in joined for rule in rules_of(each)],
            tenders=tenders,
            left=left,
        )
        in_force = promotions_in_force(self.unit)
        pricing = partial(quote, in_force.book, evolve(order, lines=lines, spend=spend))
        restricted = (*in_force.restricted, *(rule for each in joined for rule in restricted_of(each)))
        limits = tuple(limit for each in restricted for limit in limited_of(each, order.customer_id, now))
        counts = self._counts(limits, order.number, hold_id)
        found, kept = within_limits(pricing, scene, limits, counts)
        if for_update and self._lock(limits, counts, found.uses):
            found, kept = within_limits(pricing, scene, limits, counts)
        origin = priced_from(found.order, joined, in_force.promotions, kept)
        return Priced(found, joined, sellers, limits, counts, origin)

    def _joined(self, order: Order, hold_id: str) -> Iterator[Joined]:
        """The programs named, those on the card presented, and those that a customer has once."""
        found: dict[str, tuple[ProgramAssignment, Terms]] = {}
        scene = scene_of(self.unit)
        for assignment_id in order.programs:
            row = self.unit.get(ProgramAssignment, assignment_id)
            terms = self._terms(row)
            require_own(row, terms, order, scene, hold_id)
            found[_key(row, terms)] = row, terms
        for row in (*self._on_card(order, hold_id), *self._own(order)):
            terms = self._terms(row)
            if joins(row, terms, order, scene, hold_id):
                found.setdefault(_key(row, terms), (row, terms))
        for row, terms in found.values():
            rows = rows_of(self.unit, row, single=terms.kind.single)
            tier = standing_in(row, terms, self.unit.now)
            title = self.unit.get(Program, row.program).name
            yield Joined(rows, terms, title, tier.level if tier else "")
        yield from self._by_code(order, hold_id)

    def _by_code(self, order: Order, hold_id: str) -> Iterator[Joined]:
        """The vouchers whose codes were given, each once."""
        keys = self.session.house.added(CODE_KEYS)
        found: dict[str, Voucher] = {}
        for given in order.codes:
            code = canonical(given)
            known = stored("code_hash").one_of(hashes(keys, code))
            with_code = self.unit.first(Voucher, known) if keys and code else None
            voucher = require_known(with_code, code, has_keys=bool(keys))
            require_usable(voucher, order.customer_id, self.unit.now, hold_id)
            found[voucher.id] = voucher
        for voucher in found.values():
            terms = terms_of(self.session.house, self.unit, voucher.program, voucher.revision)
            title = self.unit.get(Program, voucher.program).name
            yield Joined((voucher,), terms, title, "", tuple(self._rivals(voucher, order)))

    def _rivals(self, voucher: Voucher, order: Order) -> Iterator[Reservation]:
        """The reservations that give a code up to this order."""
        for hold in voucher.opened.live_holds(self.unit.now):
            reservation = self.unit.seek(Reservation, hold.id)
            if reservation is not None and gives_way(voucher, reservation, order.number):
                yield reservation

    def _on_card(self, order: Order, hold_id: str) -> Iterator[ProgramAssignment]:
        """What a valid card carries, and what it carried when the order was reserved."""
        if order.card is None:
            return
        card, now = self.unit.get(CustomerCard, order.card), self.unit.now
        require_own_card(card, order)
        is_valid = standing(card, self.today) is CardStanding.VALID
        for row in on_card(self.unit, card.id):
            if (is_valid and (row.ends_at is None or row.ends_at > now)) or purse_of(row).hold(hold_id, now):
                yield row

    def _own(self, order: Order) -> Iterator[ProgramAssignment]:
        """What the customer has once, and what the order spends by name."""
        if order.customer_id is None:
            return
        for row in self.unit.find(
            ProgramAssignment, stored("customer_id") == order.customer_id, order_by=("id",)
        ):
            if row.slot is not None or row.id in order.spend or row.program in order.spend:
                yield row

    def _sellers(self, article: str) -> Iterator[Seller]:
        for program in sold_by(self.unit, article):
            if program.state is ProgramState.ACTIVE:
                terms = terms_of(self.session.house, self.unit, program.id, program.revision)
                by_code = terms.kind.by_code(terms.terms)
                yield Seller(program, terms.kind.sells_value, by_code)

    def _terms(self, row: ProgramAssignment) -> Terms:
        return terms_of(self.session.house, self.unit, row.program, row.revision)


def _key(row: ProgramAssignment, terms: Terms) -> str:
    """What joins once: a program that a customer has once, else each assignment."""
    return row.program if terms.kind.single else row.id
