"""The first card: a shop in an SQLite file, a customer, an order. Nothing is sent anywhere.

python examples/first_card.py
"""

from __future__ import annotations

from tempfile import TemporaryDirectory

from loyaltycore import Address, CardCosts, CardTemplate, Loyalty, Money, ValidityPeriod
from loyaltycore_sql import SqlStorage

with TemporaryDirectory() as folder:
    storage = SqlStorage(f"sqlite:///{folder}/shop.db")
    loyalty = Loyalty(storage)

    office = loyalty.session("admin")
    office.branches.create("berlin", name="Optik Berlin", subdivision="BE")
    costs = CardCosts(card=Money(120, "EUR"), print=Money(80, "EUR"), dispatch=Money(95, "EUR"))
    office.cards.setup.save(provider="Kartendruck GmbH", templates=[CardTemplate("gold")], costs=costs)

    desk = loyalty.session("anna", branch="berlin")
    home = Address("Lindenstraße 5", "10969", "Berlin", "DE")
    erika = desk.customers.create(
        first_name="Erika", last_name="Mustermann", email="erika@example.org", addresses=[home]
    )
    order = desk.cards.order(erika.id, valid_for=ValidityPeriod(24, to_month_end=True))
    card = desk.cards.get(order.card_id)

    print(f"{erika.display_name}, customer {erika.number}, has ordered the card {card.number}.")
    print(f"It is valid until {order.valid_until}, costs {order.costs.total},")
    print(f"is expected to be dispatched on {order.expected_dispatch}, and is {card.state.value} for now.")
    print(f"Waiting to be sent: {loyalty.session('outbox').outbox.status().overdue} messages.")

    storage.close()
