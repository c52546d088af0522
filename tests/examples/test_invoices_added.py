"""What a host adds to the library's capabilities: messages, news, options, steps, selections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from invoices import (
    BY_MAIL,
    PAYMENT_DAYS,
    Invoices,
    InvoiceState,
    invoicing,
)
from loyaltycore import (
    Capability,
    Desk,
    InvalidInput,
    Refused,
    own_session,
)
from loyaltycore.outbox import NEWS, Intake, MessageState
from loyaltycore.ports import DeliveryStatus, Storage
from loyaltycore.selections import AllOf, FieldCondition, RelatedCondition, Relative
from tests.examples.invoicing import CASE, GLASSES, Ledger, invoices
from tests.house import House, build_house, dump


@pytest.mark.every_engine
def test_what_leaves_goes_through_the_outbox(shop: House, ledger: Ledger) -> None:
    """The books get the invoice and its cancellation, each once under its key, and what they answer is kept."""
    invoice = invoices(shop.desk).write(shop.customer().id, [CASE])
    assert ledger.asked == []
    ledger.answers = [DeliveryStatus.UNKNOWN]
    assert shop.loyalty.deliver().again == 1
    shop.clock.advance(seconds=3600)
    assert shop.loyalty.deliver().done == 1
    assert ledger.asked == [f"{invoice.id}.open"] * 2
    kept = invoices(shop.desk).get(invoice.id)
    assert (kept.entry, kept.version) == ("entry 1", 2)
    invoices(shop.desk).cancel(invoice.id)
    assert shop.loyalty.deliver().done == 1
    assert [each.amount.amount for each in ledger.entries.values()] == [1250, -1250]
    assert invoices(shop.desk).get(invoice.id).entry == "entry 1"


def test_what_the_books_refuse_is_given_up_with_its_reason(memory_shop: House, ledger: Ledger) -> None:
    """A dead message names the record and the customer, and may be requeued when the books are open again."""
    invoice = invoices(memory_shop.desk).write(memory_shop.customer().id, [CASE])
    ledger.answers = [DeliveryStatus.REJECTED]
    assert memory_shop.loyalty.deliver().dead == 1
    (dead,) = memory_shop.desk.outbox.messages(MessageState.DEAD).items
    assert (dead.kind, dead.code, dead.about_table, dead.about_key, dead.customer_id) == (
        "invoices.post",
        "closed",
        "shop_invoices",
        invoice.id,
        invoice.customer_id,
    )
    memory_shop.desk.outbox.requeue(dead.id)
    assert memory_shop.loyalty.deliver().done == 1
    assert invoices(memory_shop.desk).get(invoice.id).entry == "entry 1"


def test_an_option_of_the_host_watches_a_field(memory_shop: House) -> None:
    """Where invoices are mailed, the address is asked for; who has one gets the invoice by mail."""
    memory_shop.loyalty.session("admin").settings.change(BY_MAIL, True)
    desk = memory_shop.loyalty.session("anna", "berlin")
    otto = memory_shop.customer(first_name="Otto", email="")
    assert [gap.field for gap in desk.completeness.of(otto.id).gaps] == ["email"]
    invoices(desk).write(otto.id, [CASE])
    erika = memory_shop.customer()
    invoice = invoices(desk).write(erika.id, [GLASSES, CASE])
    memory_shop.loyalty.deliver()
    (mail,) = memory_shop.mailer.sent
    assert (mail.to, mail.subject) == (("erika@example.org",), f"Invoice {invoice.number}")
    assert "Glasses: 249.00 EUR\nCase: 12.50 EUR\n\nTotal: 261.50 EUR" in mail.text
    with pytest.raises(InvalidInput, match="between 0 and 90"):
        desk.settings.change(PAYMENT_DAYS, 91)


def _template(desk: Desk, **settings: Any) -> None:
    templates = desk.processes.templates
    templates.create("glasses", name="Glasses", kind="glasses")
    templates.add_step("glasses", "write_invoice", name="Invoice", step="bill", settings=settings)


@pytest.mark.every_engine
def test_a_step_type_of_the_host_writes_an_invoice(shop: House) -> None:
    """The dialog shows what is bought, the step keeps the number, and step and invoice are one unit of work."""
    _template(shop.desk, text="Glasses")
    erika = shop.customer()
    process = shop.desk.processes.start(erika.id, "glasses").process
    assert shop.desk.processes.draft_step(process.id, "bill") == "Glasses for Erika Mustermann"
    before = dump(shop.loyalty)
    for wrong in ({"amount": "much"}, {}, {"amount": "-1"}, {"amount": "1", "colour": "red"}):
        with pytest.raises(InvalidInput):
            shop.desk.processes.execute_step(process.id, "bill", **wrong)
    assert dump(shop.loyalty) == before
    done = shop.desk.processes.execute_step(process.id, "bill", amount="249.00")
    (invoice,) = invoices(shop.desk).of_customer(erika.id)
    assert done.step("bill").result == {"invoice": invoice.id, "number": "2026-00001"}
    assert invoice.lines == (GLASSES,)
    with pytest.raises(Refused, match="done again"):
        shop.desk.processes.execute_step(process.id, "bill", amount="249.00")


def test_settings_of_a_step_are_read_when_they_are_written(memory_shop: House) -> None:
    """A mistake in a template shows there, and not at the customer."""
    with pytest.raises(InvalidInput) as refused:
        _template(memory_shop.desk, currency="euro", price=1)
    assert set(refused.value.fields) == {"settings.text", "settings.currency", "settings.price"}


@pytest.mark.every_engine
def test_customers_are_selected_by_their_invoices(shop: House) -> None:
    """By the relation that follows from the declaration, and by the field of the host's own; both are explained."""
    late, paid, none = (shop.customer(last_name=name) for name in ("Late", "Paid", "None"))
    invoices(shop.desk).write(late.id, [GLASSES])
    invoices(shop.desk).pay(invoices(shop.desk).write(paid.id, [CASE]).id)
    overdue = FieldCondition("overdue_invoice", "is", value=True)
    has_paid = RelatedCondition("shop_invoices", where=FieldCondition("state", "is", "paid"))
    by_hand = RelatedCondition(
        "shop_invoices",
        where=AllOf(FieldCondition("state", "is", "open"), FieldCondition("due_on", "less", Relative())),
    )
    select = shop.desk.selections
    shop.clock.advance(days=14)  # the last day on which it may be paid
    assert select.count(overdue) == select.count(by_hand) == 0
    shop.clock.advance(days=1)
    assert [each.id for each in select.page(overdue).items] == [late.id]
    assert [each.id for each in select.page(by_hand).items] == [late.id]
    assert [each.id for each in select.page(has_paid).items] == [paid.id]
    not_late = FieldCondition("overdue_invoice", "is_not", value=True)
    assert {each.id for each in select.page(not_late).items} == {paid.id, none.id}
    assert select.words(has_paid) == 'has an invoice with (state is "paid")'
    explained = select.explain(late.id, overdue)
    assert (explained.holds, explained.because) == (True, "overdue invoice: 2026-00001")
    assert not select.explain(paid.id, overdue).holds


