"""What would make a rule apply that falls short: more units of something that is in the order already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from attrs import evolve

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.order import MOST_UNITS, Order, OrderLine
from loyaltycore.kernel.pricing.parts import Change
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.rule import Rule
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.pricing.verdict import Code, Verdict

MOST_CHANGES: Final = 10
_MOST_TRIED: Final = 20
"""Rules for which a change is looked for: the quote is made afresh for each line that they are about."""
_MOST_LINES: Final = 3
_MOST_STEPS: Final = 4

Quoting: TypeAlias = Callable[[Book, Order, Standing], Quote]


def nearest(quoting: Quoting, book: Book, standing: Standing, quote: Quote, most: int) -> tuple[Change, ...]:
    """The cheapest change for each rule that falls short, the cheapest of them first.

    Every change has been tried: with it, its rule applies.
    """
    rules = {rule.id: rule for rule in standing.rules}
    short = [
        verdict for verdict in quote.verdicts if verdict.code in {Code.AMOUNT_SHORT, Code.QUANTITY_SHORT}
    ]
    found = []
    for verdict in sorted(short, key=_missing)[:_MOST_TRIED]:
        rule = rules.get(verdict.rule) or book.rule(verdict.rule)
        if rule is not None:
            tried = [
                change
                for line in _lines_for(rule, quote.order)
                if (change := _try(quoting, book, standing, quote, verdict, line))
            ]
            found += sorted(tried, key=_price)[:1]
    return tuple(sorted(found, key=_price)[: min(most, MOST_CHANGES)])


def _missing(verdict: Verdict) -> tuple[int, str]:
    short = verdict.short_of
    return (short.amount if isinstance(short, Money) else 0, verdict.rule)


def _price(change: Change) -> tuple[int, str, str]:
    return (change.extra.amount, change.rule, change.line)


def _lines_for(rule: Rule, order: Order) -> Sequence[OrderLine]:
    """The cheapest lines of which more would count."""
    basket = Basket(order)
    mask = basket.every if rule.when.of_order else basket.mask(rule.where, basket.scope(rule.phase))
    lines = [line for place, line in enumerate(basket.lines) if mask >> place & 1 and not line.delivery]
    return sorted(lines, key=lambda line: (line.price.amount, line.id))[:_MOST_LINES]


def _try(
    quoting: Quoting, book: Book, standing: Standing, quote: Quote, verdict: Verdict, line: OrderLine
) -> Change | None:
    """Take more of a line until the rule applies; None if that does not help."""
    more = 0
    for _ in range(_MOST_STEPS):
        step = _units_missing(verdict, line)
        more += step
        if not step or more + sum(each.quantity for each in quote.order.lines) > MOST_UNITS:
            return None
        order = evolve(quote.order, lines=tuple(_with_more(quote.order, line, more)))
        again = quoting(book, order, standing)
        judged = again.verdict(verdict.rule)
        if judged is None:
            return None
        if judged.applies:
            return Change(verdict.rule, line.id, more, again.due - quote.due)
        verdict = judged
    return None


def _units_missing(verdict: Verdict, line: OrderLine) -> int:
    short = verdict.short_of
    if isinstance(short, Money):
        return -(-short.amount // line.price.amount) if line.price.amount else 0
    return short if isinstance(short, int) else 0


def _with_more(order: Order, line: OrderLine, more: int) -> Iterator[OrderLine]:
    for each in order.lines:
        yield evolve(each, quantity=each.quantity + more) if each.id == line.id else each
