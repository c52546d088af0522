"""The engine: what an order costs, worked out from a book, an order and a standing, and from nothing else."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from loyaltycore.kernel.pricing.applying import Outcome, reduce_prices
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.earning import earn
from loyaltycore.kernel.pricing.judging import Scene
from loyaltycore.kernel.pricing.nearest import nearest
from loyaltycore.kernel.pricing.order import Order, read_order
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.result import parts_of
from loyaltycore.kernel.pricing.rule import Phase
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.pricing.tendering import tender
from loyaltycore.kernel.pricing.verdict import Verdict
from loyaltycore.kernel.validation import Faults, require_aware


def quote(book: Book, order: Order, standing: Standing) -> Quote:
    """Price an order.

    The order of rules, lines and codes never matters, nothing is priced below zero, and no cent is lost.

    Raises:
        InvalidInput: The order cannot be priced.
    """
    require_aware(standing.at, "at")
    with Faults() as faults:
        order = read_order(faults, order)
    basket = Basket(order)
    outcome = Outcome()
    scene = Scene(basket, standing)
    candidates = book.candidates(basket, standing)
    phases = {
        phase: list(some) for phase, some in groupby(candidates, key=lambda each: each.entry.rule.phase)
    }
    for phase in Phase:
        if phase is Phase.CUSTOMER_SHARE:
            basket.cover()
        basket.begin_phase()
        if phase is not Phase.EARN:
            reduce_prices(scene, phases.get(phase, ()), outcome)
    prices = [left + covered for left, covered in zip(basket.left, basket.covered, strict=True)]
    said: list[Verdict] = []
    payments = tender(basket, standing, said)
    earn(scene, phases.get(Phase.EARN, ()), prices, outcome)
    turns = {each.entry.rule.id: turn for turn, each in enumerate(candidates)}
    outcome.verdicts.sort(key=lambda verdict: turns[verdict.rule])
    return Quote(
        order=order,
        gifts=tuple(outcome.gifts),
        minima=tuple(outcome.minima),
        verdicts=(*outcome.verdicts, *said),
        nearest=partial(nearest, quote, book, standing),
        **parts_of(basket, outcome, payments, prices),
    )
