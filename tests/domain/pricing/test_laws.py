"""The laws of pricing, over any orders, rules and standings."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from benchmarks.naive_pricing import Naive
from hypothesis import given, settings, strategies as st

from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.parts import QuotedLine
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.rule import Rule
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.pricing.taxing import tax_in
from tests.domain.pricing.strategies import books, orders, standings

priced = given(books(), orders(), standings())


def _sum(line: QuotedLine, name: str) -> int:
    return sum(getattr(unit, name) * unit.count for unit in line.units)


def _columns(line: QuotedLine, name: str) -> list[int]:
    rows = [[value * unit.count for value in getattr(unit, name)] for unit in line.units]
    return [sum(column) for column in zip(*rows, strict=True)]


@settings(max_examples=120)
@priced
def test_the_book_agrees_with_a_loop_over_all_rules(
    rules: list[Rule], order: Order, standing: Standing
) -> None:
    """Law 22: whatever is indexed, shared and left out for speed, amounts, points, taxes and verdicts are the same."""
    found, slow = quote(Book(rules), order, standing), Naive(rules, order, standing)
    assert _told(found) == slow.said
    assert {each.rule: each.amount.amount for each in found.discounts} == _totals(slow.taken)
    assert {each.rule: each.points for each in found.earned} == _totals(slow.earned)
    assert {each.tender: each.amount.amount for each in found.tenders} == _totals(slow.paid)
    assert {each.tender: each.spent for each in found.tenders} == slow.spent
    assert {each.key: (each.gross.amount, each.tax.amount) for each in found.taxes} == slow.taxes
    prices = [unit.price for line in found.lines for unit in line.units for _ in range(unit.count)]
    assert prices == list(slow.prices.values())
    covered = [unit.covered for line in found.lines for unit in line.units for _ in range(unit.count)]
    assert covered == list(slow.covered.values())
    due = [unit.due for line in found.lines for unit in line.units for _ in range(unit.count)]
    assert due == list(slow.left.values())


def _told(found: Quote) -> dict[str, tuple[str, object, str]]:
    tenders = {tender.id for tender in found._nearest.args[2].tenders}  # type: ignore[attr-defined]  # a partial
    return {
        verdict.rule: (verdict.code.value, verdict.short_of, verdict.outranked_by)
        for verdict in found.verdicts
        if verdict.rule not in tenders
    }


def _totals(shares: dict[str, dict[int, int]]) -> dict[str, int]:
    return {name: sum(parts.values()) for name, parts in shares.items()}


@settings(max_examples=50)
@priced
def test_every_cent_is_somewhere(rules: list[Rule], order: Order, standing: Standing) -> None:
    """Law 18: what rules, tenders and points come to is what their lines and units come to."""
    found = quote(Book(rules), order, standing)
    for line in found.lines:
        assert sum(unit.count for unit in line.units) == line.line.quantity
        assert (line.price.amount, line.covered.amount, line.tax.amount, line.due.amount) == (
            _sum(line, "price"),
            _sum(line, "covered"),
            _sum(line, "tax"),
            _sum(line, "due"),
        )
    assert found.discount.amount == sum(each.amount.amount for each in found.discounts)
    for place, paid in enumerate(found.tenders):
        assert paid.amount.amount == sum(_columns(line, "paid")[place] for line in found.lines)
        assert paid.spent == sum(_columns(line, "spent")[place] for line in found.lines)
    for place, earned in enumerate(found.earned):
        assert earned.points == sum(_columns(line, "earned")[place] for line in found.lines)
    for each in (*found.discounts, *found.tenders):
        assert each.amount.amount == sum(share for _, share in each.by_line)
    for part in found.taxes:
        taxed = [line for line in found.lines if line.line.tax == part.key]
        assert part.tax.amount == sum(line.tax.amount for line in taxed)
        assert part.tax.amount == tax_in(part.gross.amount, order.rates[part.key])
    assert found.price == found.covered + found.tendered + found.due


@settings(max_examples=50)
@priced
def test_nothing_is_priced_below_zero(rules: list[Rule], order: Order, standing: Standing) -> None:
    """Law 19: no unit costs, and nobody pays, less than nothing; no tender pays more than it has."""
    found = quote(Book(rules), order, standing)
    for line in found.lines:
        for unit in line.units:
            assert 0 <= unit.price <= line.line.price.amount
            assert min(unit.covered, unit.tax, unit.due, *unit.paid, *unit.spent, *unit.earned, 0) == 0
            assert unit.tax <= unit.price
    available = {tender.id: tender.available for tender in standing.tenders}
    assert all(paid.spent <= available[paid.tender] for paid in found.tenders)


@settings(max_examples=50)
@given(books(), orders(), standings(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_never_matters(
    rules: list[Rule], order: Order, standing: Standing, random: object
) -> None:
    """Law 20: shuffled rules, lines and tenders give the same quote, odd cents included."""
    found = quote(Book(rules), order, standing)
    mixed = evolve(
        standing, rules=_shuffled(random, standing.rules), tenders=_shuffled(random, standing.tenders)
    )
    again = quote(Book(_shuffled(random, rules)), evolve(order, lines=_shuffled(random, order.lines)), mixed)
    assert again.digest == found.digest
    assert {line.line.id: line for line in again.lines} == {line.line.id: line for line in found.lines}
    assert evolve(again, order=order, lines=found.lines) == found


def _shuffled(random: object, values: Iterable[object]) -> list[object]:
    mixed = list(values)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a `Random`
    return mixed


@settings(max_examples=50)
@priced
def test_what_does_not_apply_changes_nothing(rules: list[Rule], order: Order, standing: Standing) -> None:
    """Law 21: without the rules that have no effect, everything comes to the same."""
    found = quote(Book(rules), order, standing)
    useful = {verdict.rule for verdict in found.verdicts if verdict.applies}
    again = quote(
        Book(rule for rule in rules if rule.id in useful),
        order,
        evolve(
            standing,
            rules=[rule for rule in standing.rules if rule.id in useful],
            tenders=[tender for tender in standing.tenders if tender.id in useful],
        ),
    )
    assert (again.lines, again.discounts, again.tenders, again.earned, again.taxes) == (
        found.lines,
        found.discounts,
        found.tenders,
        found.earned,
        found.taxes,
    )


@settings(max_examples=40)
@priced
def test_the_nearest_changes_make_their_rules_apply(
    rules: list[Rule], order: Order, standing: Standing
) -> None:
    """Law 24: an order that takes as many units more gets the rule, at the price that was told."""
    book = Book(rules)
    found = quote(book, order, standing)
    changes = found.nearest(3)
    assert list(changes) == sorted(changes, key=lambda change: change.extra.amount)
    for change in changes:
        more = [
            evolve(line, quantity=line.quantity + change.more * (line.id == change.line))
            for line in order.lines
        ]
        again = quote(book, evolve(order, lines=more), standing)
        verdict = again.verdict(change.rule)
        assert verdict is not None
        assert verdict.applies
        assert again.due - found.due == change.extra


@settings(max_examples=20)
@priced
def test_a_quote_is_a_function(rules: list[Rule], order: Order, standing: Standing) -> None:
    """Law 26: quoting twice gives the same, down to the digest, and every verdict has its sentences."""
    book = Book(rules)
    found, again = quote(book, order, standing), quote(book, order, standing)
    assert (found, found.digest) == (again, again.digest)
    for verdict in found.verdicts:
        assert verdict.say("en").endswith(".")
        assert verdict.say("de-DE").endswith(".")
    for language in ("en", "de"):
        assert len({len(row) for row in found.receipt(language).split("\n")}) == 1
