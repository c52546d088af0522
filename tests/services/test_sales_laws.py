"""Orders in any order: reserved, released, settled, refunded, late and twice; nothing is lost and nothing is made."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from attrs import define as mutable, field
from hypothesis import given, settings, strategies as st

from loyaltycore import NotFound, Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.ledger import Purse, replay
from loyaltycore.programs import Earn, PointsTerms, StoredValueTerms
from loyaltycore.sales import Limit, Order, OrderLine, PromotionTerms, Rule, Settlement, percent
from loyaltycore.sales.rules.tally import Tally
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import RATES, euros
from tests.services.test_vouchers import KEYS

CODES = ("GIFT2026", "FIFTH26")
NUMBERS = ("R-1", "R-2", "R-3")


@mutable
class Shop:
    """A shop, and what its orders are."""

    house: House
    erika: str
    orders: dict[str, Order] = field(factory=dict)
    settled: dict[str, Settlement] = field(factory=dict)
    held: list[str] = field(factory=list)
    reserved: set[str] = field(factory=set)


def open_shop() -> Shop:
    house = build_house(code_keys=KEYS)
    define(house.desk, "gift", StoredValueTerms("EUR"))
    define(house.desk, "club", PointsTerms(Earn(2, per=euros(100)), worth=euros(3)))
    define(house.desk, "fifth", DiscountVoucherTerms(percent=20, uses=2, limits=[Limit(uses=1)]))
    odd = Rule("odd", percent("3.33"), limits=[Limit(uses=2, per="customer"), Limit(amount=euros(90))])
    define(house.desk, "autumn", PromotionTerms([odd]))
    erika = house.customer().id
    house.desk.programs.assign(erika, "club", value=100)
    for program, value, code in (("gift", euros(3000), CODES[0]), ("fifth", None, CODES[1])):
        house.desk.vouchers.issue(program, value, customer=erika, reason="test", code=code)
    return Shop(house, erika)


lines = st.lists(st.tuples(st.integers(1, 2500), st.integers(1, 3)), min_size=1, max_size=3)
carts = st.tuples(lines, st.sets(st.sampled_from(CODES)), st.integers(0, 120))
steps = st.one_of(
    st.tuples(st.sampled_from(("quote", "reserve", "settle", "settle")), st.sampled_from(NUMBERS)),
    st.tuples(st.just("refund"), st.sampled_from(NUMBERS), st.integers(1, 3), st.integers(0, 2)),
    st.tuples(st.just("release")),
    st.tuples(st.just("wait"), st.integers(1, 20)),
)


REFUSED = {
    "quote": {"voucher.spent"},
    "reserve": {"voucher.spent", "reservation.settled"},
    "settle": {"voucher.spent"},
    "refund": {"refund.too_many", "refund.differs"},
}
"""What may be refused; that something is held by a purse's own order never is."""


def act(shop: Shop, step: tuple[object, ...]) -> None:
    """Do one thing."""
    desk, refused = shop.house.desk, ""
    try:
        match step:
            case ("quote", number):
                desk.sales.quote(shop.orders[str(number)])
            case ("reserve", number):
                shop.held.append(desk.sales.reserve(shop.orders[str(number)]).id)
                shop.reserved.add(shop.held[-1])
            case ("settle", number):
                shop.settled[str(number)] = desk.sales.settle(shop.orders[str(number)])
            case ("refund", number, refund, place):
                line = shop.orders[str(number)].lines[int(str(place)) % len(shop.orders[str(number)].lines)]
                desk.sales.refund(str(number), f"G-{refund}", {line.id: 1})
            case ("release",) if shop.held:
                desk.sales.release(shop.held.pop())
            case ("wait", minutes):
                shop.house.clock.instant += timedelta(minutes=int(str(minutes)))
    except Refused as error:
        refused = error.code
    except NotFound:
        refused = "" if step[0] == "refund" and step[1] not in shop.settled else "not found"
    assert not refused or refused in REFUSED.get(str(step[0]), ())


