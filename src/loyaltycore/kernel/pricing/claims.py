"""What a rule would take off each unit if it were alone, as exact fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from attrs import define

from loyaltycore.kernel.pricing.basket import Basket
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
from loyaltycore.kernel.pricing.order import WHOLE
from loyaltycore.kernel.pricing.rule import Rule, Where


@define
class Claim:
    """A share of each unit as an exact fraction: its weight, times a factor, over a denominator.

    Rules about the same lines share the weights, so that only their factors have to be compared.
    """

    units: Sequence[int]
    weights: Sequence[int]
    """One for each unit, all greater than zero."""
    factor: int = 1
    whole: int = 1
    """The denominator."""

    def capped(self, most: int) -> Claim:
        """The same shares of no more than an amount."""
        total = sum(self.weights)
        if total * self.factor <= most * self.whole:
            return self
        return Claim(self.units, self.weights, most, total) if most else Claim((), ())


def claim_of(rule: Rule, basket: Basket, mask: int) -> Claim:
    """What a rule of prices would take off what the units cost at the beginning of the phase."""
    benefit, base = rule.benefit, basket.base
    match benefit:
        case Percent(points):
            return Claim(*basket.priced(mask), points, WHOLE)
        case AmountOff(off, each):
            claim = Claim(*basket.priced(mask))
            if each:
                # An amount of nothing claims nothing.
                parts = zip(claim.units, claim.weights, strict=True)
                return _some((unit, min(off.amount, left)) for unit, left in parts)
            return claim.capped(off.amount)
        case SetPrice(price):
            return _some((unit, base[unit] - price.amount) for unit in basket.units_of(mask))
        case Catalog():
            return _listed(benefit, basket, mask)
        case Cheapest(count, points):
            units = sorted(basket.units_of(mask), key=lambda unit: (base[unit], unit))[:count]
            return _some(((unit, base[unit]) for unit in units), points)
        case ForEvery():
            units = reduced_units(benefit, basket, mask)
            return _some(((unit, base[unit]) for unit in units), benefit.basis_points)
        case Gift(gift, count):
            free = basket.units_of(basket.by_article.get(gift, 0) & basket.goods)
            return _some((unit, base[unit]) for unit in islice(free, count))
        case Earning():
            raise TypeError("points are counted, not taken off")


def _some(parts: Iterable[tuple[int, int]], points: int = WHOLE) -> Claim:
    """A share, in basis points, of the units of which there is anything."""
    kept = [(unit, part) for unit, part in parts if part > 0]
    return Claim([unit for unit, _ in kept], [part for _, part in kept], points, WHOLE)


def _listed(benefit: Catalog, basket: Basket, mask: int) -> Claim:
    parts: dict[int, int] = {}
    for each in benefit.prices:
        for unit in basket.units_of(basket.by_article.get(each.article, 0) & mask):
            parts[unit] = max(parts.get(unit, 0), basket.base[unit] - each.price.amount)
    return _some(parts.items())


def reduced_units(benefit: ForEvery, basket: Basket, mask: int) -> list[int]:
    """The units that `ForEvery` reduces: the cheapest, of as many as there are units bought for."""
    bought = mask
    if benefit.bought_articles or benefit.bought_groups:
        bought = basket.mask(Where(benefit.bought_articles, benefit.bought_groups), basket.goods)
    only_bought = basket.quantity(bought & ~mask)
    only_reduced, either = basket.quantity(mask & ~bought), basket.quantity(mask & bought)
    times = _times(benefit, only_bought, only_reduced, either)
    # Those bought take what they need of the units that count either way.
    spare = either - max(0, times * benefit.buy - only_bought)
    found: list[int] = []
    both = set(basket.units_of(mask & bought))
    for unit in sorted(basket.units_of(mask), key=lambda unit: (basket.base[unit], unit)):
        if len(found) == times * benefit.reduced:
            break
        if unit in both:
            if not spare:
                continue
            spare -= 1
        found.append(unit)
    return found


def _times(benefit: ForEvery, only_bought: int, only_reduced: int, either: int) -> int:
    """How often there are enough units for both sides, none of them counted twice."""

    def fits(times: int) -> bool:
        lacking = max(0, times * benefit.buy - only_bought) + max(0, times * benefit.reduced - only_reduced)
        return lacking <= either

    low, high = 0, (only_bought + only_reduced + either) // (benefit.buy + benefit.reduced)
    if benefit.most_times is not None:
        high = min(high, benefit.most_times)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
