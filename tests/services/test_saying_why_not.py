"""What an order names and does not get, what has expired, and codes in a shop without keys: each is told as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore import Refused
from loyaltycore.programs import DiscountTerms, PointsTerms, StoredValueTerms, days, period
from loyaltycore.sales import Code
from loyaltycore.vouchers import DiscountVoucherTerms, sentence
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import BATTERIES, at, define
from tests.services.sales import FRAME, euros, order

CLUB = PointsTerms((), expiry=period(days(30)), worth=euros(1))


@pytest.fixture
def shop() -> House:
    """A house with points that expire, gifts, and batteries for a year."""
    house = build_house(code_keys=CODE_KEYS)
    house.clock.instant = at(5)
    define(house.desk, "club", CLUB)
    define(house.desk, "gift", StoredValueTerms("EUR", expiry=period(days(30))))
    define(house.desk, "batteries", BATTERIES)
    define(house.desk, "staff", DiscountTerms(10))
    return house


def refused(verb: Any, *args: Any, **named: Any) -> Refused:
    """The refusal of a verb."""
    with pytest.raises(Refused) as caught:
        verb(*args, **named)
    return caught.value


def test_what_cannot_pay_is_not_spent_silently(shop: House) -> None:
    """Misspelt, another customer's, ended, or of a kind that does not pay: refused by name; nothing of it spends nothing."""
    erika, otto = shop.customer().id, shop.customer(first_name="Otto").id
    shop.desk.programs.assign(erika, "club", value=100)
    his = shop.desk.programs.assign(otto, "gift", value=euros(500)).id
    ended = shop.desk.programs.assign(erika, "gift", value=euros(500)).id
    shop.desk.programs.end(ended)
    shop.desk.programs.assign(erika, "staff")
    for name in ("clubb", his, ended, "gift", "staff"):
        wanted = order(erika, FRAME, spend={"club": 5, name: 3})
        for verb in (shop.desk.sales.quote, shop.desk.sales.reserve, shop.desk.sales.settle):
            found = refused(verb, wanted)
            assert (found.code, found.facts["names"]) == ("sale.not_spendable", (name,))
            assert repr(name) in str(found)
    assert refused(shop.desk.sales.quote, order(None, FRAME, spend={"club": 5})).code == "sale.not_spendable"
    quote = shop.desk.sales.quote(order(erika, FRAME, spend={"club": 5, "clubb": 0}))
    assert quote.tendered == euros(5)


def test_after_a_merge_each_purse_can_be_named(shop: House) -> None:
    """Points of two purses that became one customer's are spent by the id of either, or of both."""
    erika, twin = shop.customer().id, shop.customer(first_name="Eri", email="twin@example.org").id
    rows = [shop.desk.programs.assign(each, "club", value=50).id for each in (erika, twin)]
    shop.desk.merging.execute(shop.desk.merging.plan(survivor=erika, loser=twin))
    for spend in ({rows[0]: 60}, {rows[1]: 60}, {rows[0]: 30, rows[1]: 30}, {"club": 60}):
        assert shop.desk.sales.quote(order(erika, FRAME, spend=spend)).tendered == euros(60)


@pytest.mark.parametrize("swept", [False, True])
def test_what_has_expired_is_not_called_used_up(shop: House, *, swept: bool) -> None:
    """The program goes on, and its points are gone: a use, a card and an order say so, booked or not."""
    erika = shop.customer().id
    club = shop.desk.programs.assign(erika, "club", value=100).id
    gift = shop.desk.programs.assign(erika, "gift", value=euros(500)).id
    shop.desk.programs.use(club, quantity=10)
    shop.clock.instant = at(1, 3)
    shop.desk.programs.adjust(club, 20, reason="sorry")
    if swept:
        shop.desk.programs.sweep()
    found = refused(shop.desk.programs.use, club, quantity=110)
    assert (found.code, found.facts["available"], found.facts["expired"]) == ("program.expired", 20, 90)
    assert refused(shop.desk.programs.use, club, quantity=111).code == "program.exhausted"
    shop.desk.programs.use(club, quantity=20)
    quote = shop.desk.sales.quote(order(erika, FRAME, programs=[gift], spend={"club": 5, gift: 5}))
    assert [quote.verdict(each).code for each in (club, gift)] == [Code.EXPIRED] * 2
    assert quote.verdict(club).say() == "Nothing is left of Club; expired: 90."
    assert quote.verdict(gift).say("de") == "Von Gift ist nichts mehr übrig; verfallen: 5,00 EUR."
    assert sentence("program.expired", "de") == "So viel ist nicht mehr übrig: Ein Teil davon ist verfallen."


def test_what_was_used_up_has_not_expired(shop: House) -> None:
    """Nothing has expired: it is used up, and its tender is empty."""
    erika = shop.customer().id
    club = shop.desk.programs.assign(erika, "club", value=100).id
    shop.desk.programs.use(club, quantity=100)
    assert refused(shop.desk.programs.use, club).code == "program.exhausted"
    assert shop.desk.sales.quote(order(erika, FRAME)).verdict(club).code is Code.EMPTY


def test_another_last_day_alone_brings_nothing_back(shop: House) -> None:
    """What ends with its assignment has expired with it, and the remedy says so; what has not needs its last day alone."""
    erika = shop.customer().id
    mine = shop.desk.programs.assign(erika, "batteries", ends_on="2026-01-10").id
    empty = shop.desk.programs.assign(erika, "batteries", ends_on="2026-01-10").id
    shop.desk.programs.use(empty, quantity=30)
    shop.clock.instant = at(20)
    found = refused(shop.desk.programs.use, mine)
    assert (found.code, found.facts["expired"]) == ("program.ended", 30)
    assert found.remedy == "change its last day, and give again by hand what has expired"
    assert refused(shop.desk.programs.use, empty).remedy == "change its last day"
    shop.desk.programs.change(mine, ends_on="2026-12-31")
    assert refused(shop.desk.programs.use, mine).code == "program.expired"
    shop.desk.programs.adjust(mine, 30, reason="prolonged")
    assert shop.desk.programs.use(mine).balance == 29


def test_without_keys_no_code_is_called_unknown() -> None:
    """Staff hear that no key is configured; strangers hear what they always hear, and anybody that a code is mistyped."""
    bare = build_house()
    define(bare.desk, "autumn", DiscountVoucherTerms(percent=20))
    vouchers = bare.desk.vouchers
    assert vouchers.check("SOMMER26").reason == "voucher.no_key"
    assert vouchers.check("SOMMER26", visitor="10.0.0.1").reason == "voucher.not_usable"
    assert vouchers.check("AAAAA-AAAAA-AAAAB").reason == "voucher.mistyped"
    assert refused(vouchers.redeem, "SOMMER26").code == "voucher.no_key"
    found = refused(bare.desk.sales.quote, order(bare.customer().id, FRAME, codes=["SOMMER26"]))
    assert found.code == "voucher.no_key"
    assert "code_keys" in found.remedy
    keyed = build_house(code_keys=CODE_KEYS)
    assert keyed.desk.vouchers.check("SOMMER26").reason == "voucher.unknown"
