"""Limits of rules: of everybody together and of each customer, in each period."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from loyaltycore import InvalidInput, Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.programs import DiscountTerms
from loyaltycore.sales import AmountOff, Code, Limit, PromotionTerms, Quote, Rule, percent
from loyaltycore.sales.rules.tally import MOST_HOLDS, Tally
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import FRAME, euros, order
from tests.services.test_vouchers import KEYS


@pytest.fixture
def house() -> House:
    """A house in memory: limits are counted by pure rules, and tests of races hold them against the engines."""
    return build_house(code_keys=KEYS)


def _promote(house: House, *limits: Limit, key: str = "autumn", **rule: Any) -> None:
    off = Rule("frames", AmountOff(euros(1000)), limits=limits, **rule)
    define(house.desk, key, PromotionTerms([off]))


def _code(found: Quote) -> Code | None:
    verdict = found.verdict("autumn/frames")
    return verdict.code if verdict else None


def _settle(house: House, number: str, customer: str | None = None, **more: Any) -> int:
    """What the limited rule takes off."""
    sale = house.desk.sales.settle(order(customer, FRAME, number=number, **more))
    return sum(each.amount.amount for each in sale.discounts)


def tallies(house: House) -> dict[tuple[str, str | None], int]:
    """What was counted, by program and customer."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return {
            (each.program, each.customer_id): sum(count.amount for count in each.counts)
            for each in tx.find(Tally, Query())
        }


def test_a_rule_is_used_as_often_as_it_may_be(house: House) -> None:
    """Two orders get it, the third does not, and is told why; with a refund of a whole order somebody else gets it."""
    _promote(house, Limit(uses=2))
    assert [_settle(house, f"R-{number}") for number in range(3)] == [1000, 1000, 0]
    assert _code(house.desk.sales.quote(order(None, FRAME))) is Code.LIMIT_REACHED
    assert _settle(house, "R-0") == 1000
    assert tallies(house) == {("autumn", None): 2}
    house.desk.sales.refund("R-1", "G-1")
    assert tallies(house) == {("autumn", None): 1}
    assert [_settle(house, f"R-{number}") for number in (4, 5)] == [1000, 0]


def test_a_use_is_back_once_all_of_an_order_is(house: House) -> None:
    """Two frames: with one of them the discount stays, with both it is somebody else's."""
    _promote(house, Limit(uses=1))
    sales = house.desk.sales
    sales.settle(order(None, evolve(FRAME, quantity=2), number="R-1"))
    sales.refund("R-1", "G-1", {"1": 1})
    assert _settle(house, "R-2") == 0
    sales.refund("R-1", "G-2")
    with house.loyalty.storage.transaction(read_only=True) as tx:
        assert [tally.counts for tally in tx.find(Tally, Query())] == [()]
    assert _settle(house, "R-3") == 1000


def test_each_customer_has_uses_of_his_own(house: House) -> None:
    """Once a customer; an order without one is told that it needs one."""
    _promote(house, Limit(uses=1, per="customer"))
    erika, max_ = house.customer().id, house.customer(first_name="Max").id
    assert [_settle(house, f"R-{place}", who) for place, who in enumerate([erika, erika, max_])] == [
        1000,
        0,
        1000,
    ]
    assert _code(house.desk.sales.quote(order(None, FRAME))) is Code.CUSTOMER_REQUIRED
    assert tallies(house) == {("autumn", erika): 1, ("autumn", max_): 1}


def test_a_budget_is_spent_to_the_last_cent(house: House) -> None:
    """25.00 in all: 10.00, 10.00, 5.00 and nothing; a refund of the whole gives its part back."""
    _promote(house, Limit(amount=euros(2500)))
    assert [_settle(house, f"R-{number}") for number in range(4)] == [1000, 1000, 500, 0]
    house.desk.sales.refund("R-2", "G-1")
    assert _settle(house, "R-5") == 500


@pytest.mark.parametrize(("every", "days"), [("day", 1), ("week", 7), ("month", 31), ("year", 366)], ids=str)
def test_a_limit_begins_afresh(house: House, every: str, days: int) -> None:
    """One use a day, a week, a month, a year; what is long over is forgotten."""
    _promote(house, Limit(uses=1, every=every))
    assert [_settle(house, f"R-{number}") for number in range(2)] == [1000, 0]
    for later in range(1, 5):
        house.clock.advance(seconds=timedelta(days=days).total_seconds())
        assert _settle(house, f"R-{later}-a") == 1000
        assert _settle(house, f"R-{later}-b") == 0
    with house.loyalty.storage.transaction(read_only=True) as tx:
        (tally,) = tx.find(Tally, Query())
    assert len(tally.counts) <= 3