def check(shop: Shop) -> None:
    """What purses have lost is what orders have had of them, and every purse is its history."""
    desk, now = shop.house.desk, shop.house.clock.now()
    sales = [desk.sales.settlement(number) for number in shop.settled]
    for sale in sales:
        assert all(line.returned <= line.quantity for line in sale.lines)
        back = sum(refund.due.amount for refund in sale.refunds)
        assert back <= sale.due
        if all(line.returned == line.quantity for line in sale.lines):
            assert back == sale.due
    (club,) = desk.programs.of_customer(shop.erika)
    vouchers = {each.program: each for each in desk.vouchers.of_customer(shop.erika, unusable=True)}
    had = {"EUR": 0, "points": 0}
    for sale in sales:
        for place, tender in enumerate(sale.tenders):
            had[tender.unit] += sum(draw.units for draw in tender.draws)
            had[tender.unit] -= sum(refund.tenders[place].units for refund in sale.refunds)
        earned = sum(award.points for award in sale.awards)
        had["points"] -= earned - sum(sum(refund.points) for refund in sale.refunds)
    assert 3000 - had["EUR"] == vouchers["gift"].opened.balance(now)
    assert club.purse is not None
    assert 100 - had["points"] == club.purse.balance(now)
    used = sum(len(sale.uses) for sale in sales if any(line.returned < line.quantity for line in sale.lines))
    assert 2 - used == vouchers["fifth"].opened.balance(now)
    live = {each for each in shop.reserved if desk.sales.reservation(each).is_live(now)}
    for holder_id, purse in ((club.id, club.purse), *((each.id, each.purse) for each in vouchers.values())):
        if purse is not None:
            assert {hold.id for hold in purse.live_holds(now)} <= live
            assert _replayed(shop, holder_id, purse) == purse


LIMITS = {("fifth", "uses"): 1, ("autumn", "uses"): 2, ("autumn", "EUR"): 90}


def check_limits(shop: Shop) -> None:
    """What orders took of limits, and what they have set aside, is counted, and never more than there is."""
    now, took, counted = shop.house.clock.now(), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for sale in (shop.house.desk.sales.settlement(number) for number in shop.settled):
        if any(line.returned < line.quantity for line in sale.lines):
            for each in sale.counted:
                took[each.program, each.count.counter.unit] += each.count.amount
    with shop.house.loyalty.storage.transaction(read_only=True) as tx:
        tallies = list(tx.find(Tally, Query()))
    for tally in tallies:
        for count in tally.counts:
            counted[tally.program, count.counter.unit] += count.amount
        for hold in tally.holds:
            for count in hold.counts:
                most = LIMITS[tally.program, count.counter.unit]
                assert tally.used(count.counter) + tally.held(count.counter, now) <= most
    assert counted == took
    assert all(amount <= LIMITS[thing] for thing, amount in counted.items())


def _replayed(shop: Shop, holder_id: str, purse: Purse) -> Purse:
    desk = shop.house.desk
    statement = desk.programs.statement if purse.unit == "points" else desk.vouchers.statement
    return replay(purse.unit, reversed(statement(holder_id, limit=500).items))


@settings(max_examples=40)
@given(st.tuples(carts, carts, carts), st.lists(steps, max_size=14))
def test_nothing_is_lost_and_nothing_is_made(
    given_carts: tuple[tuple[list[tuple[int, int]], set[str], int], ...], todo: list[tuple[object, ...]]
) -> None:
    """Laws 1, 2, 10, 17 and 27 for orders: after any steps the books add up, and everything returned is as if it never was."""
    shop = open_shop()
    for number, (bought, codes, points) in zip(NUMBERS, given_carts, strict=True):
        shop.orders[number] = Order(
            number,
            shop.erika,
            [
                OrderLine(str(place), "a", euros(price), quantity, tax="19")
                for place, (price, quantity) in enumerate(bought)
            ],
            codes=sorted(codes),
            spend={"club": points},
            rates=RATES,
        )
    for step in todo:
        act(shop, step)
        check(shop)
        check_limits(shop)
    for number in shop.settled:
        if any(line.returned < line.quantity for line in shop.house.desk.sales.settlement(number).lines):
            shop.house.desk.sales.refund(number, "the rest")
    check(shop)
    check_limits(shop)
