"""Vouchers: issued by hand or by the thousand, checked, redeemed bit by bit, taken back, made void."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest

from loyaltycore import InvalidInput, Loyalty, Money, Refused
from loyaltycore.desk import Desk
from loyaltycore.errors import NotFound
from loyaltycore.kernel.pricing.benefits import CatalogPrice
from loyaltycore.programs import months, period
from loyaltycore.vouchers import BatchState, CodeKey, DiscountVoucherTerms, VoucherState
from loyaltycore.vouchers.rules import issuing
from tests.house import House, build_house, dump
from tests.services.programs import BATTERIES, GIFT, at, card_of, define
from tests.services.test_programs import refusal

KEYS = (CodeKey("2026", "an old secret, only for tests"),)
AUTUMN = DiscountVoucherTerms(percent=20, groups=["frames"], uses=3)


@pytest.fixture
def shop() -> House:
    """A house with payment and discount vouchers."""
    house = build_house(code_keys=KEYS)
    house.set_up_cards()
    define(house.desk, "gift", GIFT)
    define(house.desk, "autumn", AUTUMN)
    return house


def euros(amount: int) -> Money:
    """So many."""
    return Money(100 * amount, "EUR")


def test_a_payment_voucher_is_redeemed_partly_and_then_wholly(shop: House) -> None:
    """What is left is told each time; more than that is refused."""
    erika = shop.customer()
    gift = shop.desk.vouchers.issue("gift", euros(50), customer=erika.id, reason="goodwill")
    code = shop.desk.vouchers.code_of(gift.id)
    assert shop.desk.vouchers.redeem(code, amount=euros(20)).balance == 3000
    assert shop.desk.vouchers.get(gift.id).state(shop.clock.now()) is VoucherState.PARTLY_REDEEMED
    assert refusal(shop.desk.vouchers.redeem, code, amount=euros(31)) == "voucher.spent"
    assert refusal(shop.desk.vouchers.redeem, code, amount=Money(1, "USD")) == "voucher.other_unit"
    assert shop.desk.vouchers.redeem(code.lower().replace("-", " ")).amount == -3000
    assert refusal(shop.desk.vouchers.redeem, code) == "voucher.spent"


def test_a_discount_voucher_has_so_many_uses(shop: House) -> None:
    """Three uses, and no fourth; money is nothing that it counts."""
    erika = shop.customer()
    autumn = shop.desk.vouchers.issue("autumn", customer=erika.id, reason="campaign")
    code = shop.desk.vouchers.code_of(autumn.id)
    assert [shop.desk.vouchers.redeem(code).balance for _ in range(3)] == [2, 1, 0]
    assert refusal(shop.desk.vouchers.redeem, code) == "voucher.spent"
    assert refusal(shop.desk.vouchers.redeem, code, amount=euros(1)) == "voucher.spent"


def test_a_voucher_issued_by_hand_says_so_and_moves_no_money(shop: House) -> None:
    """F45: it has a number, a value and a reason; its history says who gave it, and that nobody paid."""
    erika = shop.customer()
    gift = shop.desk.vouchers.issue("gift", euros(50), customer=erika.id, reason="goodwill")
    assert (gift.amount, gift.unit, gift.paid, gift.comment, gift.issued_by) == (
        5000,
        "EUR",
        False,
        "goodwill",
        "anna",
    )
    shop.desk.vouchers.redeem(shop.desk.vouchers.code_of(gift.id), amount=euros(20))
    redeemed, issued = shop.desk.vouchers.statement(gift.id).items
    assert (issued.amount, issued.at, issued.account) == (5000, gift.issued_at, issued.account)
    assert (redeemed.amount, redeemed.balance, redeemed.actor) == (-2000, 3000, "anna")
    for wrong in ({"value": None}, {"reason": ""}, {"value": 50}, {"value": euros(0)}):
        given: dict[str, Any] = {"value": euros(1), "reason": "why", **wrong}
        with pytest.raises(InvalidInput):
            shop.desk.vouchers.issue("gift", given.pop("value"), customer=erika.id, **given)


def test_a_voucher_has_a_customer_and_perhaps_a_card(shop: House) -> None:
    """No customer, no voucher; a walk-in customer is one; the number is there at once, and usable at once."""
    with pytest.raises(NotFound):
        shop.desk.vouchers.issue("gift", euros(5), customer="nobody", reason="sold")
    walk_in, erika = shop.desk.customers.create(last_name="Barverkauf"), shop.customer()
    card = card_of(shop, erika.id)
    bare = shop.desk.vouchers.issue("gift", euros(5), customer=walk_in.id, reason="sold")
    assert shop.desk.vouchers.check(shop.desk.vouchers.code_of(bare.id)).available == 500
    gift = shop.desk.vouchers.issue("gift", euros(5), customer=erika.id, card=card.id, reason="sold")
    assert gift.card_id == card.id
    wrong = {"customer": walk_in.id, "card": card.id, "reason": "sold"}
    assert refusal(shop.desk.vouchers.issue, "gift", euros(5), **wrong) == "voucher.other_card"


def test_a_voucher_is_made_void_before_it_is_used_and_not_afterwards(shop: House) -> None:
    """What was redeemed has to be taken back first; a void voucher is void for good."""
    erika = shop.customer()
    gift = shop.desk.vouchers.issue("gift", euros(50), customer=erika.id, reason="sold")
    code = shop.desk.vouchers.code_of(gift.id)
    used = shop.desk.vouchers.redeem(code, amount=euros(20))
    assert refusal(shop.desk.vouchers.void, gift.id) == "voucher.redeemed"
    assert shop.desk.vouchers.take_back(used.id, reason="returned").balance == 5000
    assert refusal(shop.desk.vouchers.take_back, used.id) == "program.nothing_to_undo"
    gone = shop.desk.vouchers.void(gift.id, reason="sale cancelled")
    assert (gone.balance, gone.state(shop.clock.now())) == (0, VoucherState.VOID)
    assert shop.desk.vouchers.void(gift.id) == gone
    assert refusal(shop.desk.vouchers.redeem, code) == "voucher.void"


def test_the_vouchers_that_can_be_used_are_listed(shop: House) -> None:
    """F190: those used up, expired, void or to come are listed on request alone; each with balance and last day."""
    erika = shop.customer()
    issue = shop.desk.vouchers.issue
    good = issue("gift", euros(50), customer=erika.id, reason="a", ends_on="2026-03-31")
    spent = issue("gift", euros(5), customer=erika.id, reason="b")
    shop.desk.vouchers.redeem(shop.desk.vouchers.code_of(spent.id))
    old = issue("autumn", customer=erika.id, reason="c", ends_on="2026-01-20")
    later = issue("autumn", customer=erika.id, reason="d", starts_on="2026-06-01")
    void = issue("autumn", customer=erika.id, reason="e")
    shop.desk.vouchers.void(void.id)
    shop.clock.advance(days=10)
    (listed,) = shop.desk.vouchers.of_customer(erika.id)
    assert (listed.id, listed.balance, listed.ends_at) == (good.id, 5000, at(31, 3, hour=22))
    every = shop.desk.vouchers.of_customer(erika.id, unusable=True)
    states = {each.id: each.state(shop.clock.now()) for each in every}
    assert states == {
        good.id: VoucherState.ISSUED,
        spent.id: VoucherState.REDEEMED,
        old.id: VoucherState.EXPIRED,
        later.id: VoucherState.PLANNED,
        void.id: VoucherState.VOID,
    }


def test_vouchers_take_off_a_percentage_an_amount_or_come_with_prices(shop: House) -> None:
    """F191: exactly one of the three."""
    prices = [CatalogPrice("frame-7", euros(99))]
    for number, terms in enumerate(
        [DiscountVoucherTerms(amount=euros(10)), DiscountVoucherTerms(prices=prices), AUTUMN]
    ):
        define(shop.desk, f"kind-{number}", terms)
        assert shop.desk.programs.terms(f"kind-{number}") == terms
    for wrong in (DiscountVoucherTerms(), DiscountVoucherTerms(percent=5, amount=euros(1))):
        with pytest.raises(InvalidInput):
            shop.desk.programs.define("wrong", wrong, name="Wrong")


def test_the_last_day_lasts_until_its_midnight_also_when_the_clocks_change(shop: House) -> None:
    """F191: the day on which summer time begins ends an hour earlier in UTC, and the voucher with it."""
    erika = shop.customer()
    spring = shop.desk.vouchers.issue("autumn", customer=erika.id, reason="x", ends_on="2026-03-29")
    code = shop.desk.vouchers.code_of(spring.id)
    shop.clock.instant = at(29, 3, hour=22) - timedelta(microseconds=1)
    shop.desk.vouchers.redeem(code)
    shop.clock.instant = at(29, 3, hour=22)
    assert refusal(shop.desk.vouchers.redeem, code) == "voucher.expired"
    define(
        shop.desk, "quarter", DiscountVoucherTerms(percent=5, expiry=period(months(1), round_up="quarter"))
    )
    mine = shop.desk.vouchers.issue("quarter", customer=erika.id, reason="x")
    assert mine.ends_at == at(30, 6, hour=22)


def test_a_bound_voucher_is_its_customers_alone(shop: House) -> None:
    """F191: whoever has the code of a free one can use it."""
    erika, otto = shop.customer(), shop.customer(first_name="Otto", email="otto@example.org")
    bound = shop.desk.vouchers.issue("autumn", customer=erika.id, bound=True, reason="x")
    code = shop.desk.vouchers.code_of(bound.id)
    for other in (None, otto.id):
        assert refusal(shop.desk.vouchers.redeem, code, customer=other) == "voucher.other_customer"
    assert shop.desk.vouchers.redeem(code, customer=erika.id).balance == 2


def test_a_code_of_ones_own_is_stored_as_a_hash(shop: House) -> None:
    """F191: it is unique however it is typed, cannot be shown again, and never looks like a computed one."""
    erika = shop.customer()
    own = shop.desk.vouchers.issue("autumn", customer=erika.id, reason="x", code="Sommer-26")
    assert shop.desk.vouchers.redeem("sommer 26").balance == 2
    given = {"customer": erika.id, "reason": "x"}
    assert refusal(shop.desk.vouchers.issue, "autumn", code="SOMMER26", **given) == "voucher.code_taken"
    assert refusal(shop.desk.vouchers.code_of, own.id) == "voucher.own_code"
    for wrong in ("abc", "Ä" * 8, "A" * 15, "=cmd|calc"):
        with pytest.raises(InvalidInput):
            shop.desk.vouchers.issue("autumn", code=wrong, **given)


def test_no_code_is_stored(shop: House) -> None:
    """F191: neither records nor activities have one, and with another key the same database redeems nothing."""
    gift = shop.desk.vouchers.issue("gift", euros(5), customer=shop.customer().id, reason="x")
    code = shop.desk.vouchers.code_of(gift.id)
    shop.desk.vouchers.redeem(code, amount=euros(1))
    stored = str(dump(shop.loyalty))
    assert code.replace("-", "") not in stored
    assert code not in stored

    def desk(*keys: CodeKey) -> Desk:
        return Loyalty(shop.loyalty.storage, clock=shop.clock, code_keys=keys).session("otto")

    thief = desk(CodeKey("2026", "some other secret, for tests"))
    assert refusal(thief.vouchers.redeem, code) == "voucher.unknown"
    assert refusal(thief.vouchers.code_of, gift.id) == "voucher.no_key"
    batch = shop.desk.vouchers.generate("autumn", 2)
    assert refusal(list, thief.vouchers.export_codes(batch.id)) == "voucher.no_key"
    changed = desk(CodeKey("2027", "a newer secret, only for tests"), *KEYS)
    assert changed.vouchers.redeem(code, amount=euros(1)).balance == 300
    assert changed.vouchers.code_of(gift.id) == code


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are made by fours."""
    monkeypatch.setattr(issuing, "PORTION", 4)


