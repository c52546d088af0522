"""Cancelling card orders: at once before production, later as a request; out of use here whatever the vendor does."""

from __future__ import annotations

import pytest

from loyaltycore import Refused
from loyaltycore.cards import (
    Cancellation,
    CardStanding,
    CardState,
    OrderState,
)
from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.kernel.printing import PrintState
from loyaltycore.ports.card_printing import CancelOutcome, CancelReceipt
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.work.session import own_session
from tests.house import House, dump
from tests.services.steps import ordered, report


def test_cancelling_before_delivery_withdraws_everything_at_once(house: House) -> None:
    """F42: before the vendor has the order it is cancelled at once, the card with it, and no print order leaves."""
    order, card = ordered(house)
    after = house.desk.cards.cancel_order(order.id, reason="falscher Kunde")
    assert (after.state, after.cancellation) == (OrderState.CANCELLED, Cancellation.CONFIRMED)
    assert (after.cancelled_by, after.cancel_reason, after.cancelled_at) == (
        "anna",
        "falscher Kunde",
        house.clock.now(),
    )
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    assert str(after.costs_due) == "0.00 EUR"
    house.loyalty.deliver()
    assert house.printer.orders == {}


def test_cancelling_before_production_asks_the_vendor_and_counts_at_once(house: House) -> None:
    """The vendor has the order but has made nothing: cancelled here now, confirmed when the vendor has answered."""
    order, card = ordered(house)
    house.loyalty.deliver()
    after = house.desk.cards.cancel_order(order.id)
    assert (after.state, after.cancellation) == (OrderState.CANCELLED, Cancellation.REQUESTED)
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    house.loyalty.deliver()
    after = house.desk.cards.get_order(order.id)
    assert (after.cancellation, after.production) == (Cancellation.CONFIRMED, PrintState.CANCELLED)


def test_cancelling_in_production_is_a_request_that_may_be_refused(house: House) -> None:
    """In production the order goes on until the vendor answers; the card is out of use here whatever the answer."""
    order, card = ordered(house)
    house.loyalty.deliver()
    report(house, order, PrintState.IN_PRODUCTION)
    after = house.desk.cards.cancel_order(order.id)
    assert (after.state, after.cancellation) == (OrderState.IN_PRODUCTION, Cancellation.REQUESTED)
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    house.loyalty.deliver()
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.REFUSED
    report(house, order, PrintState.DISPATCHED)
    after = house.desk.cards.get_order(order.id)
    assert (after.state, str(after.costs_due)) == (OrderState.DISPATCHED, "2.95 EUR")
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    assert house.desk.cards.present(card.number).standing is CardStanding.CANCELLED


def test_cancelling_twice_is_refused(house: House) -> None:
    """F42: a second cancellation is an error and changes nothing."""
    order, _ = ordered(house)
    house.desk.cards.cancel_order(order.id)
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.cancel_order(order.id)
    assert refusal.value.code == "card_order.already_cancelled"
    assert dump(house.loyalty) == before


def test_cancelling_an_order_whose_submission_got_no_answer_asks_the_vendor(house: House) -> None:
    """A message that was tried may have arrived: it is withdrawn here, and the vendor is asked to cancel."""
    order, _ = ordered(house)
    house.printer.answers.append(DeliveryStatus.UNKNOWN)
    house.loyalty.deliver()
    house.desk.cards.cancel_order(order.id)
    house.clock.advance(hours=2)
    house.loyalty.deliver()
    assert house.printer.statuses[order.id].state is PrintState.CANCELLED
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.CONFIRMED


def test_a_confirmed_cancellation_is_corrected_when_the_card_comes_all_the_same(house: House) -> None:
    """The vendor said cancelled and then dispatched: the order is due, the card stays out of use."""
    order, card = ordered(house)
    house.loyalty.deliver()
    house.desk.cards.cancel_order(order.id)
    house.loyalty.deliver()
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.CONFIRMED
    report(house, order, PrintState.DISPATCHED)
    after = house.desk.cards.get_order(order.id)
    assert (after.cancellation, str(after.costs_due)) == (Cancellation.REFUSED, "2.95 EUR")
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED


def test_a_vendor_that_is_only_asked_still_resolves_a_cancellation(house: House) -> None:
    """Without events the open wish to cancel is looked up too, although the order is cancelled here already."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    house.printer.cancel = lambda _: CancelReceipt(CancelOutcome.REQUESTED)  # thinks about it
    house.desk.cards.cancel_order(order.id)
    house.loyalty.deliver()
    house.printer.move(order.id, PrintState.DISPATCHED)
    news = VendorNews(own_session(house.loyalty, "card vendor"))
    assert news._ask(house.printer).taken == 1
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.REFUSED


def test_what_a_vendor_has_said_before_is_no_news(house: House) -> None:
    """An order that is looked up again and has not moved since is not written again."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    house.printer.move(order.id, PrintState.IN_PRODUCTION)
    news = VendorNews(own_session(house.loyalty, "card vendor"))
    assert news._ask(house.printer).taken == 1
    before = dump(house.loyalty)
    assert news._ask(house.printer).taken == 0
    assert dump(house.loyalty) == before
