"""Codes that were made elsewhere are taken over once."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import InvalidInput, Loyalty, Money, Refused
from loyaltycore.programs import DiscountTerms, StoredValueTerms
from loyaltycore.vouchers import BatchState, CodeKey, DiscountVoucherTerms, ForeignCode
from tests.house import House, build_house, dump
from tests.services.programs import define

OLD, NEW = (
    CodeKey("2025", "an old secret, only for these tests"),
    CodeKey("2026", "a new secret, only for these tests"),
)


@pytest.fixture
def shop() -> House:
    """A house with a campaign and gift cards, and two keys."""
    house = build_house(code_keys=[NEW, OLD])
    define(house.desk, "autumn", DiscountVoucherTerms(percent=20, uses=2))
    define(house.desk, "gift", StoredValueTerms("EUR"))
    return house


def test_foreign_codes_are_taken_over_and_stored_as_hashes(shop: House) -> None:
    """F191: own codes are given as they were; each can be used at once, and none is stored."""
    report = shop.desk.vouchers.import_codes("autumn", ["Alt-2024-A", "ALT2024B"], comment="old shop")
    assert (report.made, report.known, report.rejected) == (2, 0, 0)
    assert "ALT2024" not in repr(dump(shop.loyalty)).upper().replace("-", "")
    checked = shop.desk.vouchers.check("alt2024a")
    assert (checked.usable, checked.available) == (True, 2)
    shop.desk.vouchers.redeem("ALT 2024 A")
    newest = Loyalty(shop.loyalty.storage, code_keys=[NEW]).session("anna")
    assert newest.vouchers.check("ALT2024B").usable
    assert shop.desk.programs.get("autumn").used
    batch = shop.desk.vouchers.batch(report.batch_id)
    assert (batch.made, batch.count, batch.state, batch.comment) == (2, 2, BatchState.DONE, "old shop")


def test_what_is_known_is_reported_and_never_issued_again(shop: House) -> None:
    """From here, under any key, from an earlier import and from the same list: what was used stays used."""
    old = Loyalty(shop.loyalty.storage, code_keys=[OLD]).session("anna")
    vouchers, erika = shop.desk.vouchers, shop.customer().id
    old.vouchers.issue("autumn", customer=erika, reason="x", code="SOMMER24")
    code = vouchers.code_of(vouchers.issue("autumn", customer=erika, reason="x").id)
    first = vouchers.import_codes("autumn", ["WINTER24", "winter 24", "SOMMER24"])
    assert (first.made, first.known, first.known_places) == (1, 2, (1, 2))
    vouchers.redeem("WINTER24")
    many = [f"FRESH{number:04}" for number in range(1200)]
    again = vouchers.import_codes("autumn", iter(["WINTER24", "?", *many, "FRESH0001", code]))
    assert (again.made, again.known, again.known_places) == (1200, 2, (0, 1202))
    assert (again.rejected, [each.place for each in again.rejections]) == (2, [1, 1203])
    assert vouchers.check("WINTER24").available == 1
    assert vouchers.check("FRESH1199").usable


def test_values_and_last_days_are_taken_over(shop: House) -> None:
    """A gift card that was sold elsewhere is worth what is left of it, and owed."""
    codes = [
        ForeignCode("GIFT0001", Money(1234, "EUR")),
        ForeignCode("GIFT0002", Money(500, "EUR"), date(2026, 12, 31)),
    ]
    assert shop.desk.vouchers.import_codes("gift", codes, paid=True).made == 2
    assert shop.desk.vouchers.check("GIFT0001").available == 1234
    owed = shop.desk.programs.reports.liability("gift")
    assert (owed.owed, owed.paid, owed.by_month) == (1734, 1734, ((202612, 500), (None, 1234)))


def test_what_is_wrong_with_a_code_keeps_no_other_one_out(shop: House) -> None:
    """Too short, of odd signs, of the length of computed ones, without a value, too late."""
    codes = [
        "ABC",
        "ABCD-Ä",
        "A" * 15,
        "GOOD1",
        ForeignCode("GOOD2", Money(1, "USD")),
        ForeignCode("GOOD3", Money(1, "EUR"), date(2020, 1, 1)),
        ForeignCode("GOOD4", Money(1, "EUR")),
    ]
    report = shop.desk.vouchers.import_codes("gift", codes)
    assert (report.made, report.known, report.rejected) == (1, 0, 6)
    assert {each.place for each in report.rejections} == {0, 1, 2, 3, 4, 5}
    assert shop.desk.vouchers.check("GOOD4").available == 1


def test_what_cannot_be_imported_is_refused(shop: House) -> None:
    """No list, no program of vouchers, no key: nothing is begun."""
    define(shop.desk, "tenth", DiscountTerms(10))
    for odd in (7, ["?"] * 1000, "ABCDEF", {"ABCDEF": 1}, ["ABCDEF", 7]):
        with pytest.raises(InvalidInput) as caught:
            shop.desk.vouchers.import_codes("autumn", odd)  # type: ignore[arg-type]  # that is the point
        assert caught.value.fields[0] in {"codes", "codes.0.code", "codes.1"}
    assert not shop.desk.vouchers.check("ABCDEF").usable
    nothing = shop.desk.vouchers.import_codes("autumn", ["?"])
    assert shop.desk.vouchers.batch(nothing.batch_id).count == nothing.made == 0
    with pytest.raises(Refused, match="not one of vouchers"):
        shop.desk.vouchers.import_codes("tenth", ["ABCDEF"])
    keyless = Loyalty(shop.loyalty.storage).session("anna")
    with pytest.raises(Refused, match="no key"):
        keyless.vouchers.import_codes("autumn", ["ABCDEF"])
