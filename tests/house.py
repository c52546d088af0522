"""A house with one branch, one customer and a card order service: what most service tests start from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from attrs import frozen

from loyaltycore import Address, CardCosts, CardTemplate, Loyalty, Money
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.desk import Desk
from loyaltycore.kernel.calendar import WeekdayCalendar
from loyaltycore.kernel.settings import Option
from loyaltycore.memory import FixedClock, MemoryCardPrinter, MemoryMailer, MemoryStorage
from loyaltycore.ports.storage import Storage

GOLD = CardTemplate("gold", "Gold", "gold-2026")
BASIC = CardTemplate("basic", "Basic", "basic-2026")
COSTS = CardCosts(card=Money(120, "EUR"), print=Money(80, "EUR"), dispatch=Money(95, "EUR"))
HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")
SHOP = Address("Ladenweg 1", "10115", "Berlin", "DE")
THURSDAY = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
NEW_YEAR = date(2026, 1, 1)


@frozen
class House:
    """A `Loyalty` with its in-memory surroundings, and a desk in Berlin."""

    loyalty: Loyalty
    clock: FixedClock
    mailer: MemoryMailer
    printer: MemoryCardPrinter
    desk: Desk

    def customer(self, **fields: Any) -> Customer:
        """A customer who can receive post and mail."""
        given = {
            "first_name": "Erika",
            "last_name": "Mustermann",
            "email": "erika@example.org",
            "language": "de",
            "addresses": [HOME],
            **fields,
        }
        return self.desk.customers.create(**given)

    def desk_after(self, option: Option[Any], value: object) -> Desk:
        """A desk that was opened after an option of the chain was changed."""
        self.loyalty.session("admin").settings.change(option, value)
        return self.loyalty.session("anna", "berlin")

    def set_up_cards(self, **facts: Any) -> None:
        """Set the card order service up for the chain."""
        given = {"provider": "Kartendruck GmbH", "templates": [GOLD], "costs": COSTS, **facts}
        self.desk.cards.setup.save(**given)


def build_house(storage: Storage | None = None, **parts: Any) -> House:
    """Put a house together on any storage; `parts` replace what `Loyalty` would be given."""
    clock, mailer, printer = FixedClock(THURSDAY), MemoryMailer(), MemoryCardPrinter()
    given = {
        "mailer": mailer,
        "card_printer": printer,
        "clock": clock,
        "calendar": lambda _: WeekdayCalendar(closed_on=frozenset({NEW_YEAR})),
        **parts,
    }
    loyalty = Loyalty(storage or MemoryStorage(), **given)
    head = loyalty.session("admin")
    head.branches.create(
        "berlin", name="Optik Berlin", subdivision="BE", address=SHOP, email="laden@example.org"
    )
    return House(loyalty, clock, mailer, printer, loyalty.session("anna", "berlin"))


def dump(loyalty: Loyalty) -> dict[str, list[object]]:
    """Everything that is stored, table by table: two equal dumps mean that nothing changed."""
    from loyaltycore.kernel.criteria import Query

    with loyalty.storage.transaction(read_only=True) as tx:
        return {
            record_type.table: list(tx.find(record_type.cls, Query())) for record_type in loyalty.registry
        }
