"""What comes back of an order that was large enough for a rule, and no longer is."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import Refused
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import AmountOff, Benefit, Cheapest, percent
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.rule import Basis, OnReturn, Phase, Rule, When, Where
from loyaltycore.kernel.pricing.standing import Standing, Tender
from loyaltycore.sales.rules.refunding import everything_left, plan_refund
from loyaltycore.sales.rules.settlement import Settlement
from loyaltycore.sales.rules.settling import settlement_of
from tests.domain.pricing.strategies import NOW
from tests.domain.sales.test_refunds import BOOKED, asked

RATES = {"19": 1900, "7": 700}


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def lines_of(*lines: tuple[int, int, str, str]) -> list[OrderLine]:
    """Lines from price, quantity, group and tax key."""
    return [
        OrderLine(str(place), f"a{place}", euros(price), quantity, groups=[group], tax=tax)
        for place, (price, quantity, group, tax) in enumerate(lines)
    ]


def sold(rules: list[Rule], lines: list[OrderLine], gift: int = 0) -> Settlement:
    tenders = [Tender("gift", "EUR", gift)] if gift else []
    found = quote(Book(rules), Order("R", None, lines, rates=RATES), Standing(NOW, tenders=tenders))
    return settlement_of(found, BOOKED, [], [], [], {})


TENTH = percent(10)


def whole(on_return: OnReturn | str, least: int = 10000, benefit: Benefit = TENTH) -> Rule:
    return Rule("whole", benefit, when=When(least_amount=euros(least)), on_return=on_return)


@pytest.mark.parametrize(("on_return", "due"), [("keep", 4500), ("claw_back", 4000)])
def test_the_rest_keeps_its_price_or_loses_its_discount(on_return: str, due: int) -> None:
    """100.00 for 90.00, and one of two comes back: half of that, or what is left once the rest costs 50.00."""
    sale = sold([whole(on_return)], lines_of((5000, 2, "g", "19")))
    after, refund = plan_refund(sale, asked({"0": 1}))
    assert refund.due == euros(due)
    rest, last = plan_refund(after, asked({"0": 1}, "G-2"))
    assert refund.due + last.due == euros(9000)
    assert not everything_left(rest)


def test_a_rule_can_want_all_of_it_back() -> None:
    """One of two is refused, both are not."""
    sale = sold([whole("refuse")], lines_of((5000, 2, "g", "19")))
    with pytest.raises(Refused) as caught:
        plan_refund(sale, asked({"0": 1}))
    assert (caught.value.code, caught.value.facts["rule"]) == ("refund.below_minimum", "whole")
    assert plan_refund(sale, asked({"0": 2}))[1].due == euros(9000)


def test_nobody_pays_for_giving_something_back() -> None:
    """20.00 off 100.00, and 5.00 of it comes back: the rest costs more than was paid, so it is refused."""
    sale = sold(
        [whole("claw_back", benefit=AmountOff(euros(2000)))], lines_of((9500, 1, "g", ""), (500, 1, "g", ""))
    )
    with pytest.raises(Refused) as caught:
        plan_refund(sale, asked({"1": 1}))
    assert caught.value.code == "refund.below_minimum"
    _, refund = plan_refund(sale, asked({"0": 1, "1": 1}))
    assert refund.due == euros(8000)


def test_what_is_met_exactly_is_kept() -> None:
    """Ten units, and seven are needed: three may come back, the fourth takes the discount of the rest along, once."""
    rule = Rule("seven", percent(50), when=When(least_quantity=7), on_return="claw_back")
    sale = sold([rule], lines_of((1000, 10, "g", "7")))
    sale, refund = plan_refund(sale, asked({"0": 3}))
    assert (refund.due, refund.clawed_back) == (euros(1500), ())
    with pytest.raises(Refused):
        plan_refund(sale, asked({"0": 1}, "G-2"))
    sale, refund = plan_refund(sale, asked({"0": 4}, "G-2"))
    assert (refund.due, refund.clawed_back) == (euros(2000 - 1500), (("seven", 1500),))
    assert [(part.key, part.gross, part.tax) for part in refund.taxes] == [("7", euros(500), euros(132 - 98))]
    sale, refund = plan_refund(sale, asked({"0": 1}, "G-3"))
    assert (refund.due, refund.clawed_back) == (euros(1000), ())
    sale, _ = plan_refund(sale, asked({"0": 2}, "G-4"))
    taxes = [part for each in sale.refunds for part in each.taxes]
    assert sum(part.gross.amount for part in taxes) == 5000
    assert sum(part.tax.amount for part in taxes) == 327


def test_what_counts_is_what_the_rule_looked_at() -> None:
    """Of the whole order or of some lines, before or after other rules; what is only reduced does not count."""
    lines = lines_of((6000, 1, "a", ""), (6000, 1, "b", ""))
    half = Rule("half", percent(50), where=Where(groups=["b"]), priority=-1)
    when = When(least_amount=euros(8000), of_order=True, basis=Basis.REACHED)
    rule = Rule("order", percent(10), Phase.ORDER, Where(groups=["a"]), when, on_return="refuse")
    sale = sold([half, rule], lines)
    with pytest.raises(Refused):
        plan_refund(sale, asked({"1": 1}))
    listed = evolve(rule, when=evolve(when, least_amount=euros(6000), basis=Basis.LISTED))
    plan_refund(sold([half, listed], lines), asked({"1": 1}))
    own = evolve(rule, when=evolve(when, least_amount=euros(6000), of_order=False))
    plan_refund(sold([half, own], lines), asked({"1": 1}))


whens = st.one_of(
    st.builds(
        lambda amount, listed: When(least_amount=euros(amount), basis=listed),
        st.integers(1, 6000),
        st.sampled_from(Basis),
    ),
    st.builds(
        lambda count, order: When(least_quantity=count, of_order=order), st.integers(1, 6), st.booleans()
    ),
)
benefits = st.one_of(
    st.integers(1, 100).map(percent),
    st.integers(1, 3000).map(lambda off: AmountOff(euros(off))),
    st.just(Cheapest(1)),
)
carts = st.lists(
    st.tuples(
        st.integers(0, 2500), st.integers(1, 4), st.sampled_from("ab"), st.sampled_from(["", "19", "7"])
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    return [
        Rule(
            f"r{place}",
            draw(benefits),
            draw(st.sampled_from([Phase.ITEM, Phase.ORDER])),
            draw(st.sampled_from([Where(), Where(groups=["a"])])),
            draw(whens),
            on_return=draw(st.sampled_from(OnReturn)),
        )
        for place in range(draw(st.integers(1, 3)))
    ]


@settings(max_examples=150)
@given(rules(), carts, st.integers(0, 3000), st.data())
def test_all_of_it_returns_exactly_what_was_paid(
    book: list[Rule], cart: list[tuple[int, int, str, str]], gift: int, data: st.DataObject
) -> None:
    """Law 23 with rules that mind: in any parts, to the cent, for each tender and tax key; never less than nothing."""
    sale = first = sold(book, lines_of(*cart), gift)
    number = 0
    while left := everything_left(sale):
        chosen = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
        lines = {line: data.draw(st.integers(1, left[line])) for line in chosen}
        number += 1
        try:
            sale, refund = plan_refund(sale, asked(lines, str(number)))
        except Refused:
            sale, refund = plan_refund(sale, asked(left, str(number)))
        assert refund.due.amount >= 0
    assert sum(refund.due.amount for refund in sale.refunds) == first.due
    for part in first.taxes:
        back = [each for refund in sale.refunds for each in refund.taxes if each.key == part.key]
        assert sum(each.tax.amount for each in back) == part.tax.amount
        assert sum(each.gross.amount for each in back) == part.gross.amount
    paid = sum(share.paid[0] * share.count for line in first.lines for share in line.units if share.paid)
    assert sum(each.amount.amount for refund in sale.refunds for each in refund.tenders) == paid


@settings(max_examples=100)
@given(carts, st.integers(1, 100), st.integers(1, 8000), st.data())
def test_the_rest_costs_what_it_would_have_cost(
    cart: list[tuple[int, int, str, str]], share: int, least: int, data: st.DataObject
) -> None:
    """With one rule that takes back: what the customer has and has paid is what an order of just that comes to."""
    lines = lines_of(*cart)
    rule = whole("claw_back", least, percent(share))
    sale = sold([rule], lines)
    back = {line.id: data.draw(st.integers(0, line.quantity), label=line.id) for line in lines}
    kept = [
        evolve(line, quantity=line.quantity - back[line.id])
        for line in lines
        if back[line.id] < line.quantity
    ]
    if not kept or not any(back.values()) or not sale.discounts:
        return
    try:
        _, refund = plan_refund(sale, asked({line: count for line, count in back.items() if count}))
    except Refused:
        return
    if refund.clawed_back:
        assert sale.due - refund.due.amount == sum(line.price.amount * line.quantity for line in kept)
        assert sum(line.price.amount * line.quantity for line in kept) < least
