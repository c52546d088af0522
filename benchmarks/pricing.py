"""Quoting an order of 50 lines under 1,000 rules, beside a loop over all rules, lines and units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from attrs import evolve

from benchmarks.naive_pricing import Naive
from benchmarks.timing import Result, at_least, duel, processor
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import Percent
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.rule import Phase, Rule, When, Where
from loyaltycore.kernel.pricing.standing import Standing

RULES, LINES, ARTICLES, GROUPS = 1000, 50, 5000, 200
ROUNDS = 5
MOST_SECONDS = 0.010
FACTOR = 10
NOW = Standing(datetime(2026, 11, 30, 12, tzinfo=UTC))


def run() -> Iterator[Result]:
    """Rules about articles and groups, rules about everything, and both."""
    random = Random(2026)  # noqa: S311  the same rules every time
    about = [_about(random, place) for place in range(RULES)]
    everything = [_about_everything(random, place) for place in range(RULES)]
    order = _order(random)
    # The peer takes most of the run.
    for name, rules in (
        ("half of the rules about anything", [*about[::2], *everything[1::2]]),
        ("all rules about articles or groups", about),
        ("all rules about anything", everything),
    ):
        book = Book(rules)
        _check(quote(book, order, NOW), Naive(rules, order, NOW))
        ours, peer = duel(
            lambda book=book: quote(book, order, NOW),
            lambda rules=rules: Naive(rules, order, NOW),
            ROUNDS,
            clock=processor,
        )
        result = at_least(f"quote, {name}", ours, peer, FACTOR)
        kept = result.kept and ours <= MOST_SECONDS
        yield evolve(result, target=f"{result.target}, at most {MOST_SECONDS * 1e3:.0f} ms", kept=kept)


def _order(random: Random) -> Order:
    lines = [
        OrderLine(
            str(place),
            f"a{random.randrange(ARTICLES)}",
            Money(random.randrange(100, 30_000), "EUR"),
            random.randrange(1, 4),
            groups=[f"g{group}" for group in random.sample(range(GROUPS), 2)],
            tax="19",
        )
        for place in range(LINES)
    ]
    return Order("R-1", "erika", lines, rates={"19": 1900})


def _about(random: Random, place: int) -> Rule:
    """A share off articles or a group, from some amount on; some compete."""
    where = Where(groups=[f"g{random.randrange(GROUPS)}"])
    if place % 2:
        where = Where(articles=[f"a{random.randrange(ARTICLES)}" for _ in range(3)])
    when = When(least_amount=Money(random.randrange(60_000), "EUR"))
    return Rule(
        f"r{place:04}", Percent(random.randrange(100, 3000)), where=where, when=when, group=f"c{place % 20}"
    )


def _about_everything(random: Random, place: int) -> Rule:
    """A share off the order, from some amount on; the best one counts."""
    when = When(
        least_amount=Money(random.randrange(10_000_000), "EUR"), least_quantity=random.randrange(1, 20)
    )
    return Rule(f"e{place:04}", Percent(random.randrange(100, 3000)), Phase.ORDER, when=when, group="order")


def _check(found: Quote, slow: Naive) -> None:
    if found.due.amount != sum(slow.left.values()):
        raise AssertionError(f"the engine finds {found.due}, the loop {sum(slow.left.values())} cents")
