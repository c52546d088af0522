"""The verbs of a host, on every storage: they run as the library's own do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from invoices import (
    INVOICES,
    PAYMENT_DAYS,
    InvoiceState,
    Line,
    invoicing,
)
from invoices.rules.invoice import InvoiceBook
from invoices.rules.writing import Terms, note_entry, write_invoice
from loyaltycore import (
    InvalidInput,
    KeyReused,
    Money,
    NotFound,
    Refused,
)
from loyaltycore.ports import OnErase, OnExport, OnMerge
from loyaltycore.testing import commands_of
from tests.examples.invoicing import CASE, GLASSES, Ledger, invoices
from tests.house import House, dump


@pytest.mark.every_engine
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


@pytest.mark.every_engine
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


@pytest.mark.every_engine
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


@pytest.mark.every_engine
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


@pytest.mark.every_engine
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
        ([], [("lines", "required")]),
        ([CASE] * 101, [("lines", "too_many")]),
        ("Case", [("lines", "wrong_type")]),
        ([CASE, "Case"], [("lines[1]", "wrong_type")]),
        (
            [Line(7, 12)],
            [("lines[0].text", "wrong_type"), ("lines[0].amount", "wrong_type")],
        ),  # wrong on purpose
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


@pytest.mark.every_engine
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


def test_merge_export_and_erase_are_declared(memory_shop: House) -> None:
    """What becomes of invoices when their customer is merged, exported or erased stands in their declaration."""
    link = memory_shop.loyalty.registry.named("shop_invoices").customer
    assert link is not None
    assert (link.merge, link.export, link.erase) == (OnMerge.MOVE, OnExport.INCLUDE, OnErase.SCRUB)
    assert link.scrub == ("recipient", "reason")
    invoice = invoices(memory_shop.desk).write(memory_shop.customer().id, [CASE])
    assert INVOICES.customer_of(invoice) == invoice.customer_id


@pytest.mark.every_engine
def test_tills_at_once_leave_no_gap(shop: House) -> None:
    """Four tills write at the same moment: each number is given once, and none is left out."""
    erika = shop.customer()
    start = threading.Barrier(4)

    def work() -> list[str]:
        start.wait(10)
        return [invoices(shop.desk).write(erika.id, [CASE]).number for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for till in [pool.submit(work) for _ in range(4)] for number in till.result()]
    assert sorted(numbers) == [f"2026-{running:05d}" for running in range(1, 17)]


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
