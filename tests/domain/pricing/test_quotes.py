"""What orders cost, in examples that a person can check with a pencil."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from attrs import evolve

from loyaltycore.kernel.pricing.benefits import (
    AmountOff,
    Catalog,
    CatalogPrice,
    Cheapest,
    Earning,
    ForEvery,
    Gift,
    SetPrice,
    percent,
)
from loyaltycore.kernel.pricing.order import OrderLine
from loyaltycore.kernel.pricing.rule import (
    ALL,
    Basis,
    Choice,
    Limit,
    Per,
    Phase,
    Rule,
    When,
    earning,
    in_groups,
    of_articles,
)
from loyaltycore.kernel.pricing.verdict import Code
from tests.domain.pricing.example import BERLIN, CLOTH, FRAME, ORDER, code, euros, priced


def test_a_discount_on_a_group() -> None:
    """A fifth off frames leaves everything else alone, and the receipt says so."""
    found = priced(Rule("r1", percent(20), where=in_groups("frames"), name="Autumn"))
    assert [line.price for line in found.lines] == [euros(15920), euros(999)]
    assert found.receipt("de").split("\n")[:6] == [
        "1 x frame-7            199,00 EUR",
        "3 x cloth                9,99 EUR",
        "---------------------------------",
        "Summe                  208,99 EUR",
        "  Autumn               -39,80 EUR",
        "---------------------------------",
    ]
    assert str(found).split("\n")[6:] == [
        "To pay               169.19 EUR",
        "  contains 19 % tax   27.01 EUR",
    ]


def test_an_amount_off_is_split_by_price_to_the_cent() -> None:
    """Ten off, once, over 199.00 and 9.99; or off each unit."""
    once = priced(Rule("ten", AmountOff(euros(1000))))
    assert dict(once.discounts[0].by_line) == {"1": 952, "2": 48}
    assert {unit.price for unit in once.lines[1].units} == {317}
    each = priced(Rule("ten", AmountOff(euros(100), each=True), where=of_articles("cloth")))
    assert each.discount == euros(300)


def test_set_prices_and_price_lists_never_raise_a_price() -> None:
    """A set price of 250.00 leaves a frame of 199.00 as it is; a list sets what it names."""
    assert code(priced(Rule("set", SetPrice(euros(25000)), Phase.SET_PRICE)), "set") is Code.NO_EFFECT
    listed = Catalog([CatalogPrice("cloth", euros(300)), CatalogPrice("lens", euros(1))])
    assert priced(Rule("list", listed, Phase.SET_PRICE)).lines[1].price == euros(900)


@pytest.mark.parametrize(
    ("quantity", "most_times", "free"), [(2, None, 0), (3, None, 1), (5, None, 1), (6, None, 2), (9, 1, 1)]
)
def test_three_for_two(quantity: int, most_times: int | None, free: int) -> None:
    """Of every three one is free, no unit counts twice, and no more often than it may."""
    order = evolve(ORDER, lines=[evolve(CLOTH, quantity=quantity)])
    found = priced(Rule("three", ForEvery(2, 1, most_times=most_times)), order=order)
    assert found.discount == euros(333 * free)


def test_a_frame_brings_a_cheap_cloth() -> None:
    """Who buys one frame gets one cloth at half its price, however many cloths there are."""
    rule = Rule("cloth", ForEvery(1, 1, 5000, bought_groups=["frames"]), where=of_articles("cloth"))
    assert priced(rule).discount == euros(167)
    assert code(priced(rule, order=evolve(ORDER, lines=[CLOTH])), "cloth") is Code.NO_EFFECT


def test_what_is_bought_is_not_reduced_as_well() -> None:
    """One cloth brings one of anything: with one of each, the cloth is what was bought, so the frame is free."""
    rule = Rule("any", ForEvery(1, 1, bought_articles=["cloth"]))
    order = evolve(ORDER, lines=[FRAME, evolve(CLOTH, quantity=1)])
    assert priced(rule, order=order).discount == euros(19900)


def test_the_best_of_a_group_is_the_greatest() -> None:
    """Whichever of two about the same lines has the greater share wins them all."""
    found = priced(Rule("a", percent(10), group="sale"), Rule("b", percent(20), group="sale"))
    assert [each.rule for each in found.discounts] == ["b"]


def test_the_cheapest_of_three_is_free() -> None:
    """Three units are needed."""
    rule = Rule("cheapest", Cheapest(1), when=When(least_quantity=3))
    assert priced(rule).discount == euros(333)
    short = priced(rule, order=evolve(ORDER, lines=[FRAME])).verdict("cheapest")
    assert short is not None
    assert (short.code, short.observed, short.required, short.short_of) == (Code.QUANTITY_SHORT, 1, 3, 2)


def test_exactly_as_many_or_as_much_is_enough() -> None:
    """A least quantity and a least amount are reached by what is equal to them."""
    three = evolve(ORDER, lines=[CLOTH])
    for when in (When(least_quantity=3), When(least_amount=euros(999))):
        more = evolve(
            when,
            least_quantity=when.least_quantity and 4,
            least_amount=when.least_amount and euros(1000),
        )
        assert code(priced(Rule("r", percent(10), when=when), order=three), "r") is Code.APPLIES
        assert code(priced(Rule("r", percent(10), when=more), order=three), "r") is not Code.APPLIES


def test_a_gift_is_free_once_it_is_in_the_order() -> None:
    """Until then the quote says that it may be taken."""
    rule = Rule("gift", Gift("case"), where=in_groups("frames"))
    offered = priced(rule)
    assert [(gift.article, gift.units) for gift in offered.gifts] == [("case", 1)]
    assert offered.verdicts[0].say("de") == "gift: case ist kostenlos, wenn der Auftrag es enthält."
    taken = evolve(ORDER, lines=[*ORDER.lines, OrderLine("3", "case", euros(500), 2)])
    assert priced(rule, order=taken).discount == euros(500)


def test_a_threshold_names_its_basis() -> None:
    """After a fifth off frames, 200.00 is not reached; before it, it was."""
    rules = [
        Rule("fifth", percent(20), where=in_groups("frames")),
        Rule("ten", AmountOff(euros(1000)), Phase.ORDER, when=When(least_amount=euros(20000))),
    ]
    found = priced(*rules)
    short = found.verdict("ten")
    assert short is not None
    assert (short.code, short.short_of) == (Code.AMOUNT_SHORT, euros(3081))
    assert short.say() == "ten begins at 200.00 EUR; 30.81 EUR is missing."
    assert short.say("de") == "ten gilt ab 200,00 EUR; es fehlen 30,81 EUR."
    before = When(least_amount=euros(20000), basis=Basis.LISTED)
    assert code(priced(rules[0], evolve(rules[1], when=before)), "ten") is Code.APPLIES


def test_the_nearest_change_is_the_cheapest() -> None:
    """Ten more cloths bring the order to its threshold, and it becomes dearer by less than a frame."""
    rule = Rule("ten", AmountOff(euros(1000)), Phase.ORDER, when=When(least_amount=euros(24000)))
    (change,) = priced(rule).nearest(1)
    assert (change.line, change.more, change.extra) == ("2", 10, euros(2330))


def test_percentages_of_one_phase_have_one_base() -> None:
    """Ten and twenty percent are thirty; in another phase the second takes its part of what is left."""
    ten, twenty = Rule("ten", percent(10)), Rule("twenty", percent(20))
    order = evolve(ORDER, lines=[FRAME])
    assert priced(ten, twenty, order=order).price == euros(13930)
    assert priced(ten, evolve(twenty, phase=Phase.ORDER), order=order).price == euros(14328)


def test_rules_of_a_group_compete_for_each_unit() -> None:
    """The frame gets a fifth off, the cloths their ten percent; first come, first served is another choice."""
    ten = Rule("a-ten", percent(10), group="sale")
    fifth = Rule("fifth", percent(20), where=in_groups("frames"), group="sale")
    found = priced(ten, fifth)
    assert [(each.rule, each.amount) for each in found.discounts] == [
        ("a-ten", euros(100)),
        ("fifth", euros(3980)),
    ]
    first = priced(evolve(ten, choice=Choice.FIRST), fifth)
    verdict = first.verdict("fifth")
    assert verdict is not None
    assert (verdict.code, verdict.outranked_by) == (Code.OUTRANKED, "a-ten")
    assert verdict.say() == "fifth gives way to a-ten."


def test_what_excludes_everything_stands_alone() -> None:
    """Whichever of the two says so, the one with the lower priority stays; points are earned all the same."""
    alone = Rule("alone", percent(5), excludes=[ALL], priority=-1)
    found = priced(Rule("ten", percent(10)), alone, earning("club", Earning(1, per=euros(100))))
    assert [each.rule for each in found.discounts] == ["alone"]
    assert code(found, "ten") is Code.OUTRANKED
    assert found.earns == 198
    last = priced(Rule("ten", percent(10)), evolve(alone, priority=1))
    assert [each.rule for each in last.discounts] == ["ten"]


def test_a_group_is_excluded_by_its_name() -> None:
    """Rules of another group, or of none, are left alone."""
    alone = Rule("alone", percent(5), excludes=["sale"], priority=-1)
    for group, left in (("sale", ["alone"]), ("club", ["alone", "ten"]), ("", ["alone", "ten"])):
        found = priced(alone, Rule("ten", percent(10), group=group))
        assert sorted(each.rule for each in found.discounts) == left


def test_caps_and_budgets() -> None:
    """A rule takes off no more than its cap, nor than what is left of its budget, and nothing once that is used up."""
    rule = Rule("half", percent(50), cap=euros(5000), limits=[Limit(amount=euros(100_000))])
    assert priced(rule).discount == euros(5000)
    assert priced(rule, left={"half#0": 1234}).discount == euros(1234)
    assert code(priced(rule, left={"half#0": 0}), "half") is Code.LIMIT_REACHED
    guest = evolve(ORDER, customer_id=None)
    once = Rule("once", percent(50), limits=[Limit(uses=1, per=Per.CUSTOMER)])
    assert code(priced(once, order=guest), "once") is Code.CUSTOMER_REQUIRED
    assert [(use.key, use.amount) for use in priced(once).uses] == [("once#0", euros(10450))]


def test_the_last_day_lasts_until_midnight_of_the_branch() -> None:
    """Half an hour before midnight in Berlin it still holds, although in UTC it is the same evening; then it ended."""
    rule = Rule("autumn", percent(20), when=When(ends_on=date(2026, 11, 30)))
    assert code(priced(rule, at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=BERLIN)), "autumn") is Code.APPLIES
    over = priced(rule, at=datetime(2026, 12, 1, 0, 0, tzinfo=BERLIN)).verdicts[0]
    assert over.say("de") == "autumn endete am 30.11.2026."


def test_hours_may_go_on_past_midnight() -> None:
    """From ten in the evening to two in the morning."""
    rule = Rule("night", percent(20), when=When(from_time="22:00", until_time="02:00"))
    hours = {0: True, 1: True, 2: False, 12: False, 22: True}
    for hour, applies in hours.items():
        at = datetime(2026, 11, 30, hour, 0, tzinfo=BERLIN)
        assert priced(rule, at=at).verdicts[0].applies is applies


def test_without_its_code_nobody_hears_of_a_rule() -> None:
    """With it, a verdict says what the order lacks."""
    rule = Rule("lens", percent(10), where=of_articles("lens"), when=When(instrument="autumn"))
    assert priced(rule).verdicts == ()
    assert code(priced(rule, instruments=["autumn"]), "lens") is Code.NOTHING_MEANT


def test_delivery_is_reduced_by_its_own_rules_alone() -> None:
    """Ten percent off everything leaves the fee; a rule for delivery takes it off."""
    order = evolve(ORDER, lines=[FRAME, OrderLine("9", "parcel", euros(490), delivery=True)])
    free = Rule(
        "free", SetPrice(euros(0)), Phase.DELIVERY, when=When(least_amount=euros(10000), of_order=True)
    )
    assert priced(Rule("ten", percent(10)), order=order).lines[1].discount == euros(0)
    assert priced(free, order=order).lines[1].price == euros(0)


def test_a_tier_and_a_condition() -> None:
    """Without a customer nobody can tell; with one, he has it or not."""
    rule = Rule("gold", percent(10), when=When(tiers=["gold"], condition="adult"))
    assert code(priced(rule, order=evolve(ORDER, customer_id=None)), "gold") is Code.CUSTOMER_REQUIRED
    assert code(priced(rule, tiers=["gold"]), "gold") is Code.WRONG_CUSTOMER
    assert code(priced(rule, tiers=["gold"], conditions=["adult"]), "gold") is Code.APPLIES


def test_an_amount_of_nothing_has_no_effect() -> None:
    """It neither takes a unit from another rule of its group nor is it said to give way to one."""
    nothing = Rule("a", AmountOff(euros(0), each=True), group="sale", choice=Choice.FIRST)
    found = priced(nothing, Rule("b", percent(20), group="sale"))
    assert code(found, "a") is Code.NO_EFFECT
    assert [each.rule for each in found.discounts] == ["b"]
