"""Rivals at one purse, one order and one settlement; all of them meet before the first one writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loyaltycore import Money, Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.memory import MemoryStorage
from loyaltycore.merging import Merge
from loyaltycore.ports.storage import Storage
from loyaltycore.programs import Earn, PointsTerms, ProgramAssignment, StoredValueTerms
from loyaltycore.sales import (
    AmountOff,
    Limit,
    Order,
    OrderLine,
    PromotionTerms,
    Refund,
    Reservation,
    Rule,
    Settlement,
)
from loyaltycore.sales.rules.tally import Tally
from loyaltycore.vouchers import DiscountVoucherTerms
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once
from tests.conftest import STORAGES
from tests.engines import fresh_database
from tests.faults.meeting import MeetingStorage
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.test_vouchers import KEYS

pytestmark = pytest.mark.every_engine

RIVALS = 4


@pytest.fixture(params=STORAGES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house with stored value and points, on each storage, whose rivals can be made to meet."""
    if request.param == "memory":
        yield _open(MemoryStorage())
        return
    with fresh_database(request.param) as url:
        storage = SqlStorage(url)
        yield _open(storage)
        storage.close()


def _open(storage: Storage) -> House:
    house = build_house(MeetingStorage(storage), code_keys=KEYS)
    define(house.desk, "once", DiscountVoucherTerms(amount=Money(500, "EUR")))
    define(house.desk, "gift", StoredValueTerms("EUR"))
    define(house.desk, "club", PointsTerms(Earn(1, per=Money(100, "EUR"))))
    return house


def _meet(house: House, work: Callable[[int], Any]) -> list[Any]:
    storage: Any = house.loyalty.storage
    storage.meet(RIVALS)
    return at_once(RIVALS, work)


def _refusals(outcomes: list[Any]) -> Counter[str]:
    return Counter(outcome.code for outcome in outcomes if isinstance(outcome, Refused))


def _order(customer: str, gift: ProgramAssignment, number: str, cents: int) -> Order:
    lines = [OrderLine("1", "frame", Money(cents, "EUR"), 3)]
    return Order(number, customer, lines, programs=[gift.id])


def _gift(house: House, customer: str) -> ProgramAssignment:
    return house.desk.programs.assign(customer, "gift", value=Money(5000, "EUR"))


def test_no_cent_is_spent_twice(house: House) -> None:
    """Several orders want the same 50.00: together they get that, and what each has had is in its settlement."""
    erika = house.customer().id
    gift = _gift(house, erika)
    orders = [_order(erika, gift, f"R-{number}", 1000) for number in range(RIVALS)]
    outcomes = _meet(house, lambda number: house.desk.sales.settle(orders[number]))
    assert all(isinstance(outcome, Settlement) for outcome in outcomes), outcomes
    paid = [draw.units for sale in outcomes for tender in sale.tenders for draw in tender.draws]
    assert sum(paid) == 5000
    assert sum(sale.due for sale in outcomes) == RIVALS * 3000 - 5000
    assert house.desk.programs.balance(gift.id).balance == 0


def test_an_order_is_settled_once(house: House) -> None:
    """All settle the same order: there is one settlement, one payment, one award."""
    erika = house.customer().id
    gift = _gift(house, erika)
    club = house.desk.programs.assign(erika, "club")
    order = _order(erika, gift, "R-1", 3000)
    outcomes = _meet(house, lambda _: house.desk.sales.settle(order))
    assert len({sale.id for sale in outcomes}) == 1
    assert house.desk.programs.balance(gift.id).balance == 0
    assert house.desk.programs.balance(club.id).balance == 40


def test_an_order_is_reserved_once(house: House) -> None:
    """All reserve for the same order: all have the same reservation."""
    erika = house.customer().id
    gift = _gift(house, erika)
    order = _order(erika, gift, "R-1", 1000)
    outcomes = _meet(house, lambda _: house.desk.sales.reserve(order))
    assert len({each.id for each in outcomes if isinstance(each, Reservation)}) == 1, outcomes
    assert house.desk.programs.balance(gift.id).held == 3000


def test_no_unit_comes_back_twice(house: House) -> None:
    """Several refunds of two units of three each: one of them gets its money."""
    erika = house.customer().id
    gift = _gift(house, erika)
    house.desk.sales.settle(_order(erika, gift, "R-1", 1000))
    outcomes = _meet(house, lambda number: house.desk.sales.refund("R-1", f"G-{number}", {"1": 2}))
    assert _refusals(outcomes) == {"refund.too_many": RIVALS - 1}, outcomes
    (refund,) = [outcome for outcome in outcomes if isinstance(outcome, Refund)]
    assert refund.tenders[0].units == 2000
    assert house.desk.programs.balance(gift.id).balance == 5000 - 3000 + 2000


def test_the_same_refund_gives_back_once(house: House) -> None:
    """All send the same refund: everybody hears of it, and the money goes back once."""
    erika = house.customer().id
    gift = _gift(house, erika)
    house.desk.sales.settle(_order(erika, gift, "R-1", 1000))
    outcomes = _meet(house, lambda _: house.desk.sales.refund("R-1", "G-1", {"1": 1}))
    assert all(outcome == outcomes[0] for outcome in outcomes), outcomes
    assert house.desk.programs.balance(gift.id).balance == 3000


