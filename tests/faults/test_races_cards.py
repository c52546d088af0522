"""Rivals at one card, one order and one command key; all of them meet before the first one writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from loyaltycore.cards import CardState, OrderState
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.cards.rules.order import Cancellation, CardOrder
from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.errors import Refused
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.printing import PrintState
from loyaltycore.memory import MemoryStorage
from loyaltycore.outbox.news import Intake
from loyaltycore.ports.storage import Storage
from loyaltycore.work.journal import Activity, CommandTrace, InboxEvent
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once
from tests.conftest import STORAGES
from tests.engines import fresh_database
from tests.faults.meeting import MeetingStorage
from tests.faults.racing import THREADS
from tests.house import House, build_house, dump

pytestmark = pytest.mark.every_engine


@pytest.fixture(params=STORAGES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house with cards set up, on each storage, whose rivals can be made to meet."""
    if request.param == "memory":
        yield _open(MemoryStorage())
        return
    with fresh_database(request.param) as url:
        storage = SqlStorage(url)
        yield _open(storage)
        storage.close()


def _open(storage: Storage) -> House:
    house = build_house(MeetingStorage(storage))
    house.set_up_cards()
    return house


def _rivals(house: House, count: int) -> int:
    """Let the next so many units meet."""
    storage: Any = house.loyalty.storage
    storage.meet(count)
    return count


def _refusals(outcomes: list[Any]) -> Counter[str]:
    return Counter(outcome.code for outcome in outcomes if isinstance(outcome, Refused))


@pytest.mark.parametrize("state", ["active, kept until then", "active, lost", "invalid"])
def test_a_card_is_followed_by_one(house: House, state: str) -> None:
    """Of several who replace one card at once exactly one orders its follower; the others are told who follows."""
    erika = house.customer()
    old = house.desk.cards.activate(house.desk.cards.order(erika.id).card_id)
    if state == "invalid":
        house.desk.cards.invalidate(old.id)
    keep = state.startswith("active, kept")
    count = _rivals(house, 4)
    outcomes = at_once(count, lambda _: house.desk.cards.replace(old.id, keep_until_active=keep))
    assert _refusals(outcomes) == {"card.already_replaced": count - 1}, outcomes
    (order,) = [outcome for outcome in outcomes if isinstance(outcome, CardOrder)]
    followers = [card for card in house.desk.cards.of_customer(erika.id) if card.replaces == old.id]
    assert [card.order_id for card in followers] == [order.id]
    kept = CardState.ACTIVE if keep else CardState.INVALID
    assert house.desk.cards.get(old.id).state is kept


def test_one_key_is_one_order(house: House) -> None:
    """Eight threads send one command under one key at once: one order, one card, and all get that order."""
    erika = house.customer()
    for number in range(3):
        _rivals(house, THREADS)
        desk = house.desk.keyed(f"till-{number}")
        orders = at_once(THREADS, lambda _, desk=desk: desk.cards.order(erika.id))
        assert len(set(orders)) == 1, orders
        assert isinstance(orders[0], CardOrder)
    stored = house.desk.cards.orders_of(erika.id)
    assert len(stored) == len(house.desk.cards.of_customer(erika.id)) == 3
    everything = dump(house.loyalty)
    assert len(everything["outbox"]) == 6
    traces = [command for command in everything["commands"] if isinstance(command, CommandTrace)]
    assert Counter(command.name for command in traces)["cards.order"] == 3


def test_one_key_is_one_replacement(house: House) -> None:
    """The same for a command that a second run would refuse: nobody hears of that refusal."""
    erika = house.customer()
    old = house.desk.cards.activate(house.desk.cards.order(erika.id).card_id)
    _rivals(house, THREADS)
    desk = house.desk.keyed("till-1")
    orders = at_once(THREADS, lambda _: desk.cards.replace(old.id, reason="lost"))
    assert len(set(orders)) == 1, orders
    assert len(house.desk.cards.orders_of(erika.id)) == 2