def test_a_day_is_one_of_the_programs_zone(house: House) -> None:
    """In Tokyo the day is over while it goes on in Berlin."""
    off = Rule("frames", AmountOff(euros(1000)), limits=[Limit(uses=1, every="day")])
    define(house.desk, "autumn", PromotionTerms([off]), zone="Asia/Tokyo")
    house.clock.advance(seconds=(14 - house.clock.now().hour) * 3600)
    assert [_settle(house, f"R-{number}") for number in range(2)] == [1000, 0]
    house.clock.advance(seconds=3600)
    assert _settle(house, "R-3") == 1000


def test_what_is_reserved_is_nobody_elses(house: House) -> None:
    """A reservation takes its use at once; released, or too slow, somebody else has it."""
    _promote(house, Limit(uses=1))
    bought = order(None, FRAME, number="R-1")
    held = house.desk.sales.reserve(bought)
    assert house.desk.sales.quote(bought).discount == euros(1000)
    assert _settle(house, "R-2") == 0
    house.desk.sales.release(held.id)
    slow = house.desk.sales.reserve(order(None, FRAME, number="R-3"), minutes=1)
    assert _settle(house, "R-4") == 0
    house.clock.advance(seconds=60)
    assert _settle(house, "R-5") == 1000
    assert _settle(house, "R-3") == 0
    assert house.desk.sales.reservation(slow.id).open_order is None


def test_a_reservation_that_is_settled_counts_once(house: House) -> None:
    """What was set aside for an order becomes its use."""
    _promote(house, Limit(uses=2), Limit(amount=euros(1500)))
    held = house.desk.sales.reserve(order(None, FRAME, number="R-1"))
    assert house.desk.sales.quote(order(None, FRAME, number="R-2")).discount == euros(500)
    sale = house.desk.sales.settle(order(None, FRAME, number="R-1"), reservation=held.id)
    assert sum(each.amount.amount for each in sale.discounts) == 1000
    assert [_settle(house, f"R-{number}") for number in (2, 3)] == [500, 0]


def test_a_code_that_is_taken_over_brings_its_use_along(house: House) -> None:
    """Whoever presents a bearer's code has it, and the last use that an open reservation held of its program."""
    terms = DiscountVoucherTerms(percent=10, uses=5, limits=[Limit(uses=1)])
    define(house.desk, "autumn", terms)
    house.desk.vouchers.issue("autumn", customer=house.customer().id, reason="test", code="AUTUMN26")
    house.desk.sales.reserve(order(None, FRAME, number="R-1", codes=["AUTUMN26"]))
    assert _settle(house, "R-2", codes=["AUTUMN26"]) == 1990
    assert _settle(house, "R-1", codes=["AUTUMN26"]) == 0


def test_codes_of_one_program_share_its_limits_in_one_order(house: House) -> None:
    """F191: three codes in one order, and two uses left: two of them count, and the third is not used up."""
    define(house.desk, "autumn", DiscountVoucherTerms(amount=euros(100), limits=[Limit(uses=2)]))
    erika = house.customer().id
    codes = ["CODE1111", "CODE2222", "CODE3333"]
    vouchers = [
        house.desk.vouchers.issue("autumn", customer=erika, reason="test", code=code) for code in codes
    ]
    assert _settle(house, "R-1", codes=codes) == 200
    left = [house.desk.vouchers.get(each.id).balance for each in vouchers]
    assert sum(left) == 1
    assert tallies(house) == {("autumn", None): 2}


def test_codes_of_one_program_share_a_budget_in_one_order(house: House) -> None:
    """15.00 in all, two codes of 10.00 each: the order gets 15.00."""
    define(house.desk, "autumn", DiscountVoucherTerms(amount=euros(1000), limits=[Limit(amount=euros(1500))]))
    erika = house.customer().id
    for code in ("CODE1111", "CODE2222"):
        house.desk.vouchers.issue("autumn", customer=erika, reason="test", code=code)
    assert _settle(house, "R-1", codes=["CODE1111", "CODE2222"]) == 1500


