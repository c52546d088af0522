"""From what became of each unit to the parts of a quote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.applying import Contender, Outcome
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.parts import Applied, Earned, Paid, QuotedLine, TaxPart, UnitShare, Use
from loyaltycore.kernel.pricing.rule import Phase
from loyaltycore.kernel.pricing.taxing import tax_of
from loyaltycore.kernel.pricing.tendering import Payment, title_of


def parts_of(
    basket: Basket, outcome: Outcome, payments: Sequence[Payment], prices: Sequence[int]
) -> dict[str, Any]:
    """The fields of a quote that follow from its units.

    Args:
        prices: What each unit costs after discounts.
    """
    taxed = {
        unit: price - sum(payment.amounts.get(unit, 0) for payment in payments if payment.tender.tax)
        for unit, price in enumerate(prices)
    }
    by_key, taxes = tax_of(basket, taxed)
    earning = [each for each in outcome.contenders if each.rule.phase is Phase.EARN]
    reducing = [each for each in outcome.contenders if each.rule.phase is not Phase.EARN]

    def money(amount: int) -> Money:
        return Money(amount, basket.order.currency)

    def share(unit: int) -> UnitShare:
        return UnitShare(
            1,
            prices[unit],
            basket.covered[unit],
            taxed[unit] if basket.lines[basket.line_of[unit]].tax else 0,
            taxes.get(unit, 0),
            tuple(payment.amounts.get(unit, 0) for payment in payments),
            tuple(payment.spent.get(unit, 0) for payment in payments),
            tuple(each.shares.get(unit, 0) for each in earning),
        )

    return {
        "lines": _as_given(basket, _lines(basket, [share(unit) for unit in range(len(prices))])),
        "discounts": tuple(
            Applied(each.rule.id, each.rule.title, money(each.total), _by_line(basket, each.shares))
            for each in reducing
        ),
        "tenders": tuple(_paid(basket, payment) for payment in payments),
        "earned": tuple(
            Earned(each.rule.id, each.rule.title, each.total, _by_line(basket, each.shares))
            for each in earning
        ),
        "taxes": tuple(TaxPart(key, money(gross), money(tax)) for key, (gross, tax) in by_key.items()),
        "uses": tuple(use for each in outcome.contenders for use in _uses(each, basket)),
    }


def _as_given(basket: Basket, lines: Iterable[QuotedLine]) -> tuple[QuotedLine, ...]:
    by_id = {line.line.id: line for line in lines}
    return tuple(by_id[line.id] for line in basket.order.lines)


def _lines(basket: Basket, shares: Sequence[UnitShare]) -> Iterator[QuotedLine]:
    currency = basket.order.currency
    for line, units in zip(basket.lines, basket.units, strict=True):
        own = shares[units.start : units.stop]
        listed = line.price * line.quantity
        yield QuotedLine(
            line,
            listed,
            listed - Money(sum(share.price for share in own), currency),
            Money(sum(share.covered for share in own), currency),
            Money(sum(sum(share.paid) for share in own), currency),
            Money(sum(share.due for share in own), currency),
            Money(sum(share.tax for share in own), currency),
            tuple(runs(own)),
        )


def runs(shares: Sequence[UnitShare]) -> Iterator[UnitShare]:
    """Neighbours that are alike as one share with their number."""
    for _, alike in groupby(shares, key=_of_one):
        found = list(alike)
        first = found[0]
        yield UnitShare(
            sum(share.count for share in found),
            first.price,
            first.covered,
            first.taxed,
            first.tax,
            first.paid,
            first.spent,
            first.earned,
        )


def _of_one(share: UnitShare) -> tuple[Any, ...]:
    return (share.price, share.covered, share.taxed, share.tax, share.paid, share.spent, share.earned)


def _paid(basket: Basket, payment: Payment) -> Paid:
    tender = payment.tender
    return Paid(
        tender.id,
        title_of(tender),
        tender.unit,
        Money(sum(payment.amounts.values()), basket.order.currency),
        sum(payment.spent.values()),
        _by_line(basket, payment.amounts),
    )


def _uses(contender: Contender, basket: Basket) -> Iterator[Use]:
    rule = contender.rule
    taken = 0 if rule.phase is Phase.EARN else contender.total
    for place in range(len(rule.limits)):
        yield Use(rule.id, place, rule.limit_key(place), Money(taken, basket.order.currency))


def _by_line(basket: Basket, shares: dict[int, int]) -> tuple[tuple[str, int], ...]:
    """What each line gets of shares by unit; lines that get nothing are left out."""
    found: dict[int, int] = defaultdict(int)
    for unit, share in shares.items():
        found[basket.line_of[unit]] += share
    return tuple((basket.lines[place].id, found[place]) for place in sorted(found) if found[place])