def test_a_batch_is_made_in_portions_and_resumed(
    shop: House, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F191: after an interruption the same call goes on where it stopped; codes are exported as often as wanted."""
    fill, calls = issuing.fill_batch, iter(range(100))

    def falter(*args: Any) -> Any:
        if next(calls) == 1:
            raise ZeroDivisionError
        return fill(*args)

    monkeypatch.setattr(issuing, "fill_batch", falter)
    till = shop.desk.keyed("autumn-2026")
    with pytest.raises(ZeroDivisionError):
        till.vouchers.generate("autumn", 10)
    batch = till.vouchers.generate("autumn", 10)
    assert (batch.made, batch.state) == (10, BatchState.DONE)
    codes = list(shop.desk.vouchers.export_codes(batch.id))
    assert len(set(codes)) == 10
    assert codes == list(shop.desk.vouchers.export_codes(batch.id))
    assert shop.desk.vouchers.redeem(codes[3]).balance == 2
    rows = list(csv.reader(shop.desk.vouchers.export_csv(batch.id)))
    assert rows == [["code", "program", "last_day"], *([code, "autumn", ""] for code in codes)]
    exported = [each for each in dump(shop.loyalty)["activities"] if "codes_exported" in str(each)]
    assert len(exported) == 3


def test_batches_are_of_discounts_alone(shop: House) -> None:
    """F191: money is given to somebody; other kinds are assigned."""
    with pytest.raises(InvalidInput):
        shop.desk.vouchers.generate("gift", 5)
    define(shop.desk, "batteries", BATTERIES)
    assert refusal(shop.desk.vouchers.generate, "batteries", 5) == "voucher.other_kind"
    assert refusal(shop.desk.vouchers.generate, "nothing", 5) == "program.undefined"
    bare = build_house()
    define(bare.desk, "autumn", AUTUMN)
    assert refusal(bare.desk.vouchers.generate, "autumn", 5) == "voucher.no_key"


def test_strangers_hear_the_same_of_every_code_that_they_cannot_use(shop: House) -> None:
    """Law 30: unknown, spent, expired, void, planned and somebody else's; staff and the customer it is bound to hear why."""
    erika = shop.customer()
    desk, given = shop.desk.vouchers, {"customer": erika.id, "reason": "x"}
    bound = desk.issue("autumn", bound=True, **given)
    vouchers = {
        "voucher.expired": desk.issue("autumn", ends_on="2026-01-16", **given),
        "voucher.not_started": desk.issue("autumn", starts_on="2026-06-01", **given),
        "voucher.void": desk.issue("autumn", **given),
        "voucher.other_customer": bound,
    }
    desk.void(vouchers["voucher.void"].id)
    shop.clock.advance(days=5)
    codes = {reason: desk.code_of(each.id) for reason, each in vouchers.items()}
    codes["voucher.unknown"] = "NOSUCHCODE"
    heard = [desk.check(code, visitor="10.0.0.1") for code in codes.values()]
    assert {each.reason for each in heard} == {"voucher.not_usable"}
    assert len({str(each) for each in heard}) == 1
    assert {reason: desk.check(code).reason for reason, code in codes.items()} == {
        reason: reason for reason in codes
    }
    own = desk.check(codes["voucher.other_customer"], visitor="10.0.0.2", customer=erika.id)
    assert (own.usable, own.available, own.voucher) == (True, 3, desk.get(bound.id))
    wrong = codes["voucher.void"][:-1] + ("A" if codes["voucher.void"][-1] != "A" else "B")
    assert desk.check(wrong, visitor="10.0.0.2").reason == "voucher.mistyped"


def test_strangers_may_try_ten_codes_a_minute(shop: House) -> None:
    """Beyond them, good codes are not looked at either; staff may try as many as they like."""
    gift = shop.desk.vouchers.issue("gift", euros(5), customer=shop.customer().id, reason="x")
    code = shop.desk.vouchers.code_of(gift.id)
    for _ in range(10):
        assert shop.desk.vouchers.check(code, visitor="10.0.0.1").usable
        assert shop.desk.vouchers.check("WRONG").reason == "voucher.unknown"
    assert refusal(shop.desk.vouchers.check, code, visitor="10.0.0.1") == "voucher.too_many"
    assert shop.desk.vouchers.check(code).usable
    assert shop.desk.vouchers.check(code, visitor="10.0.0.2").usable
    shop.clock.advance(minutes=1)
    assert shop.desk.vouchers.check(code, visitor="10.0.0.1").usable


def test_a_receipt_redeems_a_voucher_once(shop: House) -> None:
    """The same line of a receipt, under any key."""
    autumn = shop.desk.vouchers.issue("autumn", customer=shop.customer().id, reason="x")
    code = shop.desk.vouchers.code_of(autumn.id)
    one = shop.desk.keyed("a").vouchers.redeem(code, order_ref="R-1")
    assert shop.desk.keyed("b").vouchers.redeem(code, order_ref="R-1") == one
    with pytest.raises(Refused):
        shop.desk.vouchers.redeem("ABCDE-FGHJK-LMNPQ", order_ref="R-1")
