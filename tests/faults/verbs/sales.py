"""Orders reserved, locked, released, settled and refunded."""

from __future__ import annotations

from typing import Final

from loyaltycore import Money
from loyaltycore.sales import AmountOff, Limit, Order, OrderLine, PromotionTerms, Rule, of_articles
from tests.faults.verbs.verb import Run, Verb


def _order(run: Run) -> Order:
    """A frame that is reduced by a code and paid with stored value, and a program that is sold."""
    lines = [
        OrderLine("1", "frame", Money(9900, "EUR"), 2, tax="19"),
        OrderLine("2", "P-BAT", Money(2500, "EUR")),
    ]
    gift = run.facts["gift"]
    return Order(
        "R-7",
        run.facts["erika"],
        lines,
        programs=[gift],
        codes=["AUTUMN26"],
        spend={gift: 3000},
        rates={"19": 1900},
    )


_CARDS: Final = {"2": ""}


def _reserve(run: Run) -> str:
    return run.free.sales.reserve(_order(run)).id


def _settle(run: Run) -> None:
    run.free.sales.settle(_order(run), cards=_CARDS)


def _lower(run: Run) -> None:
    """Leave everybody one use, which is in a share, beside what is set aside there."""
    off = Rule("frame", AmountOff(Money(100, "EUR")), where=of_articles("frame"), limits=[Limit(uses=2)])
    run.free.programs.define("spring", PromotionTerms([off]), name="Spring")
    run.free.programs.publish("spring")


def _settle_last(run: Run) -> None:
    sale = run.desk.sales.settle(Order("R-8", None, [OrderLine("1", "frame", Money(9900, "EUR"))]))
    assert sale.due == 9800


VERBS: Final = (
    Verb("order reserved", lambda run: run.desk.sales.reserve(_order(run)), "sales.reserve"),
    Verb("reservation locked", lambda run: run.desk.sales.lock(_reserve(run)), "sales.lock", first=_reserve),
    Verb(
        "reservation released",
        lambda run: run.desk.sales.release(run.facts["reservation"]),
        "sales.release",
    ),
    Verb(
        "order settled",
        lambda run: run.desk.sales.settle(_order(run), cards=_CARDS),
        "sales.settle",
        first=_reserve,
    ),
    Verb("order settled with the last use of a limit", _settle_last, "sales.settle", first=_lower),
    Verb(
        "units returned",
        lambda run: run.desk.sales.refund("R-7", "G-1", {"1": 1, "2": 1}),
        "sales.refund",
        first=_settle,
    ),
)
