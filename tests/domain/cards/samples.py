"""An order, its card and the message that carries it, as the rules of cards take them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from attrs import evolve

from loyaltycore.cards import Cancellation, CardOrder, CardState, CustomerCard, DeliveryTarget, OrderState
from loyaltycore.cards.rules.order_service import CardOrderService
from loyaltycore.cards.rules.ordering import Fresh, Place
from loyaltycore.cards.rules.production import apply_status
from loyaltycore.cards.rules.settling import settled
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.calendar import WeekdayCalendar
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.printing import PostalAddress, PrintState, PrintStatus
from tests.house import BASIC, COSTS, GOLD, HOME, SHOP

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
ORDER = CardOrder(
    id="o1",
    customer_id="c1",
    card_id="k1",
    service_id="chain",
    branch_id="berlin",
    template="gold",
    product="gold",
    valid_until=None,
    comment="",
    target=DeliveryTarget.CUSTOMER,
    recipient=PostalAddress("Erika", ("Weg 1",), "10115", "Berlin", "DE"),
    costs=COSTS,
    state=OrderState.PLACED,
    ordered_at=NOW,
    ordered_by="anna",
    expected_dispatch=date(2026, 1, 16),
)
CARD = CustomerCard("k1", "1", "c1", "o1", "gold", CardState.ORDERED, None, "", NOW)
OLD_CARD = CustomerCard("k0", "0", "c1", "o0", "gold", CardState.ACTIVE, None, "", NOW, activated_at=NOW)
MESSAGE = OutboxMessage(
    id="m1",
    kind="card_print.submit",
    key="o1.submit",
    payload="{}",
    state=MessageState.PENDING,
    due_at=NOW,
    created_at=NOW,
    about_table="card_orders",
    about_key="o1",
    customer_id="c1",
)

BRANCH = Branch("berlin", "Optik Berlin", address=SHOP, email="laden@example.org")
PLACE = Place(branch=BRANCH, actor="anna", now=NOW, calendar=WeekdayCalendar())
FRESH = Fresh(order_id="o1", card_id="k1", card_number="1234567812345670")
SERVICE = CardOrderService("chain", "Kartendruck GmbH", templates=(GOLD, BASIC), costs=COSTS)
CUSTOMER = Customer(
    id="c1",
    number="4711",
    last_name="Mustermann",
    first_name="Erika",
    company="",
    sort_name="mustermann",
    created_at=NOW,
    email="erika@example.org",
    language="de",
    addresses=(HOME,),
)


def news(state: PrintState | None, revision: int = 1, **facts: Any) -> PrintStatus:
    """What the vendor says about the order; its own word is the shared one in capitals."""
    word = state.value.upper() if state else "TELEPORTED"
    given = {"reference": "o1", "vendor_id": "v1", "raw_state": word, "occurred_at": LATER, **facts}
    return PrintStatus(revision=revision, state=state, **given)


def told(*said: PrintStatus, order: CardOrder = ORDER) -> CardOrder:
    """The order after some news."""
    for status in said:
        order = apply_status(order, CARD, None, status, LATER).result
    return order


def wished(wish: Cancellation, order: CardOrder = ORDER) -> CardOrder:
    """The order after our request to cancel, of which this has become by the answer to the request."""
    return settled(evolve(order, dealings=evolve(order.dealings, wish=wish)))
