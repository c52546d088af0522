"""The law of the vendor's news once more, on the real way: webhooks, the list of events, look-ups and answers, mixed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings, strategies as st

from loyaltycore.cards import CardOrder, CardState, OrderState
from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.kernel.printing import PrintEvent, PrintOrder, PrintState, PrintStatus
from loyaltycore.memory import CountedIds, MemoryCardPrinter, SeededTokens
from loyaltycore.ports.card_printing import EventPage, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.work.journal import Activity, InboxEvent
from loyaltycore.work.session import own_session
from tests.domain.cards.samples import news
from tests.domain.cards.telling import babble, histories
from tests.house import House, build_house, dump
from tests.services.steps import ordered


class Teller(MemoryCardPrinter):
    """Says what a test has told it to say, by every way that there is."""

    def __init__(self, told: list[PrintStatus], ids: list[str]) -> None:
        super().__init__("teller")
        self.told, self.ids = told, ids
        self.listed: list[int] = []
        """What the list of events holds so far."""
        self.page = 100
        self.answer = self.found = 0
        """What it answers to an order, and to a look-up."""

    def _says(self, number: int) -> PrintStatus:
        return evolve(self.told[number], reference=next(iter(self.orders)))

    def _event(self, number: int) -> PrintEvent:
        return PrintEvent(self.source, self.ids[number], self._says(number))

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Take it."""
        self.orders[order.reference] = order
        return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED), self._says(self.answer))

    def find(self, reference: str) -> PrintStatus | None:
        """Look it up."""
        return self._says(self.found)

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read a page, however short."""
        start = int(cursor or 0)
        end = min(len(self.listed), start + self.page)
        events = tuple(self._event(number) for number in self.listed[start:end])
        return EventPage(events, str(end), end < len(self.listed))

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Believe everything."""
        return tuple(self._event(number) for number in json.loads(body))


@frozen
class Step:
    """Some news by one way."""

    way: str
    numbers: tuple[int, ...]
    page: int = 1


def _take(house: House, teller: Teller, step: Step) -> None:
    if step.way == "webhook":
        house.loyalty.receive_webhook("card-printer", {}, json.dumps(step.numbers).encode())
    elif step.way == "list":
        teller.page = step.page
        teller.listed += step.numbers
        house.loyalty.catch_up()
    else:
        teller.found = step.numbers[0]
        VendorNews(own_session(house.loyalty, "card vendor"))._ask(teller)


def _tell(
    told: list[PrintStatus], ids: list[str], answer: int, steps: list[Step]
) -> tuple[object, object, set[object], set[object]]:
    """The order, its card, the events taken in and the activities about the order, after some steps."""
    teller = Teller(told, ids)
    teller.answer = answer
    house = build_house(card_printer=teller, ids=CountedIds(), tokens=SeededTokens())
    order, card = ordered(house)
    house.loyalty.deliver()
    for step in steps:
        _take(house, teller, step)
    kept: dict[str, list[Any]] = dump(house.loyalty)
    taken = {(event.source, event.event_id) for event in kept["inbox"] if isinstance(event, InboxEvent)}
    done = {
        (activity.action, activity.comment)
        for activity in kept["activities"]
        if isinstance(activity, Activity) and activity.subject_table == "card_orders"
    }
    after = (house.desk.cards.get_order(order.id), house.desk.cards.get(card.id))
    return (*(evolve(record, version=1) for record in after), taken, done)


@st.composite
def tours(draw: st.DrawFn, told: list[PrintStatus]) -> list[Step]:
    """All news by webhook or list, in any order, in portions of any size, with look-ups between them."""
    numbers = draw(st.permutations(range(len(told))))
    steps = []
    for portion in _portions(list(numbers), draw(st.integers(1, len(told)))):
        steps.append(Step(draw(st.sampled_from(["webhook", "list"])), portion, draw(st.integers(1, 3))))
        if draw(st.booleans()):
            steps.append(Step("look-up", (draw(st.integers(0, len(told) - 1)),)))
    if draw(st.booleans()):
        steps.append(Step(draw(st.sampled_from(["webhook", "list"])), tuple(draw(st.permutations(numbers)))))
    return steps


