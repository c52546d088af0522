"""What is set aside for an order, whatever happens until it is paid; and orders that are given once more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore import Refused
from loyaltycore.merging import Merge
from loyaltycore.programs import StoredValueTerms
from loyaltycore.sales import Limit, Order, OrderLine, PromotionTerms, Reservation, Rule, Settlement, percent
from loyaltycore.vouchers import VoucherState
from tests.house import House, build_house, dump
from tests.services.programs import card_of, define
from tests.services.sales import CLUB, FRAME, euros, gift, left, order
from tests.services.test_programs import refusal
from tests.services.test_vouchers import KEYS

CODE = "GIFT2026"
LAST_DAY = date(2026, 1, 15)
BEFORE_MIDNIGHT = datetime(2026, 1, 15, 22, 55, tzinfo=UTC)
GIFT_LINES = (OrderLine("1", "P-GIFT", euros(5000)), OrderLine("2", "P-CODE", euros(5000)))


@pytest.fixture
def house() -> House:
    house = build_house(code_keys=KEYS)
    house.set_up_cards()
    define(house.desk, "gift", StoredValueTerms("EUR"), sold_by=["P-GIFT"])
    define(house.desk, "code", StoredValueTerms("EUR", by_code=True), sold_by=["P-CODE"])
    define(house.desk, "club", CLUB)
    return house


@pytest.fixture
def erika(house: House) -> str:
    return house.customer().id


def otto(house: House) -> str:
    return house.customer(first_name="Otto", last_name="Zander", email="otto@example.org").id


def merge(house: House, survivor: str, loser: str) -> Merge:
    return house.desk.merging.execute(house.desk.merging.plan(survivor=survivor, loser=loser))


def voucher(house: House, customer: str, **more: Any) -> str:
    """The id of a voucher that is worth 50.00."""
    given = {"customer": customer, "reason": "test", "code": CODE, **more}
    return house.desk.vouchers.issue("gift", euros(5000), **given).id


@pytest.mark.parametrize("way", ["code", "hand", "card", "expired card"])
def test_what_is_set_aside_outlives_its_last_day(house: House, erika: str, way: str) -> None:
    """A payment that was begun before midnight is booked after it, and comes to the same; others come too late."""
    card = card_of(house, erika).id if "card" in way else None
    row = None
    if way == "code":
        voucher(house, erika, ends_on=LAST_DAY)
    else:
        ends = None if way == "expired card" else LAST_DAY
        row = house.desk.programs.assign(erika, "gift", value=euros(5000), ends_on=ends, card=card).id
    by: dict[str, Any] = {"code": {"codes": [CODE]}, "hand": {"programs": [row]}}.get(way, {"card": card})
    house.clock.instant = BEFORE_MIDNIGHT
    paid = order(erika, FRAME, **by)
    shown = house.desk.sales.quote(paid)
    held = house.desk.sales.lock(house.desk.sales.reserve(paid).id)
    house.clock.advance(minutes=10)
    if way == "expired card":
        house.desk.cards.invalidate(str(card), reason="lost")
    assert house.desk.sales.quote(paid).digest == shown.digest
    late = evolve(paid, number="R-43")
    if way in {"code", "hand"}:
        assert refusal(house.desk.sales.quote, late) in {"voucher.expired", "program.ended"}
    else:
        assert house.desk.sales.quote(late).due == FRAME.price
    sale = house.desk.sales.settle(paid, reservation=held.id, expect=shown.digest)
    assert sale.due == shown.due.amount == FRAME.price.amount - 5000


def test_what_somebody_has_ended_is_not_paid_with(house: House, erika: str) -> None:
    """Set aside or not: only a last day waits for a payment."""
    mine = gift(house, erika, 5000)
    paid = order(erika, FRAME, programs=[mine.id])
    house.desk.sales.reserve(paid)
    house.desk.programs.end(mine.id, reason="stolen")
    assert refusal(house.desk.sales.settle, paid) == "program.ended"


@pytest.mark.parametrize("line", GIFT_LINES)
def test_what_pays_for_another_order_does_not_come_back(house: House, erika: str, line: OrderLine) -> None:
    """Law 7: a live hold can be spent; once it is released, the sale is cancelled, and no value is there ever again."""
    (sold,) = house.desk.sales.settle(order(erika, line)).lines[0].sold
    by: dict[str, Any] = {"programs": [sold.assignment_id]}
    if sold.voucher_id:
        by = {"codes": [house.desk.vouchers.code_of(sold.voucher_id)]}
    other = order(erika, OrderLine("1", "frame", euros(2000)), number="R-43", **by)
    held = house.desk.sales.lock(house.desk.sales.reserve(other).id)
    code = "voucher.set_aside" if sold.voucher_id else "program_sale.set_aside"
    before = dump(house.loyalty)
    assert refusal(house.desk.sales.refund, "R-42", "G-1") == code
    assert refusal(house.desk.programs.cancel_sale, "R-42") == code
    if sold.voucher_id:
        assert refusal(house.desk.vouchers.void, sold.voucher_id) == code
    assert dump(house.loyalty) == before
    assert house.desk.sales.quote(other).due == euros(0)
    house.desk.sales.release(held.id)
    assert house.desk.sales.refund("R-42", "G-1").due == euros(5000)
    if sold.voucher_id:
        assert house.desk.vouchers.get(sold.voucher_id).balance == 0
    else:
        row = house.desk.programs.change(sold.assignment_id, ends_on="2027-01-01", reason="a mistake")
        assert (row.balance, left(house, row)) == (0, 0)


def test_a_cancelled_sale_makes_its_vouchers_void(house: House, erika: str) -> None:
    """By its invoice as by a refund; and not once something of one was redeemed."""
    for number in ("R-1", "R-2"):
        sale = house.desk.sales.settle(order(erika, *GIFT_LINES, number=number))
        value, sold = (line.sold[0] for line in sale.lines)
        if number == "R-2":
            code = house.desk.vouchers.code_of(sold.voucher_id)
            house.desk.vouchers.redeem(code, amount=euros(1))
            assert refusal(house.desk.programs.cancel_sale, number) == "voucher.redeemed"
            assert left(house, house.desk.programs.assignment(value.assignment_id)) == 5000
        else:
            house.desk.programs.cancel_sale(number)
            house.desk.programs.cancel_sale(number)
            after = house.desk.vouchers.get(sold.voucher_id)
            assert (after.state(house.clock.now()), after.balance) == (VoucherState.VOID, 0)


def test_a_voucher_says_what_of_it_is_set_aside(house: House, erika: str) -> None:
    """That cannot be redeemed by hand, and all that is left is what is free."""
    voucher(house, erika)
    line = OrderLine("1", "frame", euros(3000))
    house.desk.sales.lock(house.desk.sales.reserve(order(erika, line, codes=[CODE])).id)
    found = house.desk.vouchers.check(CODE)
    assert (found.available, found.held, found.usable) == (2000, 3000, True)
    with pytest.raises(Refused) as caught:
        house.desk.vouchers.redeem(CODE, amount=euros(2001))
    assert {**caught.value.facts} == {"asked": 2001, "available": 2000, "held": 3000}
    assert house.desk.vouchers.redeem(CODE).amount == -2000
    assert refusal(house.desk.vouchers.redeem, CODE) == "voucher.spent"


def test_who_is_erased_keeps_nothing_set_aside(house: House, erika: str) -> None:
    """A bearer's voucher and a limit that all customers share are there for others at once; nothing remembers the order."""
    define(house.desk, "once", PromotionTerms([Rule("half", percent(50), limits=[Limit(uses=1)])]))
    voucher(house, erika)
    house.desk.programs.assign(erika, "club", value=50)
    mine = order(erika, FRAME, codes=[CODE], spend={"club": 20})
    held = house.desk.sales.lock(house.desk.sales.reserve(mine).id)
    theirs = evolve(mine, number="R-43", customer_id=None, spend={})
    assert house.desk.sales.quote(theirs).due == FRAME.price
    house.desk.privacy.erase(erika, confirm=house.desk.privacy.preview(erika).confirmation)
    assert house.desk.sales.settle(theirs).due == FRAME.price.amount // 2 - 5000
    assert house.desk.sales.release(held.id).open_order is None
    told = [each for each in dump(house.loyalty)["activities"] if each.subject_table == "reservations"]
    assert told
    assert not any(each.changes for each in told)


