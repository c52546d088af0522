"""Pricing as a loop over all rules, lines and units, in fractions: slow, and easy to believe.

It knows nothing of books, masks and shared weights. Tests hold the engine against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from fractions import Fraction
from math import floor
from typing import Any

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import (
    AmountOff,
    Catalog,
    Cheapest,
    Earning,
    ForEvery,
    Gift,
    Percent,
    SetPrice,
)
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.rule import ALL, Basis, Choice, Per, Phase, Rounding, Rule, Where
from loyaltycore.kernel.pricing.standing import POINTS, Standing, Tender

Unit = tuple[OrderLine, int]
Said = tuple[str, Any, str]


class Naive:
    """One order, priced by a loop."""

    def __init__(self, rules: Iterable[Rule], order: Order, standing: Standing) -> None:
        self.order, self.standing = order, standing
        self.lines = sorted(order.lines, key=lambda line: line.id)
        self.units: list[Unit] = [(line, n) for line in self.lines for n in range(line.quantity)]
        self.left = {place: line.price.amount for place, (line, _) in enumerate(self.units)}
        self.covered = dict.fromkeys(self.left, 0)
        self.taken: dict[str, dict[int, int]] = {}
        self.earned: dict[str, dict[int, int]] = {}
        self.paid: dict[str, dict[int, int]] = {}
        self.spent: dict[str, int] = {}
        self.said: dict[str, Said] = {}
        self.applied: list[Rule] = []
        turns = list(Phase)
        ordered = sorted(
            [*rules, *standing.rules], key=lambda rule: (turns.index(rule.phase), rule.priority, rule.id)
        )
        for phase in Phase:
            if phase is Phase.CUSTOMER_SHARE:
                self._cover()
            if phase is Phase.EARN:
                self.prices = {unit: self.left[unit] + self.covered[unit] for unit in self.left}
                self._tender()
            self._phase([rule for rule in ordered if rule.phase is phase])
        self._tax()

    def _phase(self, rules: list[Rule]) -> None:
        base = dict(self.left)
        claims: dict[str, dict[int, Fraction]] = {}
        kept: list[Rule] = []
        for rule in rules:
            if not self._is_candidate(rule):
                continue
            units = self._meant(rule)
            said = self._fault(rule, units, base)
            if said is None:
                claim = self._claim(rule, units, base)
                if not claim:
                    said = self._without_effect(rule)
                else:
                    rival = next((other for other in (*self.applied, *kept) if clash(rule, other)), None)
                    if rival:
                        said = ("outranked", None, rival.id)
                    else:
                        claims[rule.id] = claim
                        kept.append(rule)
            if said:
                self.said[rule.id] = said
        lost = self._compete(kept, claims)
        for rule in kept:
            self._apply(rule, claims[rule.id], lost.get(rule.id, ""))

    def _apply(self, rule: Rule, claim: dict[int, Fraction], lost_to: str) -> None:
        earns = rule.phase is Phase.EARN
        total = round_off(sum(claim.values(), Fraction(0)), rule.rounding)
        if isinstance(rule.benefit, Earning):
            # Full amounts alone.
            total = floor(sum(claim.values(), Fraction(0)) / rule.benefit.points) * rule.benefit.points
        room = dict.fromkeys(claim, total) if earns else {unit: self.left[unit] for unit in claim}
        shares = split(total, claim, room)
        if sum(shares.values()):
            self.applied.append(rule)
            (self.earned if earns else self.taken)[rule.id] = shares
            self.said[rule.id] = ("applies", None, "")
        else:
            self.said[rule.id] = ("outranked", None, lost_to) if lost_to else ("no_effect", None, "")
        if not earns:
            for unit, share in shares.items():
                self.left[unit] -= share

    def _is_candidate(self, rule: Rule) -> bool:
        if rule.when.instrument:
            return rule.when.instrument in self.standing.instruments
        if rule.when.branches and self.standing.branch not in rule.when.branches:
            return False
        return bool(self._meant(rule))

    def _meant(self, rule: Rule) -> list[int]:
        return [
            unit
            for unit, (line, _) in enumerate(self.units)
            if is_meant(rule.where, line) and in_phase(rule.phase, line)
        ]

    def _fault(self, rule: Rule, units: list[int], base: dict[int, int]) -> Said | None:
        when, at, standing, order = rule.when, self.standing.at, self.standing, self.order
        today, clock = at.date(), at.time()
        per_customer = any(limit.per is Per.CUSTOMER for limit in rule.limits)
        outside = False
        if when.from_time and when.until_time:
            begin, end = time.fromisoformat(when.from_time), time.fromisoformat(when.until_time)
            inside = begin <= clock, clock < end
            outside = not (all(inside) if begin < end else any(inside))
        stranger = bool(when.tiers) and not set(when.tiers) & standing.tiers
        used_up = any(standing.left.get(rule.limit_key(n), 1) <= 0 for n in range(len(rule.limits)))
        faults = {
            "not_started": when.starts_on and today < when.starts_on,
            "ended": when.ends_on and today > when.ends_on,
            "wrong_weekday": when.weekdays and today.weekday() not in when.weekdays,
            "wrong_time": outside,
            "wrong_branch": when.branches and standing.branch not in when.branches,
            "wrong_channel": when.channels and order.channel not in when.channels,
            "wrong_currency": any(amount.currency != order.currency for amount in amounts_of(rule)),
            "customer_required": (when.tiers or when.condition or per_customer) and not order.customer_id,
            "wrong_customer": stranger or (when.condition and when.condition not in standing.conditions),
            "limit_reached": used_up,
            "nothing_meant": not units,
        }
        code = next((code for code, failed in faults.items() if failed), None)
        if code:
            return (code, None, "")
        counted = list(self.left) if when.of_order else units
        if len(counted) < when.least_quantity:
            return ("quantity_short", when.least_quantity - len(counted), "")
        if when.least_amount:
            listed = when.basis is Basis.LISTED
            found = sum(self.units[unit][0].price.amount if listed else base[unit] for unit in counted)
            if found < when.least_amount.amount:
                short = Money(when.least_amount.amount - found, order.currency)
                return ("amount_short", short, "")
        return None

    def _without_effect(self, rule: Rule) -> Said:
        benefit = rule.benefit
        missing = isinstance(benefit, Gift) and all(line.article != benefit.gift for line in self.order.lines)
        return ("gift_missing" if missing else "no_effect", None, "")

    def _claim(self, rule: Rule, units: list[int], base: dict[int, int]) -> dict[int, Fraction]:
        benefit = rule.benefit
        if isinstance(benefit, Earning):
            return self._points(benefit, units)
        claim = {unit: Fraction(part) for unit, part in self._wanted(rule, units, base).items() if part > 0}
        most = [rule.cap.amount] if rule.cap else []
        for place, limit in enumerate(rule.limits):
            if limit.amount:
                most.append(self.standing.left.get(rule.limit_key(place), limit.amount.amount))
        if isinstance(benefit, AmountOff) and not benefit.each:
            most.append(benefit.off.amount)
        total = sum(claim.values(), Fraction(0))
        if most and total > min(most):
            claim = {unit: part * min(most) / total for unit, part in claim.items() if min(most)}
        return claim

    def _wanted(self, rule: Rule, units: list[int], base: dict[int, int]) -> dict[int, Fraction]:
        cheapest = sorted(units, key=lambda unit: (base[unit], unit))
        match rule.benefit:
            case Percent(points):
                return {unit: Fraction(base[unit] * points, 10_000) for unit in units}
            case AmountOff(off, each):
                return {unit: Fraction(min(base[unit], off.amount) if each else base[unit]) for unit in units}
            case SetPrice(price):
                return {unit: Fraction(base[unit] - price.amount) for unit in units}
            case Catalog(prices):
                return {
                    unit: Fraction(
                        max(
                            (
                                base[unit] - each.price.amount
                                for each in prices
                                if each.article == self.units[unit][0].article
                            ),
                            default=0,
                        )
                    )
                    for unit in units
                }
            case Cheapest(count, points):
                return {unit: Fraction(base[unit] * points, 10_000) for unit in cheapest[:count]}
            case ForEvery() as benefit:
                chosen = self._for_every(benefit, cheapest)
                return {unit: Fraction(base[unit] * benefit.basis_points, 10_000) for unit in chosen}
            case Gift(gift, count):
                free = [
                    unit
                    for unit, (line, _) in enumerate(self.units)
                    if line.article == gift and in_phase(Phase.ITEM, line)
                ]
                return {unit: Fraction(base[unit]) for unit in free[:count]}
        raise TypeError(rule.benefit)

    def _for_every(self, benefit: ForEvery, cheapest: list[int]) -> list[int]:
        """As many times as units can be dealt to both sides, tried one by one."""
        named = benefit.bought_articles or benefit.bought_groups
        where = Where(benefit.bought_articles, benefit.bought_groups)
        bought = {
            unit
            for unit, (line, _) in enumerate(self.units)
            if (is_meant(where, line) and in_phase(Phase.ITEM, line) if named else unit in cheapest)
        }
        chosen: list[int] = []
        for times in range(1, (benefit.most_times or len(self.units)) + 1):
            dealt = deal(cheapest, bought, times * benefit.reduced, times * benefit.buy)
            if dealt is None:
                break
            chosen = dealt
        return chosen

    def _points(self, benefit: Earning, units: list[int]) -> dict[int, Fraction]:
        parts: dict[int, int] = {}
        for line in self.lines:
            own = [unit for unit in units if self.units[unit][0] is line]
            if (line.delivery and not benefit.delivery) or (line.stored_value and not benefit.stored_value):
                continue
            counted = {}
            for unit in own:
                paid = self.prices[unit] - self.covered[unit] - self.left[unit]
                counted[unit] = line.price.amount if benefit.listed else self.prices[unit]
                counted[unit] -= 0 if benefit.covered else self.covered[unit]
                counted[unit] -= 0 if benefit.tendered else paid
            if benefit.net and line.tax:
                total, rate = sum(counted.values()), self.order.rates[line.tax]
                net = total - floor(Fraction(total * rate, 10_000 + rate) + Fraction(1, 2))
                counted = split(net, {unit: Fraction(part) for unit, part in counted.items()}, counted)
            parts |= {unit: part for unit, part in counted.items() if part}
        whole = benefit.per.amount if benefit.per else sum(parts.values())
        return {unit: Fraction(part * benefit.points, whole) for unit, part in parts.items()}

    def _compete(self, kept: list[Rule], claims: dict[str, dict[int, Fraction]]) -> dict[str, str]:
        lost: dict[str, str] = {}
        for group in {rule.group for rule in kept if rule.group}:
            rivals = [rule for rule in kept if rule.group == group]
            is_first = any(rule.choice is Choice.FIRST for rule in rivals)
            winners: dict[int, Rule] = {}
            for unit in self.left:
                bidders = [rule for rule in rivals if unit in claims[rule.id]]
                if bidders:
                    best = bidders[0] if is_first else max(bidders, key=lambda rule: claims[rule.id][unit])
                    winners[unit] = best
            for rule in rivals:
                taken = [unit for unit in claims[rule.id] if winners[unit] is not rule]
                if taken:
                    lost[rule.id] = winners[taken[0]].id
                    claims[rule.id] = {u: p for u, p in claims[rule.id].items() if winners[u] is rule}
        return lost

    def _cover(self) -> None:
        for line in self.lines:
            if line.covered:
                own = {unit: self.left[unit] for unit in self.left if self.units[unit][0] is line}
                parts = split(line.covered.amount, {u: Fraction(p) for u, p in own.items()}, own)
                for unit, part in parts.items():
                    self.covered[unit] += part
                    self.left[unit] -= part

    def _tender(self) -> None:
        def turn(tender: Tender) -> tuple[Any, ...]:
            return (
                tender.priority,
                tender.expires_at is None,
                tender.expires_at or self.standing.at,
                tender.id,
            )

        for tender in sorted(self.standing.tenders, key=turn):
            currency = tender.worth.currency if tender.worth else tender.unit
            usual = 0 if tender.unit == POINTS else tender.available
            asked = self.order.spend.get(tender.id, self.order.spend.get(tender.name, usual))
            if currency != self.order.currency or not asked:
                continue
            if tender.expires_at and tender.expires_at <= self.standing.at:
                continue
            due = {
                unit: self.left[unit]
                for unit, (line, _) in enumerate(self.units)
                if is_meant(tender.where, line)
                and not line.stored_value
                and (not tender.tax or line.tax == tender.tax)
            }
            worth = tender.worth.amount if tender.worth else 1
            count = min(asked, tender.available, sum(due.values()) // worth)
            parts = split(count * worth, {u: Fraction(p) for u, p in due.items()}, due)
            if count:
                self.paid[tender.id], self.spent[tender.id] = parts, count
                for unit, part in parts.items():
                    self.left[unit] -= part

    def _tax(self) -> None:
        self.taxes: dict[str, tuple[int, int]] = {}
        single = [tender.id for tender in self.standing.tenders if tender.tax]
        for key in sorted({line.tax for line in self.order.lines if line.tax}):
            gross = sum(
                self.prices[unit] - sum(self.paid.get(name, {}).get(unit, 0) for name in single)
                for unit, (line, _) in enumerate(self.units)
                if line.tax == key
            )
            rate = self.order.rates[key]
            self.taxes[key] = (gross, floor(Fraction(gross * rate, 10_000 + rate) + Fraction(1, 2)))


def is_meant(where: Where, line: OrderLine) -> bool:
    """Whether a line is among those named."""
    named = line.article in where.articles or bool(set(line.groups) & set(where.groups))
    excepted = line.article in where.without_articles or bool(set(line.groups) & set(where.without_groups))
    return (named or not (where.articles or where.groups)) and not excepted


def in_phase(phase: Phase, line: OrderLine) -> bool:
    """Whether rules of a phase may be about a line."""
    if phase is Phase.EARN:
        return True
    if phase is Phase.DELIVERY:
        return line.delivery
    return line.discountable and not line.delivery and not line.stored_value


def clash(one: Rule, other: Rule) -> bool:
    """Whether either of two rules excludes the other."""

    def excludes(rule: Rule, rival: Rule) -> bool:
        everything = ALL in rule.excludes and Phase.EARN not in {rule.phase, rival.phase}
        in_group = bool(rival.group) and rival.group in rule.excludes
        return everything or rival.id in rule.excludes or in_group

    return excludes(one, other) or excludes(other, one)


def amounts_of(rule: Rule) -> list[Money]:
    """All amounts that a rule names."""
    benefit = rule.benefit
    found = [rule.cap, rule.when.least_amount, *(limit.amount for limit in rule.limits)]
    match benefit:
        case AmountOff(off, _):
            found.append(off)
        case SetPrice(price):
            found.append(price)
        case Catalog(prices):
            found += [each.price for each in prices]
        case Earning():
            found.append(benefit.per)
    return [amount for amount in found if amount]


def round_off(value: Fraction, rounding: Rounding) -> int:
    """A whole number."""
    return floor(value) if rounding is Rounding.DOWN else floor(value + Fraction(1, 2))


def split(whole: int, weights: dict[int, Fraction], room: dict[int, int]) -> dict[int, int]:
    """By largest remainder, none beyond its room; the rest again among those with room."""
    parts = dict.fromkeys(weights, 0)
    left = whole
    while left > 0:
        open_units = [unit for unit in weights if weights[unit] and parts[unit] < room[unit]]
        total = sum((weights[unit] for unit in open_units), Fraction(0))
        if not total:
            break
        exact = {unit: left * weights[unit] / total for unit in open_units}
        odd = left - sum(floor(share) for share in exact.values())
        order = list(weights)
        lucky = sorted(open_units, key=lambda unit: (floor(exact[unit]) - exact[unit], order.index(unit)))[
            :odd
        ]
        before = sum(parts.values())
        for unit in open_units:
            parts[unit] = min(room[unit], parts[unit] + floor(exact[unit]) + (unit in lucky))
        left -= sum(parts.values()) - before
    return parts


def deal(cheapest: list[int], bought: set[int], reduced: int, buy: int) -> list[int] | None:
    """The cheapest units that can be reduced while enough others are bought; None if there are not enough."""
    chosen: list[int] = []
    for unit in cheapest:
        if len(chosen) < reduced and len(bought - {*chosen, unit}) >= buy:
            chosen.append(unit)
    return chosen if len(chosen) == reduced else None
