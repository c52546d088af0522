"""What cards have against erasing a customer."""

from __future__ import annotations

from collections.abc import Iterator

from loyaltycore.cards.rules.order import CardOrder, OrderState
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.work.unit import Unit


def card_on_order(unit: Unit, customer: Customer) -> Iterator[Blocker]:
    """A card that is being made will be paid for and sent."""
    mine = stored("customer_id") == customer.id
    order = unit.first(CardOrder, mine & (stored("state") == OrderState.PLACED), order_by=("id",))
    if order is not None:
        yield Blocker(
            "erase.card_on_order",
            "a card of this customer is on order",
            "wait until it is dispatched, or cancel the order",
            {"order": order.id},
        )
