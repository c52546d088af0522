"""Programs as the tests of services have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from loyaltycore import Money
from loyaltycore.cards import CustomerCard
from loyaltycore.desk import Desk
from loyaltycore.programs import (
    DiscountTerms,
    Earn,
    PointsTerms,
    Quota,
    QuotaTerms,
    StoredValueTerms,
    days,
    months,
    period,
)
from tests.house import House

BATTERIES = QuotaTerms([Quota(groups=["batteries"], quantity=30)], term=months(12))
CLUB = PointsTerms(Earn(1, per=Money(100, "EUR"), after=days(14)), expiry=period(months(24), round_up="year"))
GIFT = StoredValueTerms("EUR")
TEN_PERCENT = DiscountTerms(10, groups=["accessories"])


def define(desk: Desk, key: str, terms: Any, **more: Any) -> None:
    """Define a program and put it into force."""
    desk.programs.define(key, terms, name=key.title(), **more)
    desk.programs.publish(key)


def card_of(house: House, customer_id: str, **order: Any) -> CustomerCard:
    """A card in use."""
    order_ = house.desk.cards.order(customer_id, **order)
    return house.desk.cards.activate(order_.card_id)


def at(day: int, month: int = 1, year: int = 2026, hour: int = 9) -> datetime:
    """An instant."""
    return datetime(year, month, day, hour, tzinfo=UTC)
