"""Vouchers in orders: sold at the till, and used by their codes."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore import Money
from loyaltycore.programs import DiscountTerms, StoredValueTerms
from loyaltycore.sales import Code, OrderLine, ReservationState, Settlement
from loyaltycore.vouchers import DiscountVoucherTerms, VoucherState
from tests.house import House, build_house
from tests.services.programs import card_of, define
from tests.services.sales import FRAME, TIPS, euros, order
from tests.services.test_programs import refusal
from tests.services.test_vouchers import KEYS

GIFT_LINE = OrderLine("1", "P-GIFT", euros(5000))


@pytest.fixture
def house() -> House:
    house = build_house(code_keys=KEYS)
    house.set_up_cards()
    define(house.desk, "gift", StoredValueTerms("EUR", by_code=True), sold_by=["P-GIFT"])
    define(
        house.desk, "autumn", DiscountVoucherTerms(percent=20, groups=["frames"], uses=2), sold_by=["P-AUT"]
    )
    return house


@pytest.fixture
def erika(house: House) -> str:
    return house.customer().id


def issued(house: House, customer: str, program: str, value: Money | None = None, **more: object) -> str:
    """The code of a voucher that was given."""
    voucher = house.desk.vouchers.issue(program, value, customer=customer, reason="test", **more)
    return house.desk.vouchers.code_of(voucher.id)


def sold(sale: Settlement) -> list[str]:
    return [each.voucher_id for line in sale.lines for each in line.sold]


def left(house: House, code: str) -> int:
    return house.desk.vouchers.check(code).available


def test_a_voucher_is_sold_at_the_till(house: House, erika: str) -> None:
    """F46: to a customer, a walk-in one too; it has a number at once, and is usable at once by whoever has it."""
    assert refusal(house.desk.sales.settle, order(None, GIFT_LINE)) == "program_sale.customer_required"
    walk_in = house.customer(first_name="", last_name="Laufkunde").id
    (voucher_id,) = sold(house.desk.sales.settle(order(walk_in, GIFT_LINE, number="R-1")))
    voucher, code = house.desk.vouchers.get(voucher_id), house.desk.vouchers.code_of(voucher_id)
    assert (voucher.amount, voucher.paid, voucher.order_ref, voucher.card_id) == (5000, True, "R-1", None)
    assert house.desk.programs.of_customer(walk_in) == ()
    assert house.desk.sales.settle(order(erika, FRAME, number="R-2", codes=[code])).due == 14900
    assert left(house, code) == 0


def test_a_voucher_is_sold_onto_a_card(house: House, erika: str) -> None:
    """F46: if that is said; without a word it has its number alone."""
    card = card_of(house, erika)
    (voucher_id,) = sold(house.desk.sales.settle(order(erika, GIFT_LINE), cards={"1": card.id}))
    assert house.desk.vouchers.get(voucher_id).card_id == card.id


def test_a_voucher_comes_back_before_it_is_used_and_not_after(house: House, erika: str) -> None:
    """F46: then it is void; once something of it was redeemed, the sale cannot be cancelled."""
    two = evolve(GIFT_LINE, quantity=2)
    first, second = sold(house.desk.sales.settle(order(erika, two)))
    assert house.desk.sales.refund("R-42", "G-1", {"1": 1}).due == euros(5000)
    assert house.desk.vouchers.get(first).state(house.clock.now()) is VoucherState.VOID
    code = house.desk.vouchers.code_of(second)
    house.desk.vouchers.redeem(code, amount=euros(1))
    assert refusal(house.desk.sales.refund, "R-42", "G-2") == "voucher.redeemed"
    assert left(house, code) == 4999


def test_a_discount_voucher_is_sold_as_one(house: House, erika: str) -> None:
    """Each unit is a code with its uses."""
    line = OrderLine("1", "P-AUT", euros(1000), 2)
    ids = sold(house.desk.sales.settle(order(erika, line)))
    assert [house.desk.vouchers.get(each).balance for each in ids] == [2, 2]


def test_a_payment_voucher_is_redeemed_partly_and_then_wholly_by_orders(house: House, erika: str) -> None:
    """F4: 9.99 of 50.00, then the rest; then nothing is left of it."""
    code = issued(house, erika, "gift", euros(5000))
    assert house.desk.sales.settle(order(erika, TIPS, number="R-1", codes=[code])).due == 0
    assert left(house, code) == 4001
    assert house.desk.sales.settle(order(erika, FRAME, number="R-2", codes=[code])).due == 15899
    assert refusal(house.desk.sales.quote, order(erika, FRAME, number="R-3", codes=[code])) == "voucher.spent"


def test_a_discount_voucher_is_used_up_by_orders(house: House, erika: str) -> None:
    """F4: a fifth off frames, twice; an order about nothing that it is for uses nothing of it."""
    code = issued(house, erika, "autumn")
    useless = house.desk.sales.settle(order(erika, TIPS, number="R-0", codes=[code]))
    assert (useless.discounts, useless.uses, left(house, code)) == ((), (), 2)
    for number, uses in (("R-1", 1), ("R-2", 0)):
        sale = house.desk.sales.settle(order(erika, FRAME, number=number, codes=[code, code.lower()]))
        assert (sale.due, left(house, code)) == (15920, uses)
    assert (
        refusal(house.desk.sales.settle, order(erika, FRAME, number="R-3", codes=[code])) == "voucher.spent"
    )


def test_codes_that_cannot_be_used_are_refused(house: House, erika: str) -> None:
    """Unknown, and bound to somebody else."""
    other = house.customer(first_name="Max").id
    bound = issued(house, other, "autumn", bound=True)
    assert refusal(house.desk.sales.quote, order(erika, FRAME, codes=[bound])) == "voucher.other_customer"
    assert refusal(house.desk.sales.quote, order(erika, FRAME, codes=["nonsense"])) == "voucher.unknown"
    assert house.desk.sales.quote(order(other, FRAME, codes=[bound])).discount == euros(3980)


def test_who_presents_a_code_takes_it_from_an_open_reservation(house: House, erika: str) -> None:
    """An order that was left standing keeps nobody's code: its reservation is over, and it hears the new price."""
    define(house.desk, "once", DiscountVoucherTerms(amount=euros(1000)))
    code, gift = issued(house, erika, "once"), issued(house, erika, "gift", euros(5000))
    first = order(erika, FRAME, number="R-1", codes=[code, gift])
    second = order(None, FRAME, number="R-2", codes=[code])
    held, shown = house.desk.sales.reserve(first), house.desk.sales.quote(first)
    assert house.desk.sales.quote(second).discount == euros(1000)
    assert house.desk.sales.reservation(held.id).state is ReservationState.OPEN
    taken = house.desk.sales.reserve(second)
    assert house.desk.sales.reservation(held.id).state is ReservationState.RELEASED
    assert house.desk.vouchers.get(taken.parts[0].holder_id).opened.held(house.clock.now()) == 1
    assert refusal(house.desk.sales.lock, held.id) == "reservation.ended"
    house.desk.sales.lock(taken.id)
    assert refusal(house.desk.sales.settle, first, expect=shown.digest) == "quote.changed"
    assert house.desk.sales.settle(second).due == 18900


