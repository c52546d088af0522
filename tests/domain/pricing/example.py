"""An order of a frame and three cloths, priced at noon in Berlin."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.rule import (
    Rule,
)
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.pricing.verdict import Code

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=BERLIN)


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


FRAME = OrderLine("1", "frame-7", euros(19900), groups=["frames"], tax="19")
CLOTH = OrderLine("2", "cloth", euros(333), 3, tax="19")
ORDER = Order("R-42", "erika", [FRAME, CLOTH], rates={"19": 1900, "7": 700})


def priced(*rules: Rule, order: Order = ORDER, **standing: object) -> Quote:
    return quote(Book(rules), order, Standing(**{"at": NOON, **standing}))


def code(found: Quote, rule: str) -> Code:
    verdict = found.verdict(rule)
    assert verdict is not None
    return verdict.code
