"""A host's own capability, on every storage: it has everything that the library's own have."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest
from attrs import evolve

from invoices import (
    BY_MAIL,
    INVOICES,
    PAYMENT_DAYS,
    Entry,
    Invoices,
    InvoiceState,
    Line,
    invoicing,
)
from invoices.rules.invoice import InvoiceBook
from invoices.rules.writing import Terms, note_entry, write_invoice
from loyaltycore import Desk, InvalidInput, KeyReused, Money, NotFound, Refused
from loyaltycore.memory import MemoryStorage
from loyaltycore.outbox import MessageState
from loyaltycore.ports import DeliveryStatus, OnErase, OnExport, OnMerge, Receipt, Storage
from loyaltycore.selections import AllOf, FieldCondition, RelatedCondition, Relative
from loyaltycore.testing import commands_of
from tests.house import House, build_house, dump

CASE: Final = Line("Case", Money(1250, "EUR"))
GLASSES: Final = Line("Glasses", Money(24900, "EUR"))


class Ledger:
    """Books that answer as they are told, and remember under which keys they were asked."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.asked: list[str] = []
        self.answers: list[DeliveryStatus] = []

    def post(self, entry: Entry, key: str) -> Receipt:
        self.asked.append(key)
        status = self.answers.pop(0) if self.answers else DeliveryStatus.ACCEPTED
        if status is not DeliveryStatus.ACCEPTED:
            return Receipt(status, code="closed")
        self.entries.setdefault(key, entry)
        return Receipt(status, vendor_id=f"entry {len(self.entries)}")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def shop(storage: Storage, ledger: Ledger) -> House:
    """A house with invoices on each kind of storage."""
    return build_house(storage, capabilities=[invoicing(ledger)])


@pytest.fixture
def memory_shop(ledger: Ledger) -> House:
    """The same in memory, for what does not depend on the storage."""
    return build_house(MemoryStorage(), capabilities=[invoicing(ledger)])


def invoices(desk: Desk) -> Invoices:
    return desk.service(Invoices)


def test_an_invoice_takes_the_next_number_and_the_options_of_its_session(shop: House) -> None:
    """Numbers have no gap, a due date follows from the option, and an open session keeps the option that it saw."""
    erika = shop.customer()
    first = invoices(shop.desk).write(erika.id, [GLASSES, CASE])
    shop.loyalty.session("admin").settings.change(PAYMENT_DAYS, 30, branch="berlin")
    second = invoices(shop.desk).write(erika.id, [CASE])
    third = invoices(shop.loyalty.session("bert", "berlin")).write(erika.id, [CASE])
    assert [each.number for each in (first, second, third)] == ["2026-00001", "2026-00002", "2026-00003"]
    assert [each.due_on for each in (first, second, third)] == [
        date(2026, 1, 29),
        date(2026, 1, 29),
        date(2026, 2, 14),
    ]
    assert first.total == Money(26150, "EUR")
    assert invoices(shop.desk).of_customer(erika.id) == (third, second, first)
    assert invoices(shop.desk).get(first.id) == first


def test_a_command_of_the_host_is_carried_out_once_under_its_key(shop: House) -> None:
    """A till that repeats its call gets the first invoice; another call under the key is refused."""
    erika = shop.customer()
    till = shop.desk.keyed("till-1")
    once = invoices(till).write(erika.id, [CASE])
    assert invoices(till).write(erika.id, [CASE]) == once
    with pytest.raises(KeyReused):
        invoices(till).write(erika.id, [GLASSES])
    with pytest.raises(KeyReused):
        invoices(till).pay(once.id)
    assert invoices(shop.desk).of_customer(erika.id) == (once,)


def test_verbs_of_host_and_library_are_kept_together_or_not_at_all(shop: House) -> None:
    """In one block they are one unit of work: a refusal at its end takes back what came before."""
    erika = shop.customer()
    with shop.desk.transaction():
        shop.desk.customers.change(erika.id, notes="pays by transfer")
        paid = invoices(shop.desk).pay(invoices(shop.desk).write(erika.id, [CASE]).id)
    before = dump(shop.loyalty)
    with pytest.raises(Refused), shop.desk.transaction():
        invoices(shop.desk).write(erika.id, [GLASSES])
        shop.desk.customers.change(erika.id, notes="pays in cash")
        invoices(shop.desk).cancel(paid.id)
    assert dump(shop.loyalty) == before


def test_what_becomes_of_an_invoice_stands_in_the_activities(shop: House) -> None:
    """Table, key and customer come from the declaration, and each change shows its fields before and after."""
    erika = shop.customer()
    paid = invoices(shop.desk).write(erika.id, [CASE])
    invoices(shop.desk).pay(paid.id, on=date(2026, 1, 20))
    gone = invoices(shop.desk).write(erika.id, [CASE])
    invoices(shop.desk).cancel(gone.id, reason="  typing error ")
    cancelled, _, payment, written, _ = shop.desk.activities.of_customer(erika.id).items
    assert (written.action, written.subject_table, written.subject_id) == (
        "invoice.written",
        "shop_invoices",
        paid.id,
    )
    assert {change.field: (change.before, change.after) for change in payment.changes} == {
        "state": ("open", "paid"),
        "ended_on": (None, "2026-01-20"),
    }
    assert (cancelled.action, cancelled.comment, cancelled.actor) == (
        "invoice.cancelled",
        "typing error",
        "anna",
    )
    assert shop.desk.activities.of_record("shop_invoices", gone.id)[-1] == cancelled


