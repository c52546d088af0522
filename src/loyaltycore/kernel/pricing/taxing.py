"""The tax contained in what units cost: exact for each tax key, and exact again for each line and unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.order import WHOLE
from loyaltycore.kernel.pricing.spreading import rounded, spread


def tax_in(gross: int, rate: int) -> int:
    """The tax contained in an amount, in minor units.

    Args:
        rate: In basis points.

    Example:
        >>> tax_in(11900, 1900)
        1900
    """
    return rounded(gross * rate, WHOLE + rate, down=False)


def tax_of(basket: Basket, taxed: Mapping[int, int]) -> tuple[dict[str, tuple[int, int]], dict[int, int]]:
    """Work out the taxes of an order.

    Args:
        taxed: What is taxed of each unit.

    Returns:
        By tax key what is taxed and the tax; and the tax of each unit, which adds up to those.
    """
    by_key: dict[str, list[int]] = defaultdict(list)
    for line, units in zip(basket.lines, basket.units, strict=True):
        if line.tax:
            by_key[line.tax] += units
    parts: dict[str, tuple[int, int]] = {}
    taxes: dict[int, int] = {}
    for key, own in sorted(by_key.items()):
        amounts = [taxed[unit] for unit in own]
        tax = tax_in(sum(amounts), basket.order.rates[key])
        parts[key] = (sum(amounts), tax)
        taxes.update(zip(own, spread(tax, amounts, amounts), strict=True))
    return parts, taxes
