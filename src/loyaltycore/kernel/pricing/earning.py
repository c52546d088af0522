"""Points, counted once everything is paid."""

from __future__ import annotations

from collections.abc import Sequence

from loyaltycore.kernel.pricing.applying import (
    Contender,
    Outcome,
    conclude,
    judge,
    settle_rivalry,
)
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.benefits import Earning
from loyaltycore.kernel.pricing.book import Candidate
from loyaltycore.kernel.pricing.claims import Claim
from loyaltycore.kernel.pricing.judging import Scene
from loyaltycore.kernel.pricing.order import OrderLine
from loyaltycore.kernel.pricing.spreading import spread
from loyaltycore.kernel.pricing.taxing import tax_in
from loyaltycore.kernel.pricing.verdict import Code, Verdict


def earn(scene: Scene, candidates: Sequence[Candidate], prices: Sequence[int], outcome: Outcome) -> None:
    """Carry out the last phase.

    Args:
        prices: What each unit costs after discounts.
    """
    contenders = []
    for candidate in judge(scene, candidates, outcome):
        rule = candidate.entry.rule
        claim = _claim(rule.benefit, scene.basket, candidate.mask, prices)
        if claim.units:
            contenders.append(Contender(rule, claim))
        else:
            outcome.verdicts.append(Verdict(rule.id, rule.title, Code.NO_EFFECT))
    for contender in settle_rivalry(contenders, outcome):
        claim = contender.claim
        contender.total = sum(claim.weights) // claim.whole * claim.factor
        shares = spread(contender.total, claim.weights, [contender.total] * len(claim.weights))
        contender.shares = dict(zip(claim.units, shares, strict=True))
        conclude(contender, outcome)


def _claim(benefit: object, basket: Basket, mask: int, prices: Sequence[int]) -> Claim:
    """The points of each unit, as exact fractions."""
    if not isinstance(benefit, Earning):
        raise TypeError("only points are earned")
    parts: dict[int, int] = {}
    for place, (line, units) in enumerate(zip(basket.lines, basket.units, strict=True)):
        if mask >> place & 1 and _counts(benefit, line):
            amounts = [_counted(benefit, basket, unit, prices) for unit in units]
            if benefit.net and line.tax:
                total = sum(amounts)
                net = total - tax_in(total, basket.order.rates[line.tax])
                amounts = spread(net, amounts, amounts)
            parts.update((unit, amount) for unit, amount in zip(units, amounts, strict=True) if amount)
    whole = sum(parts.values()) or 1 if benefit.per is None else benefit.per.amount
    return Claim(list(parts), list(parts.values()), benefit.points, whole)


def _counts(benefit: Earning, line: OrderLine) -> bool:
    return (benefit.delivery or not line.delivery) and (benefit.stored_value or not line.stored_value)


def _counted(benefit: Earning, basket: Basket, unit: int, prices: Sequence[int]) -> int:
    """What of a unit brings points."""
    amount = basket.listed[unit] if benefit.listed else prices[unit]
    if not benefit.covered:
        amount -= basket.covered[unit]
    if not benefit.tendered:
        amount -= prices[unit] - basket.covered[unit] - basket.left[unit]
    return amount