def test_a_refusal_of_the_host_changes_nothing(shop: House) -> None:
    """It has a stable code, the facts and a remedy, like those of the library."""
    invoice = invoices(shop.desk).write(shop.customer().id, [CASE])
    invoices(shop.desk).cancel(invoice.id)
    before = dump(shop.loyalty)
    for act in (invoices(shop.desk).pay, invoices(shop.desk).cancel):
        with pytest.raises(Refused) as refused:
            act(invoice.id)
        assert refused.value.code == "invoice.not_open"
        assert refused.value.facts == {"number": "2026-00001", "state": "cancelled"}
        assert refused.value.remedy
    with pytest.raises(NotFound, match="invoice"):
        invoices(shop.desk).pay("nowhere")
    with pytest.raises(NotFound, match="customer"):
        invoices(shop.desk).write("nobody", [CASE])
    assert dump(shop.loyalty) == before


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([], [("lines", "wrong_length")]),
        ([CASE] * 101, [("lines", "wrong_length")]),
        ("Case", [("lines", "wrong_length")]),
        ([CASE, "Case"], [("lines[1]", "wrong_type")]),
        ([Line(7, 12)], [("lines[0].text", "wrong_type"), ("lines[0].amount", "wrong_type")]),  # type: ignore[arg-type]  # wrong on purpose
        (
            [Line("", Money(-1, "EUR")), Line("x" * 201, Money(1, "CHF"))],
            [
                ("lines[0].text", "required"),
                ("lines[0].amount", "out_of_range"),
                ("lines[1].text", "too_long"),
                ("lines", "mixed_currency"),
            ],
        ),
    ],
)
def test_every_fault_of_an_invoice_is_named(
    memory_shop: House, lines: Any, faults: list[tuple[str, str]]
) -> None:
    """All at once, each with its place; and nothing is kept, no number is taken."""
    erika = memory_shop.customer()
    before = dump(memory_shop.loyalty)
    with pytest.raises(InvalidInput) as refused:
        invoices(memory_shop.desk).write(erika.id, lines)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == faults
    assert dump(memory_shop.loyalty) == before


def test_invoices_are_found_by_the_beginning_of_their_number(shop: House) -> None:
    """However it is typed, by state, and page by page in the order of their numbers."""
    erika = shop.customer()
    written = [invoices(shop.desk).write(erika.id, [CASE]) for _ in range(11)]
    paid = invoices(shop.desk).pay(written[9].id)
    find = invoices(shop.desk).find
    assert find(number="2026 0001").items == (paid, written[10])
    assert find(number="2026-00011").items == (written[10],)
    assert find(number="2026", state="paid").items == find(state=InvoiceState.PAID).items == (paid,)
    assert find(number="1").items == ()
    first = find(limit=6)
    rest = find(limit=6, after=first.next)
    assert [each.number for each in (*first.items, *rest.items)] == [each.number for each in written]
    assert rest.next == ""


def test_every_fault_of_a_search_is_named(memory_shop: House) -> None:
    """A number without digits finds nothing rather than everything; a cursor of another list is refused."""
    with pytest.raises(InvalidInput) as refused:
        invoices(memory_shop.desk).find(number="R", state="lost", limit=0)
    assert refused.value.codes == {"bad_number", "unknown_choice", "out_of_range"}
    for _ in range(2):
        memory_shop.customer(last_name="Muster")
    elsewhere = memory_shop.desk.customers.find(limit=1).next
    with pytest.raises(InvalidInput) as refused:
        invoices(memory_shop.desk).find(after=elsewhere)
    assert refused.value.codes == {"bad_cursor"}


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
    assert select.count(overdue) == select.count(by_hand) == 0
    shop.clock.advance(days=15)
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


def test_merge_export_and_erase_are_declared(memory_shop: House) -> None:
    """What becomes of invoices when their customer is merged, exported or erased stands in their declaration."""
    link = memory_shop.loyalty.registry.named("shop_invoices").customer
    assert link is not None
    assert (link.merge, link.export, link.erase) == (OnMerge.MOVE, OnExport.INCLUDE, OnErase.SCRUB)
    assert link.scrub == ("recipient", "reason")
    invoice = invoices(memory_shop.desk).write(memory_shop.customer().id, [CASE])
    assert INVOICES.customer_of(invoice) == invoice.customer_id


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


def test_the_commands_of_the_host_can_be_listed(ledger: Ledger) -> None:
    """A host's tests can demand that none of its commands is left out, as the library's do."""
    assert commands_of(invoicing(ledger)) == {
        "invoices.write": "Invoices.write",
        "invoices.pay": "Invoices.pay",
        "invoices.cancel": "Invoices.cancel",
    }


def test_the_rules_are_pure(memory_shop: House) -> None:
    """A rule answers with a decision and does nothing: the first invoice of a year adds the book, a later one saves it."""
    erika = memory_shop.customer()
    terms = Terms("berlin", date(2026, 12, 31), payment_days=1, by_mail=False)
    first = write_invoice("i-1", erika, (CASE,), InvoiceBook("2026"), terms)
    assert (first.add, first.save) == ((first.result, InvoiceBook("2026", 1)), ())
    later = write_invoice("i-2", erika, (CASE,), InvoiceBook("2026", 41, version=42), terms)
    assert (later.add, later.save) == ((later.result,), (InvoiceBook("2026", 42, version=42),))
    assert (later.result.number, later.result.due_on) == ("2026-00042", date(2027, 1, 1))
    posted = evolve(first.result, entry="entry 1")
    assert note_entry(posted, "entry 2").save == ()
    assert note_entry(first.result, "entry 1").save == (posted,)
    assert invoices(memory_shop.desk).of_customer(erika.id) == ()
