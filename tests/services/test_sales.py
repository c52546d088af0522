"""Orders at a till: quoted, reserved, settled, refunded."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.programs import (
    DiscountTerms,
    StoredValueTerms,
)
from loyaltycore.sales import Code, ReservationState
from tests.house import House, dump
from tests.services.programs import card_of, define
from tests.services.sales import CLUB, FRAME, euros, gift, left, order


@pytest.fixture
def erika(house: House) -> str:
    house.set_up_cards()
    return house.customer().id


def test_a_discount_joins_by_card_and_by_hand(house: House, erika: str) -> None:
    """F3: ten percent on accessories enters the quote by the card presented, and named by hand."""
    define(house.desk, "accessories", DiscountTerms(10, groups=["accessories"]))
    card = card_of(house, erika)
    mine = house.desk.programs.assign(erika, "accessories", card=card.id)
    assert house.desk.sales.quote(order(erika)).discount == euros(0)
    for by in ({"card": card.id}, {"programs": [mine.id]}):
        found = house.desk.sales.quote(order(erika, **by))
        assert found.discount == euros(100)
        assert found.discounts[0].title == "Accessories"
    house.desk.cards.invalidate(card.id, reason="lost")
    assert house.desk.sales.quote(order(erika, card=card.id)).discount == euros(0)
    assert house.desk.sales.quote(order(erika, programs=[mine.id])).discount == euros(100)


def test_only_what_is_the_customers_own_joins(house: House, erika: str) -> None:
    """Somebody else's program or card is refused, an ended program too."""
    define(house.desk, "accessories", DiscountTerms(10))
    other = house.customer(first_name="Max").id
    card = card_of(house, other)
    his = house.desk.programs.assign(other, "accessories")
    for by in ({"card": card.id}, {"programs": [his.id]}):
        with pytest.raises(Refused) as caught:
            house.desk.sales.quote(order(erika, **by))
        assert caught.value.code == "sale.other_customer"
    mine = house.desk.programs.assign(erika, "accessories")
    house.desk.programs.end(mine.id)
    with pytest.raises(Refused) as caught:
        house.desk.sales.quote(order(erika, programs=[mine.id]))
    assert caught.value.code == "program.ended"


def test_a_sale_spends_and_earns_once(house: House, erika: str) -> None:
    """50.00 of a gift and 500 points pay, the rest earns points; the same order settled again changes nothing."""
    define(house.desk, "club", CLUB)
    define(house.desk, "gift", StoredValueTerms("EUR"))
    club = house.desk.programs.assign(erika, "club", value=800)
    mine = gift(house, erika, 5000)
    bought = order(erika, programs=[mine.id], spend={"club": 500})
    shown = house.desk.sales.quote(bought)
    assert (shown.due, shown.earns) == (euros(15399), 153)
    sale = house.desk.sales.settle(bought, expect=shown.digest)
    assert house.desk.sales.settle(bought) == sale
    assert (sale.due, left(house, mine), left(house, club)) == (15399, 0, 300 + 153)
    assert house.desk.sales.settlement("R-42") == sale
    assert house.desk.sales.of_customer(erika) == (sale,)
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(order(erika, FRAME))
    assert caught.value.code == "settlement.differs"


def test_a_price_that_changed_is_told(house: House, erika: str) -> None:
    """Whoever settles with the digest of an older quote hears the new price."""
    define(house.desk, "gift", StoredValueTerms("EUR"))
    mine = gift(house, erika, 5000)
    bought = order(erika, programs=[mine.id])
    shown = house.desk.sales.quote(bought)
    house.desk.programs.use(mine.id, quantity=euros(1000))
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(bought, expect=shown.digest)
    assert (caught.value.code, caught.value.facts["due"]) == ("quote.changed", euros(16899))
    again = house.desk.sales.quote(bought)
    assert house.desk.sales.settle(bought, expect=again.digest).due == 16899


def test_what_is_reserved_is_there_when_it_is_paid(house: House, erika: str) -> None:
    """Another order finds nothing left of it; its own order quotes and settles as it was."""
    define(house.desk, "gift", StoredValueTerms("EUR"))
    mine = gift(house, erika, 5000)
    bought, other = order(erika, programs=[mine.id]), order(erika, number="R-43", programs=[mine.id])
    held = house.desk.sales.reserve(bought)
    assert house.desk.sales.reserve(bought) == held
    assert house.desk.sales.quote(other).tendered == euros(0)
    shown = house.desk.sales.quote(bought)
    assert shown.tendered == euros(5000)
    assert house.desk.sales.lock(held.id).state is ReservationState.LOCKED
    sale = house.desk.sales.settle(bought, reservation=held.id, expect=shown.digest)
    assert (sale.due, left(house, mine)) == (15899, 0)
    assert house.desk.sales.reservation(held.id).state is ReservationState.SETTLED
    assert house.desk.programs.balance(mine.id).held == 0
    with pytest.raises(Refused) as caught:
        house.desk.sales.reserve(bought)
    assert caught.value.code == "reservation.settled"


