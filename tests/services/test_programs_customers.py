"""What becomes of programs and vouchers when customers are selected, merged or erased."""

from __future__ import annotations

import pytest

from loyaltycore import Money, Refused
from loyaltycore.customers import Customer
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.selections import AllOf, FieldCondition, RelatedCondition, Relative
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import CLUB, GIFT, define


@pytest.fixture
def shop() -> House:
    """A house with points, gifts and vouchers."""
    house = build_house(code_keys=CODE_KEYS)
    define(house.desk, "club", CLUB)
    define(house.desk, "gift", GIFT, sold_by=["P-GIFT"])
    define(house.desk, "autumn", DiscountVoucherTerms(percent=20))
    return house


def otto(shop: House) -> Customer:
    """Another customer."""
    return shop.customer(first_name="Otto", email="otto@example.org")


def test_a_merged_customer_spends_over_both_purses(shop: House) -> None:
    """Law 14: nothing is summed, what expires first is spent first, and undoing the merge gives each one his own back."""
    erika, twin = shop.customer(), otto(shop)
    mine, other = (shop.desk.programs.assign(each.id, "club") for each in (erika, twin))
    shop.desk.programs.adjust(mine.id, 30, reason="welcome")
    shop.desk.programs.adjust(other.id, 20, reason="welcome")
    merge = shop.desk.merging.execute(shop.desk.merging.plan(survivor=erika.id, loser=twin.id))
    rows = shop.desk.programs.of_customer(erika.id)
    assert sorted(row.balance for row in rows) == [20, 30]
    shop.desk.programs.use(mine.id, quantity=45)
    assert sum(row.balance for row in shop.desk.programs.of_customer(erika.id)) == 5
    with pytest.raises(Refused) as refused:
        shop.desk.programs.use(other.id, quantity=6)
    assert refused.value.code == "program.exhausted"
    with pytest.raises(Refused):
        shop.desk.programs.assign(erika.id, "club")
    shop.desk.merging.undo(merge.id)
    assert [row.customer_id for row in shop.desk.programs.of_customer(twin.id)] == [twin.id]


def test_a_customer_who_has_paid_is_not_erased_before_it_is_settled(shop: House) -> None:
    """The blocker names what is owed; points that were given block nothing, and a voucher becomes a bearer's."""
    erika = shop.customer()
    club = shop.desk.programs.assign(erika.id, "club", comment="remembers Erika")
    shop.desk.programs.adjust(club.id, 30, reason="welcome")
    voucher = shop.desk.vouchers.issue("autumn", customer=erika.id, bound=True, reason="for Erika")
    code = shop.desk.vouchers.code_of(voucher.id)
    shop.desk.processes.templates.create("sale", name="Sale")
    process = shop.desk.processes.start(erika.id, "sale").process
    offer = Order("R-1", None, [OrderLine("1", "P-GIFT", Money(5000, "EUR"))])
    shop.desk.processes.complete_offer(process.id, offer=offer)
    preview = shop.desk.privacy.preview(erika.id)
    assert [blocker.code for blocker in preview.blockers] == ["erase.unspent_value"]
    shop.desk.programs.cancel_sale("R-1", reason="leaves")
    shop.desk.privacy.erase(erika.id, confirm=shop.desk.privacy.preview(erika.id).confirmation)
    after = shop.desk.programs.assignment(club.id)
    assert (after.comment, after.balance) == ("", 30)
    bearer = shop.desk.vouchers.get(voucher.id)
    assert (bearer.customer_id, bearer.comment) == (None, "")
    assert shop.desk.vouchers.check(code, visitor="10.0.0.1").voucher is None
    assert shop.desk.vouchers.redeem(code, customer=shop.customer().id).balance == 0


