"""A record in place of its id: every verb names the argument and says what to give, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
from attrs import frozen

from invoices import Invoices
from loyaltycore import Capability, InvalidInput, Loyalty, Service, command
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import RecordType
from tests.house import GOLD
from tests.odd.doors import targets
from tests.odd.shop import Shop, open_shop

_IDS: Final = ("branch", "template", "step", "key")
"""What ids are called beside `..._id`."""

_NO_IDS: Final = {"Session.keyed(key)", "Settings.option(key)", "PlannerSetup.save_template(step)"}

TARGETS: Final = tuple(
    target
    for target in targets()
    if (target.argument.endswith("_id") or target.argument in _IDS) and str(target) not in _NO_IDS
)

RECORDS: Final[Mapping[str, Callable[[Shop], Any]]] = {
    "customer.id": lambda shop: shop.desk.customers.get(shop.facts["customer"]),
    "card.id": lambda shop: shop.desk.cards.get(shop.facts["card"]),
    "card_order.id": lambda shop: shop.desk.cards.get_order(shop.facts["order"]),
    "branch.id": lambda shop: shop.desk.branches.get("berlin"),
    "process.id": lambda shop: shop.desk.processes.get(shop.facts["process"]),
    "process_step.id": lambda shop: shop.desk.processes.get(shop.facts["process"]).steps[0],
    "process_template.id": lambda shop: shop.desk.processes.templates.get("supply"),
    "property.id": lambda shop: shop.desk.properties.get("frame"),
    "selection.id": lambda shop: shop.desk.selections.get(shop.facts["selection"]),
    "invoice.id": lambda shop: shop.desk.service(Invoices).get(shop.facts["invoice"]),
    "message.id": lambda shop: shop.desk.outbox.messages().items[0],
    "card_template.key": lambda _: GOLD,
}


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A shop in which nothing changes."""
    return open_shop()


def test_the_ids_are_found() -> None:
    """The law below holds for what is found here, so it must be all."""
    found = {str(target) for target in TARGETS}
    assert {
        "Cards.order(customer_id)",
        "Loyalty.session(branch)",
        "Activities.expand(customer_id)",
        "Processes.reload_open_processes(template)",
        "Customers.create(branch_id)",
        "ProcessTemplates.move_step(step)",
        "Invoices.pay(invoice_id)",
    } <= found
    assert len(found) > 80


@pytest.mark.parametrize("hint", RECORDS)
def test_a_record_is_no_id(shop: Shop, hint: str) -> None:
    """Whichever record it is, and whatever else is given: one fault, of that argument."""
    before = shop.shelf.snapshot()
    record = RECORDS[hint](shop)
    said = {}
    for target in TARGETS:
        try:
            answer = target.call(shop, record, "")
            if isinstance(answer, Iterator):
                list(answer)
        except InvalidInput as error:
            said[str(target)] = [
                (fault.field, fault.code, fault.message.partition("; ")[2]) for fault in error.faults
            ]
    remedy = f"give its {hint.partition('.')[2]}: {hint}"
    assert said == {str(target): [(target.argument, "record_for_id", remedy)] for target in TARGETS}
    assert not shop.shelf.differs_from(before)


@frozen
class Parcel:
    """A record of a host."""

    number: str
    version: int = 1


class Parcels(Service):
    """Verbs of a host that take records, ids, or either."""

    @command("parcels.send")
    def send(self, parcel: Parcel) -> str:
        """Take a record as it is."""
        return parcel.number

    @command("parcels.find")
    def find(self, number: str | None) -> str | None:
        """Take an id."""
        return number

    @command("parcels.either")
    def either(self, parcel: Parcel | str) -> object:
        """Take what comes."""
        return parcel


PARCELS: Final = Capability(
    name="parcels", service=lambda: Parcels, records=(RecordType(cls=Parcel, table="parcels", key="number"),)
)


def test_a_verb_that_wants_a_record_gets_it() -> None:
    """Only where a text is declared is a record refused; its key may have any name."""
    parcels = Loyalty(MemoryStorage(), capabilities=[PARCELS]).session("anna").service(Parcels)
    parcel = Parcel("7")
    assert parcels.send(parcel) == "7"
    assert parcels.either(parcel) is parcel
    with pytest.raises(
        InvalidInput, match=r"number: must be text, not <Parcel>; give its number: parcel\.number"
    ):
        parcels.find(parcel)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError):
        parcels.find(parcel, parcel)  # type: ignore[call-arg, arg-type]  # wrong on purpose