steps = st.lists(st.sampled_from(("merge", "undo", "reserve", "settle")), min_size=2, max_size=8)


@given(steps, st.booleans())
def test_the_same_order_is_answered_by_what_is_kept_of_it(does: list[str], by_survivor: bool) -> None:  # noqa: FBT001  drawn
    """Whatever became of its customer: merged or parted before or since, by whichever id; another one's is refused."""
    house = build_house(code_keys=KEYS)
    survivor, loser, third = house.customer().id, otto(house), house.customer(email="t@example.org").id
    paid = Order("R-1", survivor if by_survivor else loser, [OrderLine("1", "frame", euros(1000))])
    merges: list[Merge] = []
    kept: dict[str, Settlement | Reservation] = {}
    for step in does:
        if step == "merge" and not merges:
            merges.append(merge(house, survivor, loser))
        elif step == "undo" and merges:
            house.desk.merging.undo(merges.pop().id)
        elif step == "reserve" and "settle" not in kept:
            found: Settlement | Reservation = house.desk.sales.reserve(paid, minutes=60)
            assert kept.setdefault(step, found).id == found.id
            assert refusal(house.desk.sales.reserve, evolve(paid, customer_id=third)) == "reservation.differs"
        elif step == "settle":
            found = house.desk.sales.settle(paid)
            assert kept.setdefault(step, found).id == found.id
            assert refusal(house.desk.sales.settle, evolve(paid, customer_id=third)) == "settlement.differs"
            assert refusal(house.desk.sales.settle, evolve(paid, channel="web")) == "settlement.differs"
            if merges:
                either = evolve(paid, customer_id=loser if by_survivor else survivor)
                assert house.desk.sales.settle(either).id == found.id