def test_nobody_takes_a_code_while_a_payment_runs_or_one_that_is_bound(house: House, erika: str) -> None:
    """The second order hears that it is used up; released, it is there again."""
    define(house.desk, "once", DiscountVoucherTerms(amount=euros(1000)))
    for bound in (False, True):
        code = issued(house, erika, "once", bound=bound)
        first, second = (order(erika, FRAME, number=f"R-{bound}-{number}", codes=[code]) for number in (1, 2))
        held = house.desk.sales.reserve(first)
        if not bound:
            house.desk.sales.lock(held.id)
        quote = house.desk.sales.quote(second)
        assert (quote.discount, quote.verdicts[0].code) == (euros(0), Code.LIMIT_REACHED)
        assert house.desk.sales.quote(first).discount == euros(1000)
        house.desk.sales.release(held.id)
        assert house.desk.sales.settle(second).due == 18900
        assert refusal(house.desk.sales.settle, first) == "voucher.spent"


def test_refunds_give_codes_their_value_back(house: House, erika: str) -> None:
    """Money unit by unit; a use only once everything came back."""
    gift, autumn = issued(house, erika, "gift", euros(5000)), issued(house, erika, "autumn")
    sale = house.desk.sales.settle(order(erika, FRAME, TIPS, codes=[gift, autumn]))
    assert (left(house, gift), left(house, autumn)) == (0, 1)
    part = house.desk.sales.refund("R-42", "G-1", {"2": 1})
    assert (left(house, gift), left(house, autumn)) == (part.tenders[0].units, 1)
    rest = house.desk.sales.refund("R-42", "G-2")
    assert (left(house, gift), left(house, autumn)) == (5000, 2)
    assert part.due + rest.due == euros(sale.due)


def test_vouchers_in_a_glasses_order(house: House, erika: str) -> None:
    """F47: by their codes, the discount before the insurer's share and the payment after it."""
    lenses = OrderLine("2", "lenses", euros(10000), 2, groups=["lenses"], tax="7", covered=euros(9000))
    codes = [issued(house, erika, "gift", euros(5000)), issued(house, erika, "autumn")]
    quote = house.desk.sales.quote(order(erika, FRAME, lenses, codes=codes))
    assert (quote.discount, quote.covered, quote.tendered) == (euros(3980), euros(9000), euros(5000))
    assert quote.due == euros(15920 + 20000 - 9000 - 5000)
    assert [(part.key, part.gross) for part in quote.taxes] == [("19", euros(15920)), ("7", euros(20000))]


def test_a_price_list_by_code(house: House, erika: str) -> None:
    """F191: what articles cost with the code; others keep their price, and so do those that are cheaper."""
    from loyaltycore.sales import CatalogPrice

    prices = [CatalogPrice("frame-7", euros(15000)), CatalogPrice("tips", euros(400))]
    define(house.desk, "list", DiscountVoucherTerms(prices=prices))
    code = issued(house, erika, "list")
    assert house.desk.sales.quote(order(erika, codes=[code])).price == euros(15000 + 999)


def test_a_program_and_a_code_join(house: House, erika: str) -> None:
    """Both are of one step, so they have one base: ten and twenty percent of a frame are thirty."""
    define(house.desk, "tenth", DiscountTerms(10, groups=["frames"]))
    tenth = house.desk.programs.assign(erika, "tenth")
    code = issued(house, erika, "autumn")
    quote = house.desk.sales.quote(order(erika, FRAME, programs=[tenth.id], codes=[code]))
    assert quote.discount == euros(1990 + 3980)
