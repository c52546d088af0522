"""What stored value and points pay, once all prices are known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from attrs import define

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.spreading import spread
from loyaltycore.kernel.pricing.standing import Standing, Tender
from loyaltycore.kernel.pricing.verdict import Code, Verdict

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@define
class Payment:
    """A tender with what it pays of each unit."""

    tender: Tender
    amounts: dict[int, int]
    """In minor units, by unit of the order."""
    spent: dict[int, int]
    """In its own unit, by unit of the order."""


def tender(basket: Basket, standing: Standing, verdicts: list[Verdict]) -> list[Payment]:
    """Let all tenders pay, by priority, then what expires soonest."""
    payments = []
    for each in sorted(
        standing.tenders, key=lambda each: (each.priority, each.expires_at or _NEVER, each.id)
    ):
        verdict = _unfit(each, basket.order, standing)
        if verdict is None:
            payment = _pay(each, basket)
            verdict = _said(each, Code.APPLIES if payment.amounts else Code.NO_EFFECT)
            if payment.amounts:
                payments.append(payment)
        verdicts.append(verdict)
    return payments


def _unfit(tender: Tender, order: Order, standing: Standing) -> Verdict | None:
    currency = tender.unit if tender.worth is None else tender.worth.currency
    if currency != order.currency:
        return Verdict(tender.id, title_of(tender), Code.WRONG_CURRENCY, order.currency, currency)
    if tender.expires_at is not None and tender.expires_at <= standing.at:
        ended = tender.expires_at.astimezone(standing.at.tzinfo).date()
        return Verdict(tender.id, title_of(tender), Code.ENDED, required=ended)
    if tender.available <= 0:
        return _emptied(tender)
    return None if _wanted(tender, order) else _said(tender, Code.NOT_ASKED)


def _emptied(tender: Tender) -> Verdict:
    if not tender.expired:
        return _said(tender, Code.EMPTY)
    expired = tender.expired if tender.worth else Money(tender.expired, tender.unit)
    return Verdict(tender.id, title_of(tender), Code.EXPIRED, expired)


def _wanted(tender: Tender, order: Order) -> int:
    """How many of its units may be used."""
    asked = order.spend.get(tender.id, order.spend.get(tender.name))
    if asked is None:
        return tender.available if tender.automatic else 0
    return min(asked, tender.available)


def _pay(tender: Tender, basket: Basket) -> Payment:
    units = [unit for unit in basket.units_of(_payable(tender, basket)) if basket.left[unit]]
    left = [basket.left[unit] for unit in units]
    worth = tender.worth.amount if tender.worth else 1
    count = min(_wanted(tender, basket.order), sum(left) // worth)
    amounts = spread(count * worth, left, left)
    # Points are spread on their own, so that returning some units returns whole points.
    spent = amounts if worth == 1 else spread(count, left, [count] * len(left))
    for unit, amount in zip(units, amounts, strict=True):
        basket.left[unit] -= amount
    return Payment(tender, _some(units, amounts), _some(units, spent))


def _payable(tender: Tender, basket: Basket) -> int:
    """The lines that a tender may pay: stored value buys no stored value."""
    mask = basket.mask(tender.where, basket.every)
    for place, line in enumerate(basket.lines):
        if line.stored_value or (tender.tax and line.tax != tender.tax):
            mask &= ~(1 << place)
    return mask


def _some(units: list[int], values: list[int]) -> dict[int, int]:
    return {unit: value for unit, value in zip(units, values, strict=True) if value}


def title_of(tender: Tender) -> str:
    """What people call it."""
    return tender.title or tender.name or tender.id


def _said(tender: Tender, code: Code) -> Verdict:
    return Verdict(tender.id, title_of(tender), code)
