"""Simulating a program: past orders go through the real engine once more, with purses that exist nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count

from attrs import define, evolve, field, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger import Move, Purse, expire
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.standing import POINTS, Standing, Tender
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Scene, purse_of
from loyaltycore.programs.rules.using import standing_in
from loyaltycore.sales.rules import books
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.counting import Counts, Owner, limited_of, within_limits
from loyaltycore.sales.rules.joining import (
    Joined,
    available_in,
    earning_of,
    restricted_by,
    restricted_of,
    rules_by,
    rules_of,
    tender_of,
)
from loyaltycore.sales.rules.past import Past, PastRefund
from loyaltycore.sales.rules.refunding import Asked, everything_left, given_back, plan_refund
from loyaltycore.sales.rules.settlement import (
    Draw,
    SettledAward,
    SettledProgram,
    Settlement,
)
from loyaltycore.sales.rules.settling import Booked, settlement_of
from loyaltycore.sales.rules.sharing import Kept
from loyaltycore.sales.rules.simulated import Simulated, SimulationTally
from loyaltycore.sales.rules.tally import Taken
from loyaltycore.sales.rules.world import World


@frozen
class Priced:
    """An order with its simulated price, and what that comes from."""

    quote: Quote
    book: Book
    standing: Standing
    mine: tuple[Joined, ...]
    taken: tuple[Taken, ...]
    """What it took of limits."""

    def of(self, rule_or_tender: str) -> Joined | None:
        """The simulated program that a rule or a tender comes from."""
        holder = rule_or_tender.partition("/")[0]
        return next((each for each in self.mine if each.id == holder), None)


@define
class Pending:
    """A sale of which something will come back."""

    past: Past
    priced: Priced
    settlement: Settlement
    moves: list[ProgramMove]
    """What it has booked, and what was booked to undo that."""
    left: int
    """How many refunds are to come."""


@define
class Simulator:
    """Prices and books past orders, one customer after the other; only one customer's purses are in memory."""

    world: World
    until: datetime
    tally: SimulationTally = field(init=False)
    _customer: str = ""
    _is_open: bool = False
    """Whether more of that customer may come."""
    _last: datetime | None = None
    _place: int = 0
    _holders: dict[str, ProgramAssignment] = field(factory=dict)
    _before: dict[str, Purse] = field(factory=dict)
    _levels: dict[str, str] = field(factory=dict)
    _vouchers: set[str] = field(factory=set)
    """Those of the program that the customer has used."""
    _kept: dict[Owner, Kept] = field(factory=dict)
    _pending: list[tuple[datetime, int, Pending, PastRefund]] = field(factory=list)
    _numbers: Iterator[int] = field(factory=count)

    def __attrs_post_init__(self) -> None:
        self.tally = SimulationTally(self.world.program, self.world.title, self.until, self.world.terms.zone)

    def sell(self, past: Past) -> Settlement | None:
        """Settle a past order; None if that lies behind the end.

        Raises:
            InvalidInput: The history is not in order, or in several currencies.
        """
        past = self._checked(past)
        if past.at > self.until:
            return None
        self._take_back_until(past.at)
        self._look_at_levels(past.at)
        priced = self._priced(past)
        settlement, moves = self._settle(past, priced)
        self.tally.sold(priced.quote, self._is_mine)
        self._look_at_levels(past.at)
        waiting = Pending(past, priced, settlement, moves, len(past.refunds))
        for refund in past.refunds:
            heappush(self._pending, (refund.at, next(self._numbers), waiting, refund))
        return settlement

    def result(self) -> Simulated:
        """What came of it."""
        self._close()
        return self.tally.result

    def _checked(self, past: Past) -> Past:
        """Begin another customer, if it is one."""
        if past.programs is not None and past.customer == self._customer and self._last is not None:
            # Of two that settle at the same time either may have come first.
            past = evolve(past, at=max(past.at, self._last))
        with Faults() as faults:
            at = faults.at(f"history[{self._place}]")
            if past.customer and self._last is not None:
                same = past.customer == self._customer and self._is_open and past.at >= self._last
                if not same and past.customer <= self._customer:
                    at.note("$", "out_of_order", "must be sorted by customer and time")
            if past.order.currency != (self.tally.currency or past.order.currency):
                at.note("order", "mixed_currency", "must be in the currency of all others")
        if not past.customer or past.customer != self._customer:
            self._close()
        self._customer = past.customer or self._customer
        self._is_open = bool(past.customer)
        self._last = past.at
        self._place += 1
        self.tally.currency = past.order.currency
        return past

    def _close(self) -> None:
        """Take back what is left to be taken back of a customer's, and count the purses."""
        self._take_back_until(self.until)
        self._pending.clear()
        self._look_at_levels(self.until)
        for key, holder in self._holders.items():
            if holder.purse is not None:
                after = holder.purse.after(*expire(holder.purse, self.until))
                self.tally.closed(self._before[key], after)
        had = self._holders or self._vouchers or (self.world.is_promotion and self._customer)
        self.tally.customers += bool(had)
        self._holders.clear()
        self._before.clear()
        self._levels.clear()
        self._vouchers.clear()
        self._kept = {owner: kept for owner, kept in self._kept.items() if owner[1] is None}

    def _new_id(self) -> str:
        return str(next(self._numbers))

    def _is_mine(self, rule_or_tender: str) -> bool:
        holder = rule_or_tender.partition("/")[0]
        return (
            holder == self.world.program
            if self.world.is_promotion
            else holder in self._holders or holder in self._vouchers
        )

    def _priced(self, past: Past) -> Priced:
        mine = tuple(self._mine(past))
        own = {self.world.program, *(each.id for each in mine)}
        known = [each for each in past.programs or () if each.holder_id not in own]
        others = [(each, *self._terms_of(each)) for each in known if each.holder_id]
        own |= self._vouchers
        standing = Standing(
            past.at.astimezone(self.world.zone_of(past.branch_id)),
            past.branch_id,
            instruments={*(each.rows[0].program for each in mine), *(each.program for each, *_ in others)},
            tiers={level for level in (*(m.level for m in mine), *(e.level for e, *_ in others)) if level},
            rules=(
                *(rule for each in mine for rule in rules_of(each)),
                *(rule for each in others for rule in rules_by(*each)),
            ),
            tenders=(*self._tenders(past, mine), *_as_then(past, others)),
            left={key: units for key, units in past.left.items() if key.partition("/")[0] not in own},
        )
        then = (each for each in known if not each.holder_id and each.program != self.world.program)
        in_force = self.world.book_of(tuple(then))
        restricted = [each for each in in_force.restricted if each.program == self.world.program]
        restricted += [rule for each in mine for rule in restricted_of(each)]
        by_code = [each for each in others if each[0].program == self.world.program]
        restricted += [rule for each in by_code for rule in restricted_by(*each)]
        limits = [limit for each in restricted for limit in limited_of(each, past.customer or None, past.at)]
        counts = Counts(past.at, self._new_id, self._kept)
        pricing = partial(quote, in_force.book, self._spending(past, mine))
        found, _ = within_limits(pricing, standing, limits, counts)
        return Priced(found, in_force.book, standing, mine, counts.take(limits, found.uses))

    def _mine(self, past: Past) -> Iterator[Joined]:
        """What the customer has of the program that is tried."""
        for each in past.programs or ():
            if each.program == self.world.program and each.holder_id and not each.by_code:
                if each.holder_id not in self._holders:
                    self._open([self.world.holder_of(each, past)])
                yield self._joined(each.holder_id, past)
        is_new = self.world.is_new or past.programs is None
        if is_new and past.customer and not self.world.is_promotion:
            branches = self.world.terms.revision.content.branches
            if not branches or past.branch_id in branches:
                if not self._holders:
                    self._open(self.world.opened_for(past))
                yield from (self._joined(key, past) for key in self._holders)

    def _terms_of(self, settled: SettledProgram) -> tuple[Terms, str]:
        """The terms of what joined; of a voucher of the program, those that are tried, however often it is used."""
        if settled.program != self.world.program:
            return self.world.terms_of(settled)
        self._vouchers.add(settled.holder_id)
        return self.world.terms, self.world.title

    def _open(self, holders: Iterable[ProgramAssignment]) -> None:
        for each in holders:
            self._holders[each.id] = each
            self._before[each.id] = purse_of(each)

    def _joined(self, key: str, past: Past) -> Joined:
        holder, terms = self._holders[key], self.world.terms
        return Joined((holder,), terms, self.world.title, _level(holder, terms, past.at))

    def _tenders(self, past: Past, mine: Sequence[Joined]) -> Iterator[Tender]:
        """What pays of the program, at the place at which it paid then."""
        places = list(past.spent)
        for each in mine:
            tender = tender_of(each, "", past.at)
            if tender is not None:
                place = places.index(each.id) if each.id in places else len(places)
                yield evolve(tender, priority=place)

    def _spending(self, past: Past, mine: Sequence[Joined]) -> Order:
        redemption = self.world.redemption
        if redemption is None:
            return past.order
        spend = {key: units for key, units in past.order.spend.items() if key != self.world.program}
        for each in mine:
            if each.terms.kind.pays(each.terms.terms) is not None:
                there = available_in(each, "", past.at)
                spend[each.id] = max(0, min(there, int(redemption(there))))
        return evolve(past.order, spend=spend)

    def _settle(self, past: Past, priced: Priced) -> tuple[Settlement, list[ProgramMove]]:
        scene = Scene(past.at, "", past.branch_id, self._new_id)
        entered, about = Books(scene), About(order_ref=past.order.number)
        draws = []
        for paid in priced.quote.tenders:
            mine = priced.of(paid.tender)
            if mine is None:
                draws.append([Draw(paid.tender, "", paid.spent)])
            else:
                draws.append(books.spend(entered, mine.rows, mine.terms, paid.spent, "", about))
        awards = []
        for earned in priced.quote.earned:
            mine = priced.of(earned.rule)
            holder_id = move_id = ""
            if mine is not None:
                per = earning_of(mine, earned.rule).per
                move = books.award(entered, mine.rows[0], mine.terms, earned.points, per, about)
                holder_id, move_id = mine.id, move.id
            awards.append(SettledAward(earned.rule, earned.title, holder_id, move_id, earned.points))
        booked = Booked(past.order.number, past.branch_id, "", past.at)
        return settlement_of(priced.quote, booked, draws, (), awards, {}), self._keep(entered)

    def _keep(self, entered: Books) -> list[ProgramMove]:
        rows = entered.rows.values()
        self._holders |= {row.id: row for row in rows if isinstance(row, ProgramAssignment)}
        return list(entered.decision("").add)

    def _take_back_until(self, at: datetime) -> None:
        while self._pending and self._pending[0][0] <= min(at, self.until):
            _, number, sale, asked = heappop(self._pending)
            try:
                self._take_back(sale, Asked(str(number), asked.lines, "", asked.at, ""))
            except Refused:
                self.tally.refused += 1
            sale.left -= 1
            if not sale.left:
                self._look_for_gain(sale)
            self._look_at_levels(asked.at)

    def _take_back(self, sale: Pending, asked: Asked) -> None:
        before = sale.settlement
        sale.settlement, refund = plan_refund(before, asked)
        scene = Scene(asked.at, "", sale.past.branch_id, self._new_id)
        entered, about = Books(scene), About(order_ref=before.order_ref)
        for draw, units in given_back(before, refund):
            if draw.move_id:
                spending, earlier = _found(sale, draw.move_id)
                holder = self._holders[draw.holder_id]
                books.give_back(entered, holder, self.world.terms, spending, earlier, units, about)
        for award, points in zip(before.awards, refund.points, strict=True):
            if points and award.move_id:
                given, earlier = _found(sale, award.move_id)
                books.claw_back(entered, self._holders[award.holder_id], given, earlier, points, about)
        sale.moves += self._keep(entered)
        if not everything_left(sale.settlement):
            counts = Counts(asked.at, self._new_id, self._kept)
            counts.give_back(sale.priced.taken, sale.past.customer or None)
        self.tally.returned(before, sale.settlement, refund, self._is_mine)

    def _look_for_gain(self, sale: Pending) -> None:
        """Compare what the program gave for what was kept with what it gives for that alone."""
        kept = {line.id: line.quantity - line.returned for line in sale.settlement.lines}
        lines = [evolve(line, quantity=kept[line.id]) for line in sale.past.order.lines if kept[line.id]]
        alone = None
        if lines:
            alone = quote(sale.priced.book, evolve(sale.past.order, lines=lines), sale.priced.standing)
        earned = ((sale.priced.of(each.rule), each.rule) for each in sale.priced.quote.earned)
        step = sum(earning_of(mine, rule).points for mine, rule in earned if mine)
        self.tally.kept(sale.settlement, alone, step, self._is_mine)

    def _look_at_levels(self, at: datetime) -> None:
        for key, holder in self._holders.items():
            level = _level(holder, self.world.terms, at)
            before = self._levels.setdefault(key, "")
            if level != before:
                self.tally.moved(before, level)
                self._levels[key] = level


def _as_then(past: Past, others: Iterable[tuple[SettledProgram, Terms, str]]) -> Iterator[Tender]:
    """What else paid: as much as it did, in the same order."""
    known = {each.holder_id: (each, terms, title) for each, terms, title in others}
    for place, (key, units) in enumerate(past.spent.items()):
        if key in known:
            each, terms, title = known[key]
            pays = terms.kind.pays(terms.terms)
            if pays is not None:
                unit = past.order.currency if pays.worth is None else POINTS
                yield Tender(
                    key,
                    unit,
                    units,
                    each.program,
                    title=title,
                    worth=pays.worth,
                    priority=place,
                    tax=pays.tax,
                )


def _found(sale: Pending, move_id: str) -> tuple[ProgramMove, list[Move]]:
    """A move, and all that has undone a part of it."""
    move = next(each for each in sale.moves if each.id == move_id)
    undoing: list[Move] = [
        each for each in sale.moves if each.holder_id == move.holder_id and each.reverses == move.seq
    ]
    return move, undoing


def _level(holder: ProgramAssignment, terms: Terms, at: datetime) -> str:
    standing = standing_in(holder, terms, at)
    return standing.level if standing else ""
