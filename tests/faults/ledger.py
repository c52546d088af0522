"""The reckoning after a soak: what the tills were told, what is stored, what was printed and what was mailed."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from attrs import frozen

from loyaltycore import Loyalty
from loyaltycore.cards import CardState, OrderState
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.cards.rules.order import Cancellation, CardOrder
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.printing import PrintState
from loyaltycore.storing.codec import to_json
from loyaltycore.work.journal import Activity, CommandTrace, InboxEvent
from tests.adapters.email.servers import MailServer
from tests.faults.tills import Till
from tests.house import dump

ID_LENGTH = 36

_REPEATED = """
    SELECT COUNT(*) FROM (SELECT event FROM deliveries GROUP BY event HAVING SUM(attempts) > 1)
"""


class VendorBooks:
    """The vendor's own books, read behind its back; `repeated` counts events for which it called more than once."""

    def __init__(self, database: Path) -> None:
        with sqlite3.connect(database) as connection:
            rows = connection.execute("SELECT reference, state, revision FROM orders").fetchall()
            self.orders = Counter(reference for reference, _, _ in rows)
            self.states = {reference: state for reference, state, _ in rows}
            self.revisions = {reference: revision for reference, _, revision in rows}
            self.prints = Counter(row[0] for row in connection.execute("SELECT reference FROM prints"))
            events = connection.execute("SELECT id, body FROM events").fetchall()
            self.events = {event: json.loads(body)["data"] for event, body in events}
            self.repeated = connection.execute(_REPEATED).fetchone()[0]
            self.calls = connection.execute("SELECT COALESCE(SUM(attempts), 0) FROM deliveries").fetchone()[0]
        connection.close()


@frozen
class Ledger:
    """Everything that has to agree."""

    tills: list[Till]
    """What the tills were told."""
    vendor: VendorBooks
    stored: dict[str, list[Any]]
    """What is stored, by table."""
    mails: Counter[str]
    """How many copies of each confirmation arrived, by Message-ID."""

    @classmethod
    def read(cls, loyalty: Loyalty, tills: list[Till], database: Path, mail: MailServer) -> Ledger:
        """Read all of it."""
        stored = dump(loyalty)
        customers: list[Customer] = [c for c in stored["customers"] if isinstance(c, Customer)]
        mails: Counter[str] = Counter()
        for customer in customers:
            for arrived in mail.inbox(customer.email):
                mails[arrived.header("Message-ID")] += 1
        return cls(tills, VendorBooks(database), stored, mails)

    def check(self) -> None:
        """Find everything once, and in its right final state."""
        self._check_what_was_told()
        for order in self.stored["card_orders"]:
            self._check_order(order)
        self._check_traces()

    def twice(self) -> int:
        """How many mails arrived once too often."""
        return self.mails.total() - len(self.mails)

    def most_attempts(self) -> int:
        """How often the most unlucky message was tried."""
        messages: list[OutboxMessage] = self.stored["outbox"]
        return max(message.attempts for message in messages)

    def out_of_order(self) -> int:
        """How many events were taken in after a later one of their order."""
        latest: Counter[str] = Counter()
        late = 0
        for taken in sorted(self.stored["inbox"], key=lambda taken: taken.id):
            order = self.vendor.events[taken.event_id]
            late += order["revision"] < latest[order["reference"]]
            latest[order["reference"]] = max(latest[order["reference"]], order["revision"])
        return late

    def _check_what_was_told(self) -> None:
        """Every order that a till was told of is stored once, with one card; no number is missing or given twice."""
        told = sorted(order for till in self.tills for order in till.orders)
        assert sorted(order.id for order in self.stored["card_orders"]) == told
        assert sorted(card.order_id for card in self.stored["cards"]) == told
        given = sorted(number for till in self.tills for number in till.numbers)
        pattern = NumberPattern.parse(NUMBER_PATTERN.default)
        assert given == sorted(pattern.render(2026, n) for n in range(1, len(given) + 1))
        assert sorted(customer.number for customer in self.stored["customers"]) == given
        # Nothing is at the vendor that was never ordered, and nothing is there twice.
        assert self.vendor.orders.keys() <= set(told)
        assert set(self.vendor.orders.values()) == {1}
        assert set(self.vendor.prints.values()) == {1}
        # One Message-ID for each order, whose id it begins with, however many copies of the mail there are.
        assert sorted(_order_of(message_id) for message_id in self.mails) == told

    def _check_order(self, order: CardOrder) -> None:
        (card,) = [card for card in self.stored["cards"] if card.order_id == order.id]
        if any(order.id in till.cancelled for till in self.tills):
            self._check_cancelled(order, card)
            return
        assert (order.state, order.cancellation) == (OrderState.DELIVERED, Cancellation.NONE), order
        assert (card.state, card.ended_at) == (CardState.ACTIVE, None)
        assert self.vendor.prints[order.id] == 1, f"{order.id} was not printed"
        assert self.vendor.revisions[order.id] == order.vendor_revision

    def _check_cancelled(self, order: CardOrder, card: CustomerCard) -> None:
        """Confirmed: no card was made. Refused: one was, and it is out of use here."""
        assert card.state is CardState.CANCELLED
        assert order.cancellation in {Cancellation.CONFIRMED, Cancellation.REFUSED}, order
        if order.cancellation is Cancellation.CONFIRMED:
            assert order.state is OrderState.CANCELLED
            assert not self.vendor.prints[order.id]
            assert self.vendor.states.get(order.id, "cancelled") == "cancelled"
        else:
            assert self.vendor.prints[order.id] == 1
            assert order.production is PrintState.DELIVERED

    def _check_traces(self) -> None:
        """The outbox is empty, nothing was given up, every event was taken in once, nobody said anything twice."""
        messages: list[OutboxMessage] = self.stored["outbox"]
        assert {message.state for message in messages} <= {MessageState.DONE, MessageState.WITHDRAWN}
        withdrawn = {m.about_key for m in messages if m.state is MessageState.WITHDRAWN}
        assert withdrawn <= {order for till in self.tills for order in till.cancelled}
        taken = [event.event_id for event in self.stored["inbox"] if isinstance(event, InboxEvent)]
        assert sorted(taken) == sorted(self.vendor.events)
        activities = [each for each in self.stored["activities"] if isinstance(each, Activity)]
        # Two late reports of one state change nothing, and look alike: they are counted instead.
        reports = [activity for activity in activities if _is_report(activity)]
        told = Counter(activity.subject_id for activity in reports)
        kept = {order.id: len(order.dealings.reports) for order in self.stored["card_orders"]}
        assert told == Counter(kept)
        said = Counter(
            (activity.action, activity.subject_id, activity.actor, to_json(activity.changes))
            for activity in activities
            if activity not in reports
        )
        assert set(said.values()) == {1}
        traces = Counter(trace.name for trace in self.stored["commands"] if isinstance(trace, CommandTrace))
        assert traces["cards.order"] == len(self.stored["card_orders"])
        assert traces["customers.create"] == len(self.stored["customers"])


def _is_report(activity: Activity) -> bool:
    """Whether it tells what the vendor said about an order."""
    table, _, word = activity.action.partition(".")
    return (
        table == "card_order"
        and word in {state.value for state in PrintState}
        and activity.actor in {"card vendor", "outbox"}
    )


def _order_of(message_id: str) -> str:
    return message_id.removeprefix("<")[:ID_LENGTH]