def test_activating_meets_invalidating(house: House) -> None:
    """Whichever comes first, an invalidated card is never in use afterwards, and the activities tell the same story."""
    erika = house.customer()
    for _ in range(4):
        card_id = house.desk.cards.order(erika.id).card_id
        _rivals(house, 2)

        def act(number: int, card_id: str = card_id) -> CustomerCard:
            cards = house.desk.cards
            return cards.invalidate(card_id) if number else cards.activate(card_id)

        activated, invalidated = at_once(2, act)
        after = house.desk.cards.get(card_id)
        assert isinstance(invalidated, CustomerCard)
        assert after.state is CardState.INVALID
        story = [activity.action for activity in house.desk.activities.of_record("cards", card_id)]
        if isinstance(activated, Refused):
            assert (activated.code, after.activated_at, story) == (
                "card.not_ordered",
                None,
                ["card.invalidated"],
            )
        else:
            assert after.activated_at is not None
            assert story == ["card.activated", "card.invalidated"]


def test_cancelling_meets_the_vendors_news(house: House) -> None:
    """An order is cancelled while the vendor reports that it is made: the card is out of use, the vendor is asked."""
    erika = house.customer()
    for _ in range(4):
        order = house.desk.cards.order(erika.id)
        house.loyalty.deliver()
        event = house.printer.move(order.id, PrintState.IN_PRODUCTION)
        _rivals(house, 2)

        def act(number: int, order: CardOrder = order, event: Any = event) -> Any:
            if number:
                return house.desk.cards.cancel_order(order.id)
            return VendorNews(house.desk)._take(event)

        news, cancelled = at_once(2, act)
        assert news == Intake(taken=1)
        assert isinstance(cancelled, CardOrder)
        after = house.desk.cards.get_order(order.id)
        assert after.cancellation is Cancellation.REQUESTED
        assert after.production is PrintState.IN_PRODUCTION
        assert house.desk.cards.get(order.card_id).state is CardState.CANCELLED
        house.loyalty.deliver()
        assert house.desk.cards.get_order(order.id).cancellation is Cancellation.REFUSED


@pytest.mark.parametrize("before", ["nothing", "what came after it", "the same by a look-up"])
def test_one_event_is_taken_in_once(house: House, before: str) -> None:
    """Eight threads hand in one event of the vendor at once: one of them takes it in, and its effect is there once.

    One that says what was looked up already changes no order by whose version the rivals could see one another.
    """
    erika = house.customer()
    order = house.desk.cards.order(erika.id)
    house.loyalty.deliver()
    news = VendorNews(house.desk)
    event = house.printer.move(order.id, PrintState.DISPATCHED)
    if before == "what came after it":
        news._take(house.printer.move(order.id, PrintState.DELIVERED))
    elif before == "the same by a look-up":
        assert news._ask(house.printer).taken == 1
    _rivals(house, THREADS)
    taken = at_once(THREADS, lambda _: news._take(event))
    assert Counter(taken) == {Intake(taken=1): 1, Intake(repeated=1): THREADS - 1}
    with house.loyalty.storage.transaction(read_only=True) as tx:
        assert tx.count(InboxEvent, Query(stored("event_id") == event.event_id)) == 1
        actions = Counter(a.action for a in tx.find(Activity, Query()) if a.customer_id == erika.id)
    assert actions["card_order.dispatched"] == 1
    assert actions["card.active"] == 1


def test_cancelling_meets_submitting(house: House) -> None:
    """A worker takes an order to the vendor while it is cancelled: withdrawn here, or called back there; never left."""
    erika = house.customer()
    outcomes: Counter[str] = Counter()
    for _ in range(6):
        order = house.desk.cards.order(erika.id)
        _rivals(house, 2)

        def act(number: int, order: CardOrder = order) -> Any:
            return house.desk.cards.cancel_order(order.id) if number else house.loyalty.deliver()

        results = at_once(2, act)
        assert not [result for result in results if isinstance(result, Exception)], results
        house.loyalty.deliver()
        house.clock.advance(seconds=5)  # a wish to cancel waits a second where the print order was on its way
        house.loyalty.deliver()
        after = house.desk.cards.get_order(order.id)
        assert (after.state, after.cancellation) == (OrderState.CANCELLED, Cancellation.CONFIRMED)
        status = house.printer.statuses.get(order.id)
        assert status is None or status.state is PrintState.CANCELLED
        outcomes["called back" if status else "withdrawn"] += 1
    assert not _pending(house)


def _pending(house: House) -> list[OutboxMessage]:
    messages = [m for m in dump(house.loyalty)["outbox"] if isinstance(m, OutboxMessage)]
    return [m for m in messages if m.state in {MessageState.PENDING, MessageState.DEAD}]