def _portions(numbers: list[int], size: int) -> list[tuple[int, ...]]:
    return [tuple(numbers[start : start + size]) for start in range(0, len(numbers), size)]


@settings(max_examples=150)
@given(told=histories() | babble(), same_ids=st.booleans(), data=st.data())
def test_the_end_does_not_depend_on_the_ways_of_the_news(
    told: list[PrintStatus], data: st.DataObject, *, same_ids: bool
) -> None:
    """By any way, in any portions, with any event ids: the same order, card, events taken in, and activities."""
    ids = ["same"] * len(told) if same_ids else [f"e{number}" for number in range(len(told))]
    plain = [Step("webhook", (number,)) for number in range(len(told))]
    answer = data.draw(st.integers(0, len(told) - 1))
    assert _tell(told, ids, answer, data.draw(tours(told))) == _tell(told, ids, 0, plain)


@pytest.mark.parametrize("facts", [{"revision": "3"}, {"occurred_at": None}])
def test_a_look_up_that_cannot_be_kept_holds_up_no_other(house: House, facts: dict[str, Any]) -> None:
    """One order about which an adapter answers nonsense: it stays as it is, and the next one moves."""
    (bad, _), (good, _) = ordered(house), ordered(house)
    house.loyalty.deliver()
    for order in (bad, good):
        house.printer.move(order.id, PrintState.DISPATCHED)
    house.printer.statuses[bad.id] = evolve(house.printer.statuses[bad.id], **facts)
    taken = VendorNews(own_session(house.loyalty, "card vendor"))._ask(house.printer)
    assert (taken.taken, taken.unknown) == (1, 1)
    states = [house.desk.cards.get_order(order.id).state for order in (bad, good)]
    assert states == [OrderState.PLACED, OrderState.DISPATCHED]


def test_a_look_up_that_lags_behind_tells_its_facts(house: House) -> None:
    """Asked a server that is behind, a vendor tells an older report: it moves nothing, and what it knows is kept."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    house.printer.move(order.id, PrintState.DISPATCHED)
    behind = house.printer.statuses[order.id]
    house.printer.move(order.id, PrintState.IN_PRODUCTION)
    asking = VendorNews(own_session(house.loyalty, "card vendor"))
    assert asking._ask(house.printer).taken == 1
    house.printer.statuses[order.id] = behind
    assert [asking._ask(house.printer).taken for _ in range(2)] == [1, 0]
    after = house.desk.cards.get_order(order.id)
    assert (after.state, after.dispatched_at) == (OrderState.IN_PRODUCTION, behind.occurred_at)


@pytest.mark.every_engine
def test_what_the_vendor_said_is_kept_with_the_order(house: House) -> None:
    """A report that only a later one has overtaken still gives its facts, after the storage was written and read."""
    order, card = ordered(house)
    house.loyalty.deliver()
    taking = VendorNews(own_session(house.loyalty, "card vendor"))
    sent, back = (
        PrintEvent("vendor", name, evolve(news(state, revision, **facts), reference=order.id))
        for name, state, revision, facts in (
            ("sent", PrintState.DISPATCHED, 3, {"tracking": "DHL 1"}),
            ("back", PrintState.RETURNED, 4, {"reason": "unknown \N{EURO SIGN}"}),
        )
    )
    taking._take(back)
    assert house.desk.cards.get_order(order.id).dispatched_at is None
    taking._take(sent)
    after: CardOrder = house.desk.cards.get_order(order.id)
    assert (after.state, after.reason, after.tracking) == (OrderState.RETURNED, "unknown €", "DHL 1")
    assert after.dispatched_at == sent.status.occurred_at
    assert [report.revision for report in after.dealings.reports] == [1, 3, 4]
    assert house.desk.cards.get(card.id).state is CardState.ACTIVE
