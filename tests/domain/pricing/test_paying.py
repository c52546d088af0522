"""Who pays what is left: insurers, vouchers, points, and what of it is taxed and earned."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltycore.kernel.pricing.benefits import (
    Earning,
    SetPrice,
    percent,
)
from loyaltycore.kernel.pricing.order import OrderLine
from loyaltycore.kernel.pricing.rule import (
    Phase,
    Rule,
    earning,
    in_groups,
)
from loyaltycore.kernel.pricing.standing import POINTS, Tender
from loyaltycore.kernel.pricing.verdict import Code
from tests.domain.pricing.example import BERLIN, CLOTH, FRAME, NOON, ORDER, code, euros, priced


def test_what_must_not_be_discounted_is_not() -> None:
    """A book with a bound price keeps it, and stored value pays for it nevertheless."""
    order = evolve(ORDER, lines=[evolve(FRAME, discountable=False)])
    found = priced(Rule("ten", percent(10)), order=order, tenders=[Tender("gift", "EUR", 5000)])
    assert (found.price, found.due) == (euros(19900), euros(14900))


def test_a_glasses_order() -> None:
    """The discount comes before the insurer's share, the voucher after it, and the tax is that of the price."""
    lenses = OrderLine("2", "lenses", euros(20000), groups=["lenses"], tax="7", covered=euros(9000))
    order = evolve(ORDER, lines=[FRAME, lenses])
    found = priced(
        Rule("tenth", percent(10), where=in_groups("frames", "lenses")),
        order=order,
        tenders=[Tender("gift", "EUR", 5000)],
    )
    assert (found.listed, found.discount, found.covered) == (euros(39900), euros(3990), euros(9000))
    assert (found.tendered, found.due) == (euros(5000), euros(21910))
    assert [(part.key, part.gross, part.tax) for part in found.taxes] == [
        ("19", euros(17910), euros(2860)),
        ("7", euros(18000), euros(1178)),
    ]


def test_an_insurer_pays_no_more_than_the_price() -> None:
    """Covered up to 9.00 beside a price of 3.33: nobody pays less than nothing."""
    found = priced(order=evolve(ORDER, lines=[evolve(CLOTH, quantity=1, covered=euros(900))]))
    assert (found.covered, found.due) == (euros(333), euros(0))


def test_the_customers_share_of_a_repair_is_nothing() -> None:
    """A module sets what the customer pays after the insurer to 0.00."""
    repair = OrderLine("1", "repair", euros(8000), groups=["repairs"], covered=euros(5000))
    rule = Rule("hsp", SetPrice(euros(0)), Phase.CUSTOMER_SHARE, in_groups("repairs"))
    found = priced(rule, order=evolve(ORDER, lines=[repair]))
    assert (found.covered, found.discount, found.due) == (euros(5000), euros(3000), euros(0))


def test_points_pay_only_if_asked_and_only_as_whole_points() -> None:
    """A point is worth 3 cents; of 10.00 EUR, 333 points pay 9.99."""
    club = Tender("a1", POINTS, 1000, "club", worth=euros(3))
    order = evolve(ORDER, lines=[evolve(FRAME, price=euros(1000))])
    assert code(priced(order=order, tenders=[club]), "a1") is Code.NOT_ASKED
    paid = priced(order=evolve(order, spend={"club": 900}), tenders=[club])
    assert [(each.spent, each.amount) for each in paid.tenders] == [(333, euros(999))]
    assert paid.due == euros(1)


def test_tenders_pay_in_their_turn() -> None:
    """By priority, then what expires soonest; an expired or empty one, or one of another currency, pays nothing."""
    soon, late = datetime(2026, 12, 1, tzinfo=BERLIN), datetime(2027, 1, 1, tzinfo=BERLIN)
    tenders = [
        Tender("last", "EUR", 90000, priority=1),
        Tender("late", "EUR", 5000, expires_at=late),
        Tender("soon", "EUR", 5000, expires_at=soon),
        Tender("over", "EUR", 5000, expires_at=NOON),
        Tender("empty", "EUR", 0),
        Tender("dollars", "USD", 5000),
    ]
    found = priced(tenders=tenders)
    assert [(each.tender, each.amount) for each in found.tenders] == [
        ("soon", euros(5000)),
        ("late", euros(5000)),
        ("last", euros(10899)),
    ]
    codes = {verdict.rule: verdict.code for verdict in found.verdicts}
    assert (codes["over"], codes["empty"], codes["dollars"]) == (Code.ENDED, Code.EMPTY, Code.WRONG_CURRENCY)


def test_stored_value_buys_no_stored_value() -> None:
    """A gift card pays the frame, never the next gift card."""
    order = evolve(ORDER, lines=[FRAME, OrderLine("2", "P-GIFT", euros(5000), stored_value=True)])
    found = priced(order=order, tenders=[Tender("gift", "EUR", 90000)])
    assert [line.due for line in found.lines] == [euros(0), euros(5000)]


def test_stored_value_costs_what_it_is_worth() -> None:
    """A discount for everything is none for the gift card, which would be worth more than was paid for it."""
    order = evolve(ORDER, lines=[FRAME, OrderLine("2", "P-GIFT", euros(5000), stored_value=True)])
    found = priced(Rule("half", percent("50")), order=order)
    assert [line.due for line in found.lines] == [euros(9950), euros(5000)]


def test_what_a_single_purpose_voucher_pays_was_taxed_before() -> None:
    """It pays lines of its tax alone, and their tax is that of the rest; a multi-purpose one touches no tax."""
    order = evolve(ORDER, lines=[FRAME, evolve(CLOTH, tax="7")])
    found = priced(order=order, tenders=[Tender("spv", "EUR", 11900, tax="19")])
    assert [(part.key, part.gross, part.tax) for part in found.taxes] == [
        ("19", euros(8000), euros(1277)),
        ("7", euros(999), euros(65)),
    ]
    assert found.lines[1].tendered == euros(0)
    assert priced(order=order, tenders=[Tender("mpv", "EUR", 11900)]).taxes[0].gross == euros(19900)


def test_points_name_what_they_are_earned_on() -> None:
    """By default what the customer pays with money of his own; each part can be named."""
    order = evolve(ORDER, lines=[evolve(FRAME, covered=euros(4900))])
    gift = [Tender("gift", "EUR", 5000)]

    def earned(**on: bool) -> int:
        rules = [Rule("tenth", percent(10)), earning("club", Earning(1, per=euros(100), **on))]
        return priced(*rules, order=order, tenders=gift).earns

    assert earned() == 80
    assert earned(tendered=True) == 130
    assert earned(tendered=True, covered=True) == 179
    assert earned(tendered=True, covered=True, listed=True) == 199
    assert earned(tendered=True, covered=True, net=True) == 150
    assert priced(earning("visit", Earning(7))).earns == 7
