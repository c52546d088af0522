"""Refunds read what was paid: any partition of them returns exactly that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import percent
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.rule import Rule, in_groups
from loyaltycore.kernel.pricing.standing import Standing, Tender
from loyaltycore.sales.rules.refunding import Asked, earlier_refund, everything_left, plan_refund, restored
from loyaltycore.sales.rules.settlement import Draw, SettledTender, Settlement, digest_of
from loyaltycore.sales.rules.settling import Booked, settlement_of
from tests.domain.pricing.strategies import NOW, books, orders, standings

LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
BOOKED = Booked("s1", "berlin", "bert", NOW)


def settled(rules: list[Rule], order: Order, standing: Standing) -> Settlement:
    return settlement_of(quote(Book(rules), order, standing), BOOKED, [], [], [], {})


def asked(lines: dict[str, int] | None, number: str = "G-1") -> Asked:
    return Asked(number, lines, "", LATER, "bert")


@settings(max_examples=60)
@given(books(), orders(), standings(), st.data())
def test_any_partition_returns_exactly_what_was_paid(
    rules: list[Rule], order: Order, standing: Standing, data: st.DataObject
) -> None:
    """Law 23: in money, for each tender and its units, for each tax key, in points, and for the insurer."""
    found = quote(Book(rules), order, standing)
    sale = settlement_of(found, BOOKED, [], [], [], {})
    number = 0
    while left := everything_left(sale):
        chosen = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
        lines = {line: data.draw(st.integers(1, left[line])) for line in chosen}
        number += 1
        sale, _ = plan_refund(sale, asked(lines, str(number)))
    refunds = sale.refunds
    assert sum(each.due.amount for each in refunds) == found.due.amount
    assert sum(each.covered.amount for each in refunds) == found.covered.amount
    assert sum(each.price.amount for each in refunds) == found.price.amount
    for place, paid in enumerate(found.tenders):
        assert sum(each.tenders[place].amount.amount for each in refunds) == paid.amount.amount
        assert sum(each.tenders[place].units for each in refunds) == paid.spent
    for place, earned in enumerate(found.earned):
        assert sum(each.points[place] for each in refunds) == earned.points
    taxes = [part for each in refunds for part in each.taxes]
    for part in found.taxes:
        same = [each for each in taxes if each.key == part.key]
        assert sum(each.gross.amount for each in same) == part.gross.amount
        assert sum(each.tax.amount for each in same) == part.tax.amount


@given(st.lists(st.integers(1, 9), max_size=4), st.lists(st.integers(1, 9), max_size=6))
def test_what_was_spent_last_comes_back_first(drawn: list[int], steps: list[int]) -> None:
    """No draw gets back more than it gave, however many steps it takes."""
    draws = tuple(Draw(f"a{place}", f"m{place}", units) for place, units in enumerate(drawn))
    tender = SettledTender("t", "T", "EUR", draws)
    done, back = 0, dict.fromkeys(draws, 0)
    for step in steps:
        pieces = restored(tender, done, step)
        assert sum(units for _, units in pieces) == min(step, sum(drawn) - done)
        done += sum(units for _, units in pieces)
        for draw, units in pieces:
            back[draw] += units
        open_draws = [draw for draw in draws if back[draw] < draw.units]
        assert all(back[draw] == 0 for draw in open_draws[:-1])


LENSES = OrderLine(
    "2", "lenses", Money(10000, "EUR"), 2, groups=["lenses"], tax="7", covered=Money(9000, "EUR")
)
FRAME = OrderLine("1", "frame-7", Money(19900, "EUR"), groups=["frames"], tax="19")
GLASSES = Order("R-42", "erika", [FRAME, LENSES], rates={"19": 1900, "7": 700})


def glasses() -> Settlement:
    tenth = Rule("tenth", percent(10), where=in_groups("frames", "lenses"))
    return settled([tenth], GLASSES, Standing(NOW, tenders=[Tender("gift", "EUR", 5000)]))


def test_one_lens_of_two_comes_back() -> None:
    """Of 90.00 the insurer gets 45.00 back, the voucher its part, the customer the rest."""
    sale, refund = plan_refund(glasses(), asked({"2": 1}))
    assert (refund.price, refund.covered) == (Money(9000, "EUR"), Money(4500, "EUR"))
    assert (refund.tenders[0].amount, refund.due) == (Money(836, "EUR"), Money(3664, "EUR"))
    assert [(part.key, part.gross, part.tax) for part in refund.taxes] == [
        ("7", Money(9000, "EUR"), Money(589, "EUR"))
    ]
    assert everything_left(sale) == {"1": 1, "2": 1}


def test_no_more_comes_back_than_was_bought() -> None:
    """A third lens is refused, and so is the second frame."""
    sale, _ = plan_refund(glasses(), asked({"2": 2, "1": 1}))
    for lines, left in (({"2": 1}, 0), ({"1": 1}, 0)):
        with pytest.raises(Refused, match="are left") as caught:
            plan_refund(sale, asked(lines, "G-2"))
        assert (caught.value.code, caught.value.facts["left"]) == ("refund.too_many", left)


def test_the_same_number_is_the_same_refund() -> None:
    """Asked again it is found; for something else it is refused."""
    sale, refund = plan_refund(glasses(), asked({"2": 1}))
    assert earlier_refund(sale, asked({"2": 1})) == refund
    assert earlier_refund(sale, asked({"2": 1}, "G-2")) is None
    with pytest.raises(Refused) as caught:
        earlier_refund(sale, asked({"1": 1}))
    assert caught.value.code == "refund.differs"


def test_everything_wrong_with_a_refund_is_said_at_once() -> None:
    """Unknown lines, and no units."""
    with pytest.raises(InvalidInput) as caught:
        plan_refund(glasses(), asked({"9": 1, "1": 0}))
    assert {fault.field: fault.code for fault in caught.value.faults} == {
        "lines": "unknown_line",
        "lines.1": "out_of_range",
    }
    with pytest.raises(InvalidInput, match="one line at least"):
        plan_refund(glasses(), asked({}))


def test_all_that_is_left_can_be_nothing() -> None:
    """That is too many, as one more unit of a line would be, and no fault of what was given."""
    after, _ = plan_refund(glasses(), asked(None))
    with pytest.raises(Refused) as caught:
        plan_refund(after, asked(None))
    assert caught.value.code == "refund.too_many"


def test_orders_differ_in_anything() -> None:
    """The digest of an order changes with any part of it."""
    assert digest_of(GLASSES) == digest_of(evolve(GLASSES))
    assert digest_of(GLASSES) != digest_of(evolve(GLASSES, codes=["X"]))
    assert digest_of(GLASSES) != digest_of(evolve(GLASSES, lines=[FRAME]))