def test_a_reservation_ends(house: House, erika: str) -> None:
    """Released, or by the clock; then an order pays like any other, and can reserve anew."""
    define(house.desk, "gift", StoredValueTerms("EUR"))
    mine = gift(house, erika, 5000)
    bought, other = order(erika, programs=[mine.id]), order(erika, number="R-43", programs=[mine.id])
    released = house.desk.sales.release(house.desk.sales.reserve(bought).id)
    assert released.state is ReservationState.RELEASED
    assert house.desk.sales.release(released.id) == released
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(bought, reservation=released.id)
    assert caught.value.code == "reservation.ended"
    slow = house.desk.sales.reserve(bought, minutes=1)
    house.clock.advance(seconds=61)
    with pytest.raises(Refused, match="is over"):
        house.desk.sales.lock(slow.id)
    house.desk.sales.settle(other)
    assert house.desk.sales.reserve(bought).id != slow.id
    assert house.desk.sales.settle(bought).due == 20899


def test_one_order_has_one_reservation(house: House, erika: str) -> None:
    """With other lines it is refused, and a reservation serves its own order alone."""
    define(house.desk, "gift", StoredValueTerms("EUR"))
    gift(house, erika, 5000)
    held = house.desk.sales.reserve(order(erika, spend={"gift": 100}))
    with pytest.raises(Refused) as caught:
        house.desk.sales.reserve(order(erika, FRAME))
    assert caught.value.code == "reservation.differs"
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(order(erika, number="R-43"), reservation=held.id)
    assert caught.value.code == "reservation.other_order"


def test_refunds_give_back_what_was_paid(house: House, erika: str) -> None:
    """Bit by bit: money, stored value into its own lots, points earned are taken back; never more than was bought."""
    define(house.desk, "club", CLUB)
    define(house.desk, "gift", StoredValueTerms("EUR"))
    club = house.desk.programs.assign(erika, "club")
    mine = gift(house, erika, 5000)
    sale = house.desk.sales.settle(order(erika, programs=[mine.id]))
    refunds = [
        house.desk.sales.refund("R-42", "G-1", {"2": 2}, reason="too large"),
        house.desk.sales.refund("R-42", "G-2", {"1": 1}),
        house.desk.sales.refund("R-42", "G-3"),
    ]
    assert house.desk.sales.refund("R-42", "G-3") == refunds[-1]
    assert sum(refund.due.amount for refund in refunds) == sale.due == 15899
    assert sum(refund.tenders[0].units for refund in refunds) == 5000
    assert (left(house, mine), house.desk.programs.balance(club.id).balance) == (5000, 0)
    with pytest.raises(Refused) as caught:
        house.desk.sales.refund("R-42", "G-4", {"1": 1})
    assert caught.value.code == "refund.too_many"
    with pytest.raises(NotFound):
        house.desk.sales.refund("R-99", "G-1")


def test_points_that_are_spent_are_owed(house: House, erika: str) -> None:
    """Whoever spent what a returned order had earned owes it, and the next order pays it first."""
    define(house.desk, "club", CLUB)
    club = house.desk.programs.assign(erika, "club")
    house.desk.sales.settle(order(erika))
    house.desk.programs.use(club.id, quantity=208)
    house.desk.sales.refund("R-42", "G-1")
    balance = house.desk.programs.balance(club.id)
    assert (balance.available, balance.owed) == (0, 208)
    house.desk.sales.settle(order(erika, number="R-43"))
    assert house.desk.programs.balance(club.id).owed == 0


def test_a_quote_says_why(house: House, erika: str) -> None:
    """Points pay only if the order names them, and the quote says so."""
    define(house.desk, "club", CLUB)
    club = house.desk.programs.assign(erika, "club", value=800)
    verdict = house.desk.sales.quote(order(erika)).verdict(club.id)
    assert verdict is not None
    assert (verdict.code, verdict.say("de")) == (Code.NOT_ASKED, "Club zahlt nur, wenn der Auftrag es nennt.")


def test_everything_wrong_with_a_sale_is_said(house: House, erika: str) -> None:
    """What is no order, and what is odd about one."""
    with pytest.raises(InvalidInput, match="must be an Order"):
        house.desk.sales.quote("R-42")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InvalidInput) as caught:
        house.desk.sales.settle(order(erika, evolve(FRAME, quantity=0)))
    assert caught.value.fields == ("order.lines[0].quantity",)
    with pytest.raises(InvalidInput):
        house.desk.sales.reserve(order(erika), minutes=0)


def test_a_quote_touches_nothing_and_is_what_is_settled(house: House, erika: str) -> None:
    """Laws 25 and 26: quoting stores nothing, and what is settled is what was quoted, to the unit."""
    define(house.desk, "club", CLUB)
    define(house.desk, "gift", StoredValueTerms("EUR"))
    define(house.desk, "accessories", DiscountTerms(10, groups=["accessories"]))
    house.desk.programs.assign(erika, "club", value=100)
    joined = [gift(house, erika, 5000).id, house.desk.programs.assign(erika, "accessories").id]
    bought = order(erika, programs=joined, spend={"club": 70})
    before = dump(house.loyalty)
    shown = house.desk.sales.quote(bought)
    assert dump(house.loyalty) == before
    sale = house.desk.sales.settle(bought)
    assert [line.units for line in sale.lines] == [line.units for line in shown.lines]
    assert (sale.due, sale.taxes, sale.discounts) == (shown.due.amount, shown.taxes, shown.discounts)
    assert [sum(draw.units for draw in each.draws) for each in sale.tenders] == [
        each.spent for each in shown.tenders
    ]
    assert [award.points for award in sale.awards] == [each.points for each in shown.earned]
