"""Orders and rules that cannot work, and books."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import (
    AmountOff,
    Cheapest,
    percent,
)
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.rule import (
    Limit,
    Phase,
    Rule,
    When,
    Where,
)
from tests.domain.pricing.example import CLOTH, FRAME, ORDER, euros, priced


def test_everything_wrong_with_an_order_is_said_at_once() -> None:
    """Duplicate lines, mixed currencies, rates that nobody named, no units, and negative prices."""
    lines = [
        FRAME,
        evolve(FRAME, price=Money(1, "USD")),
        evolve(CLOTH, id="3", tax="8", quantity=0, price=euros(-1)),
    ]
    with pytest.raises(InvalidInput) as caught:
        priced(order=evolve(ORDER, number="", lines=lines))
    assert {fault.field: fault.code for fault in caught.value.faults} == {
        "number": "required",
        "lines[1].id": "duplicate",
        "lines[1].price": "mixed_currency",
        "lines[2].quantity": "out_of_range",
        "lines[2].price": "out_of_range",
        "lines[2].tax": "unknown_tax",
    }


def test_everything_wrong_with_rules_is_said_at_once() -> None:
    """Shares beyond everything, points outside their phase, ends before beginnings, limits of nothing."""
    rules = [
        Rule("a", percent(10), Phase.EARN),
        Rule("b", Cheapest(0, 10_001), when=When(starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))),
        Rule("c", AmountOff(Money(1, "USD")), cap=euros(1), limits=[Limit()]),
        Rule("d", percent(1), when=When(from_time="09:00")),
    ]
    with pytest.raises(InvalidInput) as caught:
        Book(rules)
    assert {fault.field: fault.code for fault in caught.value.faults} == {
        "rules[0].benefit": "wrong_phase",
        "rules[1].when.ends_on": "before_start",
        "rules[1].benefit.cheapest": "out_of_range",
        "rules[1].benefit.basis_points": "out_of_range",
        "rules[2].limits[0].uses": "required",
        "rules[2].benefit": "mixed_currency",
        "rules[3].when.until_time": "required",
    }


def test_two_rules_are_never_called_the_same() -> None:
    """In a book, or in a book and a standing."""
    ten = Rule("ten", percent(10))
    with pytest.raises(InvalidInput, match="two rules are called 'ten'"):
        Book([ten, ten])
    with pytest.raises(InvalidInput, match="two rules are called 'ten'"):
        priced(ten, rules=[ten])
    with pytest.raises(InvalidInput, match="between 0 and 100"):
        percent(101)


def test_a_book_knows_its_rules() -> None:
    """In the order in which they apply."""
    book = Book(
        [Rule("b", percent(1)), Rule("a", percent(1), Phase.ORDER), Rule("c", percent(1), priority=-1)]
    )
    assert [rule.id for rule in book.rules] == ["c", "b", "a"]
    assert book.rule("b") is not None
    assert book.rule("z") is None
    assert Where() == Where(articles=[])
