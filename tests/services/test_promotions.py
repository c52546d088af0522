"""Promotions: rules for everybody, while their program is published."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore import InvalidInput
from loyaltycore.kernel.criteria import MOST_VALUES
from loyaltycore.programs import DiscountTerms
from loyaltycore.programs.rules.program import Program, ProgramRevision, revision_key
from loyaltycore.sales import (
    Code,
    Earning,
    ForEvery,
    Limit,
    Phase,
    PromotionTerms,
    Rule,
    When,
    in_groups,
    of_articles,
    percent,
)
from tests.house import House
from tests.services.programs import define
from tests.services.sales import FRAME, TIPS, euros, order

AUTUMN = PromotionTerms(
    [
        Rule("frames", percent(20), where=in_groups("frames"), group="autumn"),
        Rule("three", ForEvery(2, 1), where=of_articles("tips"), name="Three for two"),
        Rule("all", percent(5), Phase.ORDER, when=When(least_amount=euros(30000))),
    ]
)


def test_a_promotion_holds_for_everybody_while_it_is_published(house: House) -> None:
    """Without a customer, too; not as a draft, and not once it is hidden."""
    house.desk.programs.define("autumn", AUTUMN, name="Autumn")
    assert house.desk.sales.quote(order(None)).discounts == ()
    house.desk.programs.publish("autumn")
    found = house.desk.sales.quote(order(None))
    assert [(each.title, each.amount) for each in found.discounts] == [
        ("Autumn", euros(3980)),
        ("Three for two", euros(333)),
    ]
    short = found.verdict("autumn/all")
    assert short is not None
    assert (short.code, short.short_of) == (Code.AMOUNT_SHORT, euros(30000 - 15920 - 666))
    assert [change.rule for change in found.nearest()] == ["autumn/all"]
    house.desk.programs.hide("autumn")
    assert house.desk.sales.quote(order(None)).discounts == ()


def test_any_number_of_programs_may_be_published(memory_house: House) -> None:
    """Of more than one query may name the last one counts, too, and so do its limits."""
    limited = PromotionTerms([Rule("frames", percent(1), where=in_groups("frames"), limits=[Limit(uses=5)])])
    define(memory_house.desk, "p", limited)
    with memory_house.loyalty.storage.transaction() as tx:
        program, revision = tx.get(Program, "p"), tx.get(ProgramRevision, revision_key("p", 1))
        assert program
        assert revision
        keys = [f"p{number:04}" for number in range(MOST_VALUES)]
        tx.add(*(evolve(program, id=key, name=key) for key in keys))
        tx.add(*(evolve(revision, id=revision_key(key, 1), program=key) for key in keys))
    found = memory_house.desk.sales.quote(order(None))
    assert found.verdict("p/frames") is not None
    assert found.verdict(f"{keys[-1]}/frames") is not None


def test_what_is_settled_is_frozen(house: House) -> None:
    """A refund gives back what was paid, whatever has become of the promotion."""
    define(house.desk, "autumn", AUTUMN)
    sale = house.desk.sales.settle(order(None))
    define(house.desk, "autumn", PromotionTerms([Rule("frames", percent(50))]))
    assert house.desk.sales.quote(order(None, number="R-43")).discount == euros(10450)
    assert house.desk.sales.refund("R-42", "G-1").due == euros(sale.due)


def test_a_promotion_is_for_branches_and_for_those_who_have_a_program(house: House) -> None:
    """Members get more: the rule asks for their program to be presented."""
    define(house.desk, "club", DiscountTerms(1, articles=["nothing"]))
    members = Rule("members", percent(10), when=When(instrument="club"))
    define(house.desk, "summer", PromotionTerms([members]))
    define(house.desk, "elsewhere", PromotionTerms([Rule("bonn", percent(50))]), branches=["bonn"])
    erika = house.customer().id
    mine = house.desk.programs.assign(erika, "club")
    assert house.desk.sales.quote(order(erika)).verdicts == ()
    assert house.desk.sales.quote(order(erika, programs=[mine.id])).discount == euros(2090)


def test_what_a_promotion_cannot_do_is_said(house: House) -> None:
    """Rules that cannot work, the same id twice, limits, conditions and points; and nobody can have one."""
    rules = [
        Rule("a", percent(10), limits=[Limit()]),
        Rule("a", percent(10), when=When(condition="adult")),
        Rule("b", Earning(1), Phase.EARN),
        evolve(Rule("c", percent(10)), name="x" * 101),
    ]
    with pytest.raises(InvalidInput) as caught:
        house.desk.programs.define("odd", PromotionTerms(rules), name="Odd")
    assert {fault.field.rpartition("rules.")[2]: fault.code for fault in caught.value.faults} == {
        "0.limits[0].uses": "required",
        "1.id": "duplicate",
        "1.when.condition": "not_supported",
        "2.phase": "not_supported",
        "3.name": "too_long",
    }
    with pytest.raises(InvalidInput, match=r"must be a tuple in which each is a Rule$"):
        house.desk.programs.define("odd", PromotionTerms(rules[0]), name="Odd")
    with pytest.raises(InvalidInput, match=r"must be a Percent or an AmountOff or "):
        house.desk.programs.define("odd", PromotionTerms([Rule("a", 10)]), name="Odd")  # type: ignore[arg-type]
    define(house.desk, "autumn", AUTUMN)
    with pytest.raises(InvalidInput, match="assigned to nobody"):
        house.desk.programs.assign(house.customer().id, "autumn")


def test_a_promotion_competes_with_what_the_customer_has(house: House) -> None:
    """Without a group both count; a promotion that excludes everything stands alone."""
    define(house.desk, "tenth", DiscountTerms(10))
    erika = house.customer().id
    tenth = house.desk.programs.assign(erika, "tenth")
    define(house.desk, "alone", PromotionTerms([Rule("a", percent(30), excludes=["*"], priority=-1)]))
    found = house.desk.sales.quote(order(erika, FRAME, programs=[tenth.id]))
    assert [each.amount for each in found.discounts] == [euros(5970)]
    assert house.desk.sales.quote(order(erika, TIPS, programs=[tenth.id])).discount == euros(300)
