"""Programs simulated: with the rules of its day a history comes to what it came to, and with others it says what they cost."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import define as mutable, evolve, field
from hypothesis import example, given, settings, strategies as st

from loyaltycore import InvalidInput, Money, Refused
from loyaltycore.kernel.ledger import Purse
from loyaltycore.programs import (
    DiscountTerms,
    Earn,
    PointsTerms,
    ProgramAssignment,
    ProgramMove,
    StoredValueTerms,
    Tier,
    Tiers,
    days,
    period,
)
from loyaltycore.sales import (
    ForEvery,
    Limit,
    Order,
    OrderLine,
    PastOrder,
    PastRefund,
    Phase,
    PromotionTerms,
    Quote,
    RefundLoop,
    Rule,
    Settlement,
    TierMove,
    When,
    in_groups,
    percent,
)
from loyaltycore.sales.rules.past import Past, past_of
from loyaltycore.sales.rules.settlement import SettledTender
from loyaltycore.sales.rules.simulating import Pending, Simulator
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import RATES, euros
from tests.services.test_vouchers import KEYS

CODES: Final = ("GIFT2026", "FIFTH26")
TERMS: Final[dict[str, Any]] = {
    "club": PointsTerms(
        Earn(2, per=euros(100), after=days(2)),
        expiry=period(days(40)),
        worth=euros(3),
        tiers=Tiers([Tier("silver", 40), Tier("gold", 120, times=3)], window=2),
    ),
    "staff": DiscountTerms(
        15, groups=["g"], limits=[Limit(amount=euros(400), per="customer", every="month")]
    ),
    "gift": StoredValueTerms("EUR"),
    "fifth": DiscountVoucherTerms(percent=20, uses=2),
    "card": StoredValueTerms("EUR", by_code=True),
    "autumn": PromotionTerms(
        [
            Rule("three", ForEvery(2), where=in_groups("g"), limits=[Limit(2, per="customer")]),
            Rule("pair", percent(7), when=When(least_quantity=2), on_return="claw_back"),
            Rule("whole", percent("3.33"), Phase.ORDER, when=When(least_amount=euros(1500), of_order=True)),
        ]
    ),
}
ORDERS: Final = 6


@mutable
class Shop:
    """A shop with two customers who have everything, and what they bought."""

    house: House
    customers: list[str] = field(factory=list)
    rows: dict[tuple[str, str], str] = field(factory=dict)
    sold: int = 0
    settled: dict[str, Settlement] = field(factory=dict)
    """As they were before anything came back."""

    def buy(self, who: int, cart: list[tuple[int, int, bool]], takes: set[str], points: int) -> None:
        """Settle one more order; the third customer is nobody in particular."""
        customer = self.customers[who] if who < len(self.customers) else None
        self.sold += 1
        lines = [
            OrderLine(str(n), f"a{n}", euros(price), quantity, ["g"] if grouped else [], tax="19")
            for n, (price, quantity, grouped) in enumerate(cart)
        ]
        mine = [self.rows[customer, name] for name in ("staff", "gift") if customer and name in takes]
        codes = [code for code in CODES if code in takes]
        spend = {"club": points} if customer else {}
        order = Order(f"R-{self.sold}", customer, lines, programs=mine, spend=spend, rates=RATES, codes=codes)
        self.settled[order.number] = self.house.desk.sales.settle(order)

    def history(self) -> list[Settlement]:
        return list(self.house.desk.sales.history())


def open_shop() -> Shop:
    shop = Shop(build_house(code_keys=KEYS))
    desk = shop.house.desk
    for key, terms in TERMS.items():
        define(desk, key, terms)
    for name in ("Erika", "Otto"):
        customer = shop.house.customer(first_name=name).id
        shop.customers.append(customer)
        for program, value in (("club", 70), ("gift", euros(2500)), ("staff", None)):
            shop.rows[customer, program] = desk.programs.assign(customer, program, value=value).id
    for program, value, code in (("card", euros(3000), CODES[0]), ("fifth", None, CODES[1])):
        desk.vouchers.issue(program, value, customer=shop.customers[0], reason="test", code=code)
    return shop


carts = st.lists(st.tuples(st.integers(1, 2500), st.integers(1, 4), st.booleans()), min_size=1, max_size=3)
takes = st.sets(st.sampled_from(("staff", "gift", "gift", *CODES)))
steps = st.one_of(
    st.tuples(st.just("buy"), st.integers(0, 2), carts, takes, st.integers(0, 90)),
    st.tuples(st.just("buy"), st.integers(0, 2), carts, takes, st.integers(0, 90)),
    st.tuples(st.just("refund"), st.integers(1, ORDERS), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.integers(1, 30)),
)


def act(shop: Shop, step: tuple[Any, ...]) -> None:
    """Do one thing; what is refused does not happen."""
    shop.house.clock.instant += timedelta(minutes=1)
    match step:
        case ("buy", who, cart, takes_, points) if shop.sold < ORDERS:
            spent = {code for code in CODES if not shop.house.desk.vouchers.check(code).available}
            shop.buy(who, cart, takes_ - spent, points)
        case ("refund", number, place, count) if number <= shop.sold:
            sale = shop.house.desk.sales.settlement(f"R-{number}")
            line = sale.lines[place % len(sale.lines)]
            if count <= line.quantity - line.returned:
                refund = f"G-{len(sale.refunds)}"
                with suppress(Refused):
                    shop.house.desk.sales.refund(sale.order_ref, refund, {line.id: count})
        case ("wait", some):
            shop.house.clock.instant += timedelta(days=some)


def same(ours: Settlement, theirs: Settlement) -> None:
    """What was sold, to the unit, but for ids of moves and for what came back."""
    lines = [evolve(line, sold=(), returned=0) for line in theirs.lines]
    assert list(ours.lines) == lines
    assert (ours.due, ours.discounts, ours.taxes) == (theirs.due, theirs.discounts, theirs.taxes)
    assert [_paid(each) for each in ours.tenders] == [_paid(each) for each in theirs.tenders]
    assert [(each.rule, each.points) for each in ours.awards] == [(a.rule, a.points) for a in theirs.awards]


def _paid(tender: SettledTender) -> tuple[str, str, int]:
    return tender.tender, tender.title, sum(draw.units for draw in tender.draws)


BUYS_AGAIN: Final = [
    ("buy", 0, [(2500, 1, False)], {"gift"}, 90),
    ("refund", 1, 0, 1),
    ("buy", 0, [(2500, 2, False)], {"gift"}, 90),
]


@settings(max_examples=25)
@example(BUYS_AGAIN, "gift")
@example(BUYS_AGAIN, "club")
@given(st.lists(steps, min_size=2, max_size=14), st.sampled_from(sorted(TERMS)))
def test_the_rules_of_its_day_make_the_same_history(todo: list[tuple[Any, ...]], program: str) -> None:
    """Law 31: every order settles as it did, and in the end as much is owed, spent and expired."""
    shop = open_shop()
    for step in todo:
        act(shop, step)
    for who in range(2):
        shop.house.clock.instant += timedelta(minutes=1)
        shop.buy(who, [(999, 3, True)], {"staff", "gift"}, 10)
    sales, terms = shop.house.desk.sales, TERMS[program]
    kind = next(each for each in shop.house.desk.programs.kinds() if isinstance(terms, each.terms))
    simulator = Simulator(sales._world(program, kind, terms, None), shop.house.clock.now())
    history = shop.history()
    assert len(history) == shop.sold
    for place, settled in enumerate(history):
        simulated = simulator.sell(past_of(place, settled, ""))
        assert simulated is not None
        same(simulated, shop.settled[settled.order_ref])
    found = simulator.result()
    assert found.orders == shop.sold
    back = sum(refund.price.amount for each in history for refund in each.refunds)
    assert found.price.amount == sum(_price(each) for each in shop.settled.values()) - back
    if program in {"club", "gift"}:
        shop.house.desk.programs.sweep()
        assert found.liability == shop.house.desk.programs.reports.liability(program)
        rows = [shop.house.desk.programs.assignment(shop.rows[who, program]) for who in shop.customers]
        turnovers = [row.purse.turnover for row in rows if row.purse]
        assert found.spent == sum(each.redeemed for each in turnovers)
        assert found.expired == sum(each.breakage for each in turnovers)


def _price(sale: Settlement) -> int:
    return sum(share.price * share.count for line in sale.lines for share in line.units)


NEW_YEAR: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
POINTS: Final = PointsTerms(
    Earn(1, per=euros(100)), expiry=period(days(60)), worth=euros(2), tiers=Tiers([Tier("gold", 100)])
)


def bought(number: str, who: str | None, day: int, cents: int, *back: int, **more: Any) -> PastOrder:
    """An order of one article, of which units come back on other days."""
    at = NEW_YEAR + timedelta(days=day)
    line = OrderLine("1", "case", euros(cents), more.pop("quantity", 1), groups=["g"])
    refunds = [PastRefund(NEW_YEAR + timedelta(days=each), {"1": 1}) for each in back]
    return PastOrder(Order(number, who, [line], **more), at, refunds=refunds)


def simulated(house: House, terms: Any, history: Iterable[Any], **more: Any) -> Any:
    return house.desk.sales.simulate("new", terms, history, **more)


def test_what_a_new_club_would_cost(memory_house: House) -> None:
    """Everybody who is known collects; what is spent is the cost, what is left is owed by month, the rest has expired."""
    orders = [
        bought("A-1", "anna", 0, 5000),
        bought("A-2", "anna", 10, 2000, spend={"new": 30}),
        bought("A-3", "anna", 90, 1000),
        bought("B-1", "bert", 5, 20000, 6, quantity=2),
        bought("N-1", None, 7, 10000),
    ]
    found = simulated(memory_house, POINTS, orders, until=NEW_YEAR + timedelta(days=100))
    assert (found.customers, found.orders, found.refunds) == (2, 5, 1)
    assert (found.cost, found.paid, found.discounts) == (euros(60), euros(60), ())
    assert (found.issued, found.spent, found.expired) == (50 + 19 + 10 + 200, 30, 20 + 19 + 200)
    assert (found.liability.owed, found.liability.by_month) == (10, ((202605, 10),))
    assert found.tiers == (TierMove("", "gold", 1),)
    assert found.price == euros(5000 + 2000 + 1000 + 20000 + 10000)
    assert found.loops == ()


def test_what_customers_spend_follows_a_curve(memory_house: House) -> None:
    """`redemption` says how much is spent of what there is; nobody spends more than he has."""
    orders = [bought(f"A-{day}", "anna", day, 5000) for day in range(4)]
    half = simulated(memory_house, POINTS, orders, redemption=lambda there: there // 2)
    everything = simulated(memory_house, POINTS, orders, redemption=lambda _: 10**9)
    assert [half.spent, everything.spent] == [25 + 37 + 43, 50 + 49 + 49]
    assert simulated(memory_house, POINTS, orders).spent == 0


def test_an_exploited_threshold_is_found(memory_house: House) -> None:
    """Somebody buys more for the discount and returns it: the discount that stays is a gain."""
    whole = PromotionTerms([Rule("whole", percent(10), when=When(least_amount=euros(30000)))])
    orders = [
        bought("A-1", "anna", 0, 10000, 1, quantity=3),
        bought("A-2", "anna", 2, 10000, 3, 4, 5, quantity=3),
        bought("A-3", "anna", 6, 40000, 7, quantity=2),
    ]
    found = simulated(memory_house, whole, orders)
    assert (found.gained, found.loops) == (1, (RefundLoop("A-1", 2000, 0),))
    (rule,) = found.discounts
    assert (rule.rule, rule.orders, rule.amount) == ("whole", 3, euros(2000 + 4000))
    assert found.cost == euros(6000)


def test_what_becomes_of_a_threshold_is_part_of_the_terms(memory_house: House) -> None:
    """With `on_return` the gain is taken back, or the refund is refused; both are seen in the cost."""

    def cost(on_return: str) -> tuple[int, int, int, int]:
        when = When(least_amount=euros(30000))
        terms = PromotionTerms([Rule("whole", percent(10), when=when, on_return=on_return)])
        orders = [bought("A-1", "anna", 0, 10000, 1, 2, quantity=3)]
        found = simulated(memory_house, terms, orders)
        return found.cost.amount, found.refunds, found.refused, found.gained

    assert cost("keep") == (1000, 2, 0, 1)
    assert cost("claw_back") == (0, 2, 0, 0)
    assert cost("refuse") == (3000, 0, 2, 0)


def test_what_comes_later_is_left_out(memory_house: House) -> None:
    """Orders and refunds after the end do not count; a day means its end."""
    orders = [bought("A-1", "anna", 0, 5000, 3, quantity=2), bought("A-2", "anna", 2, 5000)]
    found = simulated(memory_house, POINTS, orders, until=date(2026, 1, 2))
    assert (found.orders, found.refunds, found.issued) == (1, 0, 100)


def test_nothing_is_written(memory_house: House) -> None:
    """Simulating changes no record, in any table."""
    define(memory_house.desk, "new", POINTS)
    erika = memory_house.customer().id
    memory_house.desk.programs.assign(erika, "new", value=5)
    line = OrderLine("1", "case", euros(5000))
    memory_house.desk.sales.settle(Order("R-1", erika, [line], spend={"new": 5}))
    before = repr(vars(memory_house.loyalty.storage))
    found = simulated(memory_house, evolve(POINTS, worth=euros(4)), memory_house.desk.sales.history())
    assert (found.cost, found.spent) == (euros(20), 5)
    assert repr(vars(memory_house.loyalty.storage)) == before


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ([bought("B-1", "bert", 0, 1), bought("A-1", "anna", 1, 1)], "out_of_order"),
        ([bought("A-1", "anna", 1, 1), bought("A-2", "anna", 0, 1)], "out_of_order"),
        (
            [bought("A-1", "anna", 0, 1), bought("N-1", None, 1, 1), bought("A-2", "anna", 2, 1)],
            "out_of_order",
        ),
        ([bought("A-1", "anna", 0, 1, 1, 2)], "too_many"),
        ([bought("A-1", "anna", 2, 1, 1)], "out_of_range"),
        (["R-1"], "wrong_type"),
        ([evolve(bought("A-1", "anna", 0, 1), refunds=["G-1"])], "wrong_type"),
        ([evolve(bought("A-1", "anna", 0, 1), at=None)], "required"),
        (
            [
                bought("A-1", "anna", 0, 1),
                PastOrder(
                    Order("A-2", "anna", [OrderLine("1", "a", Money(1, "CHF"))]), NEW_YEAR + timedelta(1)
                ),
            ],
            "mixed_currency",
        ),
    ],
)
def test_a_history_that_is_none(memory_house: House, history: list[Any], code: str) -> None:
    """What is wrong is said with its place."""
    with pytest.raises(InvalidInput) as caught:
        simulated(memory_house, POINTS, history)
    (fault,) = caught.value.faults
    assert (fault.code, fault.field.partition("]")[0]) == (code, f"history[{len(history) - 1}")


def test_the_history_of_a_year(memory_house: House) -> None:
    """Customer by customer, then those whom nobody knows; another year and forgotten customers are left out."""
    ids = sorted(memory_house.customer(last_name=name).id for name in ("A", "B", "C"))
    desk = memory_house.desk
    for number, who in enumerate([ids[1], None, ids[0], ids[2], ids[1]]):
        desk.sales.settle(Order(f"R-{number}", who, [OrderLine("1", "case", euros(100))], codes=[]))
    preview = desk.privacy.preview(ids[2])
    desk.privacy.erase(ids[2], confirm=preview.confirmation)
    year = memory_house.clock.now().year
    assert [each.order_ref for each in desk.sales.history(year=year)] == ["R-2", "R-0", "R-4", "R-1"]
    assert list(desk.sales.history(year=year - 1)) == []
    kept = desk.sales.settlement("R-0").priced_from
    assert kept is not None
    assert kept.order.customer_id is None


def test_memory_stays_flat(memory_house: House) -> None:
    """When the next customer comes, orders, prices and purses of those before are gone."""
    alive: list[Any] = []

    def orders() -> Iterator[PastOrder]:
        for n in range(30):
            yield bought(f"R-{n}", f"c{n:04}", 0, 5000, 1, quantity=2)
        gc.collect()
        kept = (PastOrder, Past, Quote, Purse, ProgramAssignment, ProgramMove, Settlement, Pending)
        alive.extend(each for each in gc.get_objects() if type(each) in kept)

    assert simulated(memory_house, POINTS, orders()).customers == 30
    assert 0 < len(alive) < 30
