"""At the till: what is said to a card that is good, and to five that are not.

    python examples/presenting_cards.py

Everything is kept in memory, and the clock belongs to the example, so that a card can expire while one looks on.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from loyaltycore import Address, CardCosts, CardTemplate, Desk, Loyalty, Money, Refused
from loyaltycore.memory import FixedClock, MemoryStorage

OPENING = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")


def open_shop(clock: FixedClock) -> Desk:
    """Open a branch that can order cards, and sit down at its till."""
    loyalty = Loyalty(MemoryStorage(), clock=clock)
    office = loyalty.session("admin")
    office.branches.create("berlin", name="Optik Berlin")
    nothing = Money(0, "EUR")
    costs = CardCosts(card=nothing, print=nothing, dispatch=nothing)
    office.cards.setup.save(provider="Kartendruck GmbH", templates=[CardTemplate("gold")], costs=costs)
    return loyalty.session("till", "berlin")


def order_card(desk: Desk, first_name: str, *, valid_until: date | None = None, active: bool = True) -> str:
    """Order a card for a new customer, and answer its number; usually the vendor's dispatch activates it."""
    customer = desk.customers.create(first_name=first_name, last_name="Mustermann", addresses=[HOME])
    order = desk.cards.order(customer.id, valid_until=valid_until)
    if active:
        desk.cards.activate(order.card_id)
    return desk.cards.get(order.card_id).number


def card_of(desk: Desk, number: str) -> str:
    """The id of the card with a number; a presentation names the card whether it is good or not."""
    card = desk.cards.present(number).card
    if card is None:
        raise LookupError(number)
    return card.id


def at_the_till(desk: Desk, title: str, number: str) -> None:
    """Present a card: either it leads to its customer, or it is said why it does not."""
    try:
        customer = desk.cards.present(number).require()
    except Refused as refusal:
        print(f"{title:11} no: {refusal} ({refusal.code})")
    else:
        print(f"{title:11} yes: {customer.display_name}, customer {customer.number}")


def main() -> None:
    """Order five cards, let something happen to four of them, and present them all."""
    clock = FixedClock(OPENING)
    desk = open_shop(clock)

    good = order_card(desk, "Erika", valid_until=date(2028, 12, 31))
    on_its_way = order_card(desk, "Otto", active=False)
    short = order_card(desk, "Lise", valid_until=date(2026, 1, 31))
    lost = order_card(desk, "Paul")
    desk.cards.invalidate(card_of(desk, lost), reason="lost")
    regretted = order_card(desk, "Clara", active=False)
    desk.cards.cancel_order(desk.cards.get(card_of(desk, regretted)).order_id)

    at_the_till(desk, "active", f"{good[:4]} {good[4:8]} {good[8:12]} {good[12:]}")
    at_the_till(desk, "ordered", on_its_way)
    at_the_till(desk, "lost", lost)
    at_the_till(desk, "cancelled", regretted)
    at_the_till(desk, "mistyped", good[:-1] + str((int(good[-1]) + 1) % 10))

    # The last day of validity is included, and counts in the time zone of the branch.
    clock.instant = datetime(2026, 1, 31, 22, 59, tzinfo=UTC)
    at_the_till(desk, "last day", short)
    clock.instant = datetime(2026, 1, 31, 23, 0, tzinfo=UTC)
    at_the_till(desk, "day after", short)


if __name__ == "__main__":
    main()
