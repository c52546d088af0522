"""Steps that many tests of cards and delivery begin with."""

from __future__ import annotations

from loyaltycore.cards import CardOrder, CustomerCard
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.kernel.printing import PrintState
from tests.house import House, dump


def ordered(house: House, **wishes: object) -> tuple[CardOrder, CustomerCard]:
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id, **wishes)
    return order, house.desk.cards.get(order.card_id)


def active(house: House, **wishes: object) -> tuple[CardOrder, CustomerCard]:
    order, card = ordered(house, **wishes)
    house.loyalty.deliver()
    report(house, order, PrintState.DISPATCHED)
    return house.desk.cards.get_order(order.id), house.desk.cards.get(card.id)


def report(house: House, order: CardOrder, state: PrintState, **facts: str) -> None:
    house.printer.move(order.id, state, **facts)
    house.loyalty.catch_up()


def with_orders(house: House, count: int) -> None:
    house.set_up_cards()
    erika = house.customer()
    for _ in range(count):
        house.desk.cards.order(erika.id)


def outbox(house: House) -> list[OutboxMessage]:
    return [message for message in dump(house.loyalty)["outbox"] if isinstance(message, OutboxMessage)]