def test_a_bound_voucher_knows_its_customer_after_a_merge(shop: House) -> None:
    """F191: by either id."""
    erika, twin = shop.customer(), otto(shop)
    voucher = shop.desk.vouchers.issue("autumn", customer=twin.id, bound=True, reason="x")
    code = shop.desk.vouchers.code_of(voucher.id)
    shop.desk.merging.execute(shop.desk.merging.plan(survivor=erika.id, loser=twin.id))
    for either in (erika.id, twin.id):
        assert shop.desk.vouchers.check(code, customer=either).usable
    assert shop.desk.vouchers.redeem(code, customer=twin.id).balance == 0


def test_customers_are_selected_by_what_they_have(shop: House) -> None:
    """Points, and a voucher that ends within thirty days."""
    erika, twin = shop.customer(), otto(shop)
    club = shop.desk.programs.assign(erika.id, "club")
    shop.desk.programs.adjust(club.id, 100, reason="welcome")
    shop.desk.vouchers.issue("autumn", customer=twin.id, reason="x", ends_on="2026-02-01")
    rich = RelatedCondition(
        "program_assignments",
        where=AllOf(FieldCondition("program", "is", "club"), FieldCondition("balance", "at_least", 100)),
    )
    assert [each.id for each in shop.desk.selections.stream(rich)] == [erika.id]
    month = (Relative(), Relative(days=30))
    soon = RelatedCondition("vouchers", where=FieldCondition("ends_at", "between", month))
    assert [each.id for each in shop.desk.selections.stream(soon)] == [twin.id]


def test_what_a_program_owes_is_told_by_month(shop: House) -> None:
    """The sum of its purses: what is pending, paid for and owed back is told apart; what expires soon is listed."""
    erika, twin = shop.customer(), otto(shop)
    for customer, points in ((erika, 30), (twin, 20)):
        club = shop.desk.programs.assign(customer.id, "club")
        shop.desk.programs.adjust(club.id, points, reason="welcome")
    shop.desk.programs.earn(club.id, Money(1000, "EUR"), order_ref="R-1")
    owed = shop.desk.programs.reports.liability("club")
    assert (owed.unit, owed.holders, owed.owed, owed.pending, owed.paid) == ("points", 2, 60, 10, 0)
    assert owed.by_month == ((202812, 60),)
    shop.desk.programs.use(club.id, quantity=20)
    assert shop.desk.programs.reports.liability("club").owed == 40
    gift = shop.desk.programs.assign(erika.id, "gift", value=Money(5000, "EUR"))
    assert shop.desk.programs.reports.liability("gift").by_month == ((None, 5000),)
    assert list(shop.desk.programs.reports.expiring("club", days=30)) == []
    shop.clock.advance(days=1060)
    listed = list(shop.desk.programs.reports.expiring("club", days=30))
    assert sorted(each.amount for each in listed) == [10, 30]
    shop.clock.advance(days=30)
    assert shop.desk.programs.reports.liability("club").owed == 0
    shop.desk.programs.sweep()
    assert shop.desk.programs.reports.liability("club").owed == 0
    assert gift.balance == 5000


def test_remarks_go_with_whose_purse_it_is(shop: House) -> None:
    """F201: what was remarked while the purse and the voucher were another one's, by a merge undone since, goes too."""
    desk, erika, twin = shop.desk, shop.customer(), otto(shop)
    purse = desk.programs.assign(twin.id, "club")
    voucher = desk.vouchers.issue("gift", Money(5000, "EUR"), customer=twin.id, reason="goodwill").id
    merge = desk.merging.execute(desk.merging.plan(survivor=erika.id, loser=twin.id))
    desk.programs.adjust(purse.id, 10, reason="for Otto")
    desk.vouchers.redeem(desk.vouchers.code_of(voucher), amount=Money(100, "EUR"), comment="by Otto")
    desk.merging.undo(merge.id)
    own = desk.programs.assign(erika.id, "club")
    desk.programs.adjust(own.id, 10, reason="for Erika")
    desk.privacy.erase(twin.id, confirm=desk.privacy.preview(twin.id).confirmation)
    lines = [*desk.programs.statement(purse.id).items, *desk.vouchers.statement(voucher).items]
    assert {line.comment for line in lines} == {""}
    assert [line.comment for line in desk.programs.statement(own.id).items] == ["for Erika"]