def test_a_reservation_ends_in_one_way(house: House) -> None:
    """Settled and released at the same time: what was set aside is spent, or it is there again, and nothing is held."""
    erika = house.customer().id
    gift = _gift(house, erika)
    order = _order(erika, gift, "R-1", 1000)
    held = house.desk.sales.reserve(order)

    def work(number: int) -> object:
        return house.desk.sales.release(held.id) if number % 2 else house.desk.sales.settle(order)

    _meet(house, work)
    balance = house.desk.programs.balance(gift.id)
    assert (balance.balance, balance.held) == (2000, 0)
    with house.loyalty.storage.transaction(read_only=True) as tx:
        assert len(list(tx.find(Settlement, Query()))) == 1


def _coded(house: House) -> tuple[str, list[Order]]:
    """A code with one use, and orders that want it."""
    erika = house.customer().id
    voucher = house.desk.vouchers.issue("once", customer=erika, reason="test", code="ONCE2026")
    lines = [OrderLine("1", "frame", Money(3000, "EUR"))]
    return voucher.id, [Order(f"R-{n}", None, lines, codes=["ONCE2026"]) for n in range(RIVALS)]


def test_the_last_use_of_a_code_is_one_orders(house: House) -> None:
    """All settle with the same code at once: one pays less, the others hear that it is spent."""
    voucher, orders = _coded(house)
    outcomes = _meet(house, lambda number: house.desk.sales.settle(orders[number]))
    assert _refusals(outcomes) == {"voucher.spent": RIVALS - 1}, outcomes
    assert [sale.due for sale in outcomes if isinstance(sale, Settlement)] == [2500]
    assert house.desk.vouchers.get(voucher).balance == 0


def _limited(house: House, *limits: Limit) -> None:
    off = Rule("frames", AmountOff(Money(500, "EUR")), limits=limits)
    define(house.desk, "spring", PromotionTerms([off]))


def _counted(house: House) -> list[tuple[str | None, int]]:
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return [(each.customer_id, each.counts[0].amount) for each in tx.find(Tally, Query())]


def test_the_last_uses_of_a_promotion_are_had_by_as_many_as_there_are(house: House) -> None:
    """Four orders at once, three uses: three get it, one does not, and all are settled."""
    _limited(house, Limit(uses=3))
    lines = [OrderLine("1", "frame", Money(3000, "EUR"))]
    outcomes = _meet(house, lambda number: house.desk.sales.settle(Order(f"R-{number}", None, lines)))
    assert Counter(sale.due for sale in outcomes) == {2500: 3, 3000: 1}, outcomes
    assert _counted(house) == [(None, 3)]


def test_the_last_uses_of_a_promotion_are_set_aside_for_as_many_as_there_are(house: House) -> None:
    """Reserved and settled at the same time, by a limit of one customer: together no more than there are."""
    _limited(house, Limit(uses=2, per="customer"))
    erika = house.customer().id
    orders = [Order(f"R-{n}", erika, [OrderLine("1", "frame", Money(3000, "EUR"))]) for n in range(RIVALS)]

    def work(number: int) -> object:
        return (
            house.desk.sales.reserve(orders[number])
            if number % 2
            else house.desk.sales.settle(orders[number])
        )

    outcomes = _meet(house, work)
    held = sum(bool(each.counted) for each in outcomes if isinstance(each, Reservation))
    assert held + sum(bool(each.counted) for each in outcomes if isinstance(each, Settlement)) == 2, outcomes
    sales = [house.desk.sales.settle(each) for each in orders]
    assert sum(bool(sale.counted) for sale in sales) == 2
    assert _counted(house) == [(erika, 2)]


def test_what_both_have_used_is_counted_while_they_are_merged(house: House) -> None:
    """Merged while both buy: every use is counted, and it is the survivor's."""
    _limited(house, Limit(uses=9, per="customer"))
    erika, double = house.customer().id, house.customer(first_name="Erica").id
    lines = [OrderLine("1", "frame", Money(3000, "EUR"))]
    sales, merging = house.desk.sales, house.desk.merging
    sales.settle(Order("R-X", double, lines))

    def work(number: int) -> object:
        if number == 0:
            return merging.execute(merging.plan(survivor=erika, loser=double))
        return sales.settle(Order(f"R-{number}", double if number == 1 else erika, lines))

    outcomes = _meet(house, work)
    assert sum(isinstance(each, Settlement) for each in outcomes) == RIVALS - 1, outcomes
    if not any(isinstance(each, Merge) for each in outcomes):
        merging.execute(merging.plan(survivor=erika, loser=double))
    assert _counted(house) == [(erika, RIVALS)]


def test_a_code_is_reserved_for_one_order(house: House) -> None:
    """All reserve with the same code at once: whoever came last has it, and nothing else is held."""
    voucher, orders = _coded(house)
    outcomes = _meet(house, lambda number: house.desk.sales.reserve(orders[number]))
    now = house.clock.now()
    holds = [hold.id for hold in house.desk.vouchers.get(voucher).opened.live_holds(now)]
    states = [house.desk.sales.reservation(each.id) for each in outcomes]
    assert [each.id for each in states if each.is_live(now)] == holds
    assert len(holds) == 1
