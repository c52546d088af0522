"""What a rule with a least amount or quantity has seen, for the day on which some of it comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.parts import Minimum, MinimumLine, MinimumUnit
from loyaltycore.kernel.pricing.rule import Basis, Rule


def minimum_of(rule: Rule, mask: int, shares: Mapping[int, int], basket: Basket) -> Minimum:
    """What a rule has seen of each unit, in the phase in which it has applied.

    Args:
        mask: The lines that it is about.
        shares: What it took off, by unit.
    """
    when = rule.when
    counting = basket.every if when.of_order else mask
    amounts = basket.listed if when.basis is Basis.LISTED else basket.base
    lines = []
    for place, (line, units) in enumerate(zip(basket.lines, basket.units, strict=True)):
        counts = bool(counting >> place & 1)
        if counts or any(unit in shares for unit in units):
            seen = [(amounts[unit] if counts else 0, shares.get(unit, 0)) for unit in units]
            rate = basket.order.rates[line.tax] if line.tax else 0
            lines.append(MinimumLine(line.id, counts, rate, tuple(_runs(seen))))
    least = when.least_amount.amount if when.least_amount else 0
    return Minimum(rule.id, rule.title, rule.on_return, least, when.least_quantity, tuple(lines))


def _runs(seen: Sequence[tuple[int, int]]) -> Iterator[MinimumUnit]:
    for (counted, off), alike in groupby(seen):
        yield MinimumUnit(len(list(alike)), counted, off)
