"""What a simulated program comes to: its cost, what is owed, and who gains what should not be gained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from heapq import heappush, heappushpop
from typing import Final

from attrs import define, field, frozen

from loyaltycore.kernel.ledger import Purse
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.parts import Applied
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.programs.rules.reporting import Liability, LiabilityTally
from loyaltycore.sales.rules.settlement import Refund, Settlement

MOST_LOOPS: Final = 20
"""How many orders are named whose refunds gain."""

IsMine = Callable[[str], bool]
"""Whether a rule or a tender is one of the program."""


@frozen
class RuleCost:
    """What one rule took off."""

    rule: str
    orders: int
    amount: Money
    """Less what came back."""


@frozen
class TierMove:
    """How often a tier was reached or lost."""

    before: str
    """Empty below the lowest one."""
    after: str
    times: int


@frozen
class RefundLoop:
    """An order of which something came back, and what was kept has got more than it would have got alone."""

    order_ref: str
    gain: int
    """Of discounts, in minor units."""
    points: int
    """More points than what was kept earns alone."""


@frozen
class Simulated:
    """What a program would have come to, if everybody had bought the same."""

    program: str
    until: datetime
    customers: int
    """Those who had it; of a promotion, all who are known."""
    orders: int
    refunds: int
    refused: int
    """How many refunds these terms do not allow; they are left out."""
    price: Money
    """What all orders came to after discounts, less what came back."""
    discounts: tuple[RuleCost, ...]
    """Of the program, the most expensive rule first."""
    paid: Money
    """What its units paid, less what was given back."""
    issued: int
    """In its unit, less what was taken back."""
    spent: int
    expired: int
    liability: Liability
    """What is owed at the end, by the month in which it expires."""
    tiers: tuple[TierMove, ...]
    loops: tuple[RefundLoop, ...]
    """Those that gain most."""
    gained: int
    """How many there are."""

    @property
    def cost(self) -> Money:
        """Discounts, and what was paid with units: what the shop did without."""
        return sum((each.amount for each in self.discounts), self.paid)


@define
class SimulationTally:
    """Adds up, order by order and purse by purse."""

    program: str
    title: str
    until: datetime
    zone: str
    currency: str = ""
    customers: int = 0
    orders: int = 0
    refunds: int = 0
    refused: int = 0
    gained: int = 0
    _price: int = 0
    _paid: int = 0
    _issued: int = 0
    _spent: int = 0
    _expired: int = 0
    _rules: dict[str, list[int]] = field(factory=lambda: defaultdict(lambda: [0, 0]))
    _tiers: dict[tuple[str, str], int] = field(factory=lambda: defaultdict(int))
    _loops: list[tuple[int, int, str]] = field(factory=list)
    _owed: LiabilityTally = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._owed = LiabilityTally(self.until, self.zone)

    def sold(self, quote: Quote, is_mine: IsMine) -> None:
        """Count an order."""
        self.orders += 1
        self._price += quote.price.amount
        self._paid += sum(each.amount.amount for each in quote.tenders if is_mine(each.tender))
        for each in quote.discounts:
            if is_mine(each.rule):
                found = self._rules[_name(each.rule)]
                found[0] += 1
                found[1] += each.amount.amount

    def returned(self, before: Settlement, after: Settlement, refund: Refund, is_mine: IsMine) -> None:
        """Count what came back of an order."""
        self.refunds += 1
        self._price -= refund.price.amount
        self._paid -= sum(each.amount.amount for each in refund.tenders if is_mine(each.tender))
        for each in before.discounts:
            if is_mine(each.rule):
                self._rules[_name(each.rule)][1] -= _kept_of(each, before) - _kept_of(each, after)

    def kept(self, settlement: Settlement, alone: Quote | None, step: int, is_mine: IsMine) -> None:
        """Compare what is kept of an order with the same bought alone; None if nothing is kept.

        Args:
            step: How many points rounding decides about.
        """
        discount = sum(_kept_of(each, settlement) for each in settlement.discounts if is_mine(each.rule))
        points = sum(
            award.points - sum(refund.points[place] for refund in settlement.refunds)
            for place, award in enumerate(settlement.awards)
            if is_mine(award.rule)
        )
        if alone is not None:
            discount -= sum(each.amount.amount for each in alone.discounts if is_mine(each.rule))
            points -= sum(each.points for each in alone.earned if is_mine(each.rule))
        # Every rule is rounded once, so what is kept may differ by one cent or one step of each.
        rules = sum(is_mine(each.rule) for each in settlement.discounts)
        if discount > rules or points > step:
            self.gained += 1
            loop = (max(discount, 0), max(points, 0), settlement.order_ref)
            keep = heappush if len(self._loops) < MOST_LOOPS else heappushpop
            keep(self._loops, loop)

    def closed(self, before: Purse, after: Purse) -> None:
        """Count a purse at the end, with all that has expired booked."""
        self._issued += before.turnover.issued - after.turnover.issued
        self._spent += after.turnover.redeemed - before.turnover.redeemed
        self._expired += after.turnover.breakage - before.turnover.breakage
        self._owed.count(after)

    def moved(self, before: str, after: str) -> None:
        """Count a customer who has another tier."""
        self._tiers[before, after] += 1

    @property
    def result(self) -> Simulated:
        """All of it."""
        currency = self.currency or "EUR"
        rules = sorted(self._rules.items(), key=lambda each: (-each[1][1], each[0]))
        return Simulated(
            self.program,
            self.until,
            self.customers,
            self.orders,
            self.refunds,
            self.refused,
            Money(self._price, currency),
            tuple(RuleCost(rule, orders, Money(amount, currency)) for rule, (orders, amount) in rules),
            Money(self._paid, currency),
            self._issued,
            self._spent,
            self._expired,
            self._owed.result,
            tuple(TierMove(*each, times) for each, times in sorted(self._tiers.items())),
            tuple(
                RefundLoop(order, gain, points) for gain, points, order in sorted(self._loops, reverse=True)
            ),
            self.gained,
        )


def _kept_of(applied: Applied, settlement: Settlement) -> int:
    """What is left of a discount after all that has come back."""
    if any(applied.rule == rule for refund in settlement.refunds for rule, _ in refund.clawed_back):
        return 0
    off = dict(applied.by_line)
    amounts = ((off.get(line.id, 0), line) for line in settlement.lines)
    return sum(amount - amount * line.returned // line.quantity for amount, line in amounts)


def _name(rule: str) -> str:
    return rule.partition("/")[2]
