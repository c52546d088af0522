"""A shop in which every verb finds something to work on, and which can be put back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import define

from invoices import Invoices, Line
from loyaltycore import CustomField, Loyalty, Money
from loyaltycore.booking import hours_on
from loyaltycore.desk import Desk
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.properties import PropertyValue
from loyaltycore.sales import Order, OrderLine
from loyaltycore.selections import FieldCondition
from loyaltycore.templates import Channel, MessageText
from loyaltycore.vouchers import CodeKey, DiscountVoucherTerms
from tests.faults.scene import HOSTED
from tests.house import THURSDAY, House, build_house
from tests.services.programs import BATTERIES, define as define_program

START: Final = THURSDAY + timedelta(days=4)
"""Monday at ten, as the clock shows it in Berlin."""
SETTLED: Final = "R-0"
"""An order that was paid."""

FIELDS: Final = (
    CustomField("size", "integer"),
    CustomField("nick", "text"),
    CustomField("since", "date"),
    CustomField("vip", "flag"),
    CustomField("colour", "choice", choices=("red", "blue")),
)


CODE_KEYS: Final = (CodeKey("2026", "an old secret, only for tests"),)


class Shelf(MemoryStorage):
    """A storage in memory that can be put back as it was."""

    def snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        """All tables; they are never changed in place, so the same objects mean that nothing happened."""
        return dict(self._rows)

    def restore(self, rows: Mapping[str, Any]) -> None:
        """Put everything back."""
        self._rows = dict(rows)

    def differs_from(self, rows: Mapping[str, Any]) -> bool:
        """Whether anything was written since."""
        return any(self._rows[table] is not rows[table] for table in self._rows)


@define
class Shop:
    """The shop, and what is in it."""

    shelf: Shelf
    house: House
    facts: Mapping[str, str]
    """Ids by name."""

    @property
    def loyalty(self) -> Loyalty:
        """Its house."""
        return self.house.loyalty

    @property
    def desk(self) -> Desk:
        """A desk in Berlin, newly opened."""
        return self.loyalty.session("anna", "berlin")


def open_shop() -> Shop:
    """A shop with a customer, cards, a property, a process, a selection, an invoice and a mail that was given up."""
    shelf = Shelf()
    house = build_house(shelf, custom_fields=FIELDS, capabilities=HOSTED, code_keys=CODE_KEYS)
    house.set_up_cards()
    desk = house.desk
    erika = house.customer(phones=["0170 1234567"], custom={"size": 7})
    orders = [desk.cards.order(erika.id) for _ in range(2)]
    desk.cards.activate(orders[0].card_id)
    desk.properties.define("frame", name="Frame", values=[PropertyValue("round"), PropertyValue("square")])
    desk.properties.assign(erika.id, "frame", "round")
    text = MessageText(Channel.EMAIL, "de", "{{ greeting }}", "Karte")
    desk.templates.save("ours", purpose="card.ordered", texts=[text])
    templates = desk.processes.templates
    templates.create("supply", name="Supply")
    for step in ("custom", "task", "complete_data", "assign_property", "order_card", "document"):
        settings = {
            "assign_property": {"property": "frame"},
            "document": {"document": "Terms"},
        }.get(step)
        templates.add_step("supply", step, name=step, step=step, settings=settings)
    process = desk.processes.start(erika.id, "supply").process
    selection = desk.selections.save("everybody", FieldCondition("last_name", "begins", "M"))
    invoice = desk.service(Invoices).write(erika.id, [Line("Case", Money(1250, "EUR"))])
    planning = desk.appointments.setup
    planning.save_resource(
        "room", branch_id="berlin", name="Room", week=hours_on(range(5), "09:00-18:00"), online=True
    )
    planning.save_template("test", name="Test", length=60, step=30, online=True)
    appointment = desk.appointments.make("room", START, minutes=60)
    house.loyalty.planner("berlin").book(
        START + timedelta(hours=4), first_name="E", last_name="M", email="e@example.org", phone="0170 1234567"
    )
    twice = [house.customer(first_name=name).id for name in ("Max", "Maks")]
    merge = desk.merging.execute(desk.merging.plan(survivor=twice[0], loser=twice[1]))
    house.mailer.answers.append(DeliveryStatus.REJECTED)
    house.loyalty.deliver()
    dead = desk.outbox.messages().items[0]
    define_program(desk, "batteries", BATTERIES, on_card="count")
    define_program(desk, "autumn", DiscountVoucherTerms(percent=20))
    voucher = desk.vouchers.issue("autumn", customer=erika.id, reason="why", code="SOMMER26")
    desk.programs.issuers.save("partner", name="Partner", prefixes=["99"])
    desk.programs.define("draft", BATTERIES, name="Draft")
    batteries = desk.programs.assign(erika.id, "batteries", card=orders[0].card_id)
    desk.sales.settle(Order(SETTLED, erika.id, [OrderLine("1", "case", Money(1250, "EUR"), 2)]))
    waiting = desk.appointments.waiting.add(
        "berlin", first=START.date(), last=START.date(), customer_id=erika.id
    )
    facts = {
        "customer": erika.id,
        "card": orders[0].card_id,
        "order": orders[1].id,
        "process": process.id,
        "selection": selection.id,
        "invoice": invoice.id,
        "message": dead.id,
        "appointment": appointment.id,
        "reminder": desk.appointments.reminders("berlin").items[0].id,
        "resource": "room",
        "entry": waiting.id,
        "merge": merge.id,
        "assignment": batteries.id,
        "voucher": voucher.id,
        "batch": desk.vouchers.generate("autumn", 2).id,
        "move": desk.programs.use(batteries.id).id,
        "reservation": desk.sales.reserve(
            Order("R-2", erika.id, [OrderLine("1", "case", Money(1, "EUR"))])
        ).id,
    }
    return Shop(shelf, house, facts)