def test_the_catalogue_of_selections_has_the_host(memory_shop: House) -> None:
    """A user interface finds field and relation with labels, operators and choices, and finds no hidden field."""
    catalogue = memory_shop.desk.selections.catalogue()
    assert catalogue.by_key["overdue_invoice"].group == "invoices"
    fields = catalogue.relation_by_key["shop_invoices"].by_key
    assert [choice.key for choice in fields["state"].choices] == ["open", "paid", "cancelled"]
    assert not {"id", "version", "customer_id", "lines"} & fields.keys()


class Bank:
    """A source of news of another capability of the host: it tells which invoices were paid."""

    name = "bank"
    is_set_up = sends_webhooks = True

    def __init__(self, house: Any) -> None:
        self._session = own_session(house, "bank")

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        found = self._session.service(Invoices).find(number=body.decode()).items
        for invoice in found:
            self._session.service(Invoices).pay(invoice.id)
        return Intake(taken=len(found), unknown=not found)

    def catch_up(self) -> Intake:
        return Intake()


@pytest.mark.every_engine
def test_one_capability_of_the_host_builds_on_another(storage: Storage, ledger: Ledger) -> None:
    """News of a bank come in by the same door as those of the card vendor, and pay invoices under its name."""
    banking = Capability(name="banking", adds=(NEWS.by(lambda house: [Bank(house)]),))
    shop = build_house(storage, capabilities=[invoicing(ledger), banking])
    invoice = invoices(shop.desk).write(shop.customer().id, [CASE])
    assert shop.loyalty.receive_webhook("bank", {}, b"2026-00002") == Intake(unknown=1)
    assert shop.loyalty.receive_webhook("bank", {}, b"2026-00001") == Intake(taken=1)
    assert invoices(shop.desk).get(invoice.id).state is InvoiceState.PAID
    assert shop.desk.activities.of_customer(invoice.customer_id).items[0].actor == "bank"
    assert shop.loyalty.catch_up() == Intake()


@pytest.mark.every_engine
def test_invoices_are_counted_by_state(shop: House) -> None:
    """They stand in the status of the house under their label."""
    erika = shop.customer()
    for _ in range(2):
        invoices(shop.desk).write(erika.id, [CASE])
    invoices(shop.desk).pay(invoices(shop.desk).of_customer(erika.id)[0].id)
    assert shop.desk.outbox.status().records["Invoices"] == {
        InvoiceState.OPEN: 1,
        InvoiceState.PAID: 1,
        InvoiceState.CANCELLED: 0,
    }