def test_a_code_with_limits_is_redeemed_with_an_order(house: House) -> None:
    """By itself nobody would count it."""
    define(house.desk, "autumn", DiscountVoucherTerms(percent=10, limits=[Limit(uses=2)]))
    house.desk.vouchers.issue("autumn", customer=house.customer().id, reason="test", code="AUTUMN26")
    with pytest.raises(Refused) as caught:
        house.desk.vouchers.redeem("AUTUMN26")
    assert caught.value.code == "voucher.limited"


def test_a_discount_of_ones_own_is_limited(house: House) -> None:
    """Ten percent once a month for each customer, whichever of two assignments joins."""
    define(house.desk, "tenth", DiscountTerms(10, limits=[Limit(uses=1, per="customer", every="month")]))
    erika = house.customer().id
    mine = [house.desk.programs.assign(erika, "tenth").id for _ in range(2)]
    assert _settle(house, "R-1", erika, programs=mine) == 1990
    assert _settle(house, "R-2", erika, programs=mine[1:]) == 0


def test_a_later_revision_goes_on_counting(house: House) -> None:
    """A limit that is raised does not begin afresh, and one that is lowered has been reached."""
    _promote(house, Limit(uses=1))
    assert [_settle(house, f"R-{number}") for number in range(2)] == [1000, 0]
    _promote(house, Limit(uses=2))
    assert [_settle(house, f"S-{number}") for number in range(2)] == [1000, 0]
    _promote(house, Limit(uses=1))
    assert _settle(house, "T-1") == 0


def test_customers_who_are_merged_have_used_what_both_have(house: House) -> None:
    """Two of three uses are gone; undone, each has his own again."""
    _promote(house, Limit(uses=3, per="customer"))
    erika, double = house.customer().id, house.customer(first_name="Erica").id
    _settle(house, "R-1", erika)
    _settle(house, "R-2", double)
    merging = house.desk.merging
    merge = merging.execute(merging.plan(survivor=erika, loser=double))
    assert tallies(house) == {("autumn", erika): 2}
    merging.undo(merge.id)
    assert tallies(house) == {("autumn", erika): 1, ("autumn", double): 1}
    merging.execute(merging.plan(survivor=erika, loser=double))
    house.desk.sales.refund("R-2", "G-1")
    assert tallies(house) == {("autumn", erika): 1}
    assert [_settle(house, f"S-{number}", erika) for number in range(3)] == [1000, 1000, 0]


def test_what_an_erased_customer_used_is_forgotten(house: House) -> None:
    """Everybody's uses stay counted; a refund afterwards works."""
    _promote(house, Limit(uses=3, per="customer"), Limit(uses=10))
    erika = house.customer().id
    _settle(house, "R-1", erika)
    privacy = house.desk.privacy
    privacy.erase(erika, confirm=privacy.preview(erika).confirmation)
    assert tallies(house) == {("autumn", None): 1}


def test_a_tally_has_room_for_so_many_reservations(house: House) -> None:
    """One more is refused and can be settled without a reservation; those that are over make room."""
    _promote(house, Limit(uses=512))
    house.desk.sales.reserve(order(None, FRAME, number="R-1"))
    with house.loyalty.storage.transaction() as tx:
        (tally,) = tx.find(Tally, Query())
        tx.save(evolve(tally, holds=tally.holds * MOST_HOLDS))
    with pytest.raises(Refused) as caught:
        house.desk.sales.reserve(order(None, FRAME, number="R-2"))
    assert caught.value.code == "tally.too_many_holds"
    assert _settle(house, "R-2") == 1000
    house.clock.advance(seconds=900)
    house.desk.sales.reserve(order(None, FRAME, number="R-3"))
    with house.loyalty.storage.transaction(read_only=True) as tx:
        assert [len(tally.holds) for tally in tx.find(Tally, Query())] == [1]


def test_a_limit_is_checked_where_it_is_defined(house: House) -> None:
    """Neither uses nor an amount, a word that is none: all of it is said."""
    odd: Any = [Limit(), Limit(uses=0, every="fortnight")]
    for terms in (DiscountTerms(10, limits=odd), DiscountVoucherTerms(percent=10, limits=odd)):
        with pytest.raises(InvalidInput) as caught:
            house.desk.programs.define("odd", terms, name="Odd")
        assert caught.value.fields
    with pytest.raises(InvalidInput):
        house.desk.programs.define("odd", PromotionTerms([Rule("a", percent(5), limits=odd)]), name="Odd")
