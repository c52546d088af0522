"""A shop's own capability at work: invoices, which the library knows nothing about.

    python examples/write_invoices.py

The package `invoices` beside this file is laid out as the library's own capabilities are, and declares itself in its
`capability.py`. Here it is put into a `Loyalty` on SQLite and played through; the program checks itself and ends with 0
only if everything came out as it should.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from invoices import BY_MAIL, PAYMENT_DAYS, Entry, Invoices, Line, invoicing
from loyaltycore import Desk, InvalidInput, Loyalty, Money, Refused
from loyaltycore.memory import FixedClock, MemoryMailer
from loyaltycore.ports import DeliveryStatus, Receipt
from loyaltycore.selections import FieldCondition, RelatedCondition
from loyaltycore_sql import SqlStorage

OPENING = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
GLASSES = Line("Reading glasses", Money.of("249.00", "EUR"))
CASE = Line("Case", Money.of("12.50", "EUR"))


class PaperBooks:
    """The shop's accounts, on paper."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def post(self, entry: Entry, key: str) -> Receipt:
        """Write an entry down, once under each key."""
        self.entries.setdefault(key, entry)
        return Receipt(DeliveryStatus.ACCEPTED, vendor_id=f"page {list(self.entries).index(key) + 1}")


def main() -> None:
    """Play it through."""
    storage, books = SqlStorage("sqlite:///:memory:"), PaperBooks()
    mailer, clock = MemoryMailer(), FixedClock(OPENING)
    loyalty = Loyalty(storage, mailer=mailer, clock=clock, capabilities=[invoicing(books)])
    loyalty.session("admin").branches.create("berlin", name="Optik Berlin")
    desk = set_options(loyalty)
    write(desk)
    deliver(loyalty, desk, books, mailer)
    step(desk)
    select(desk, clock)
    refuse(desk)
    look_back(desk)
    storage.close()


def set_options(loyalty: Loyalty) -> Desk:
    """The shop's options are options like the others: what is changed counts for the sessions that come after."""
    title("The options of the shop's own")
    early = loyalty.session("anna", "berlin")
    office = loyalty.session("admin")
    office.settings.change(PAYMENT_DAYS, 30)
    office.settings.change(BY_MAIL, value=True)
    late = loyalty.session("anna", "berlin")
    days = early.settings[PAYMENT_DAYS], late.settings[PAYMENT_DAYS]
    print(f"  days to pay: {days[0]} in a session that was open, {days[1]} in one that came after")
    missing = late.completeness.draft(last_name="Mustermann").gaps
    print("  asked for, since invoices are mailed:", ", ".join(gap.label for gap in missing))
    check(days == (14, 30), "an open session keeps its options")
    check([gap.field for gap in missing] == ["email"], "an option of the shop's own watches a field")
    return late


def write(desk: Desk) -> None:
    """A verb of the shop's own runs as the library's do: once under its key, and together with others."""
    title("Invoices are written")
    with desk.transaction():
        erika = desk.customers.create(last_name="Mustermann", first_name="Erika", email="erika@example.org")
        first = desk.service(Invoices).write(erika.id, [GLASSES, CASE])
    print(f"  {first.number}: {first.total}, to be paid by {first.due_on}")
    twice = [desk.keyed("till-1.42").service(Invoices).write(erika.id, [CASE]) for _ in range(2)]
    print(f"  {twice[0].number}: {twice[0].total}, although the till asked twice")
    check(twice[0] == twice[1], "a till may ask again under its key")
    check([each.number for each in of_erika(desk)] == ["2026-00002", "2026-00001"], "no number is left out")


def deliver(loyalty: Loyalty, desk: Desk, books: PaperBooks, mailer: MemoryMailer) -> None:
    """What leaves the house goes through the outbox: to the books, and by mail to the customer."""
    title("The outbox hands them over")
    report = loyalty.deliver()
    print(f"  handed over: {report.done}, of which mails: {len(mailer.sent)}")
    for entry in books.entries.values():
        print(f"  in the books: {entry.number} {entry.amount}")
    check((report.done, len(mailer.sent)) == (4, 2), "two invoices go to the books and to the customer")
    check({each.entry for each in of_erika(desk)} == {"page 1", "page 2"}, "what the books answer is kept")


def step(desk: Desk) -> None:
    """A step type of the shop's own stands in any template."""
    title("A process writes one, too")
    templates = desk.processes.templates
    templates.create("glasses", name="Glasses", kind="glasses")
    settings = {"text": "Spare pair"}
    templates.add_step("glasses", "write_invoice", name="Invoice", step="invoice", settings=settings)
    otto = desk.customers.create(last_name="Mustermann", first_name="Otto")
    process = desk.processes.start(otto.id, "glasses").process
    print(f"  the dialog: {desk.processes.draft_step(process.id, 'invoice')}")
    done = desk.processes.execute_step(process.id, "invoice", amount="99.00")
    print(f"  the step keeps: {done.step('invoice').result['number']}")
    (invoice,) = desk.service(Invoices).of_customer(otto.id)
    check(done.step("invoice").result["invoice"] == invoice.id, "the step has written an invoice")


def select(desk: Desk, clock: FixedClock) -> None:
    """Customers are found by their invoices without a word of code, and by a field of the shop's own."""
    title("Who owes what")
    invoices = desk.service(Invoices)
    for invoice in of_erika(desk):
        invoices.pay(invoice.id)
    clock.advance(days=31)
    for where in (
        RelatedCondition("shop_invoices", where=FieldCondition("state", "is", "paid")),
        FieldCondition("overdue_invoice", "is", value=True),
    ):
        found = [customer.first_name for customer in desk.selections.page(where).items]
        print(f"  {desk.selections.words(where)}: {', '.join(found)}")
    check(found == ["Otto"], "who has not paid is found")
    why = desk.selections.explain(desk.customers.find(name="otto").items[0].id, where)
    print(f"  why: {why.because}")
    check("2026-00003" in why.because, "and it is said why")


def refuse(desk: Desk) -> None:
    """What cannot be is refused with a code, and every fault of what was given is named."""
    title("What is refused")
    invoices = desk.service(Invoices)
    (paid, _) = of_erika(desk)
    try:
        invoices.cancel(paid.id)
    except Refused as refusal:
        print(f"  {refusal} ({refusal.code})")
        check(refusal.code == "invoice.not_open", "a paid invoice is not cancelled")
    wrong: Any = [Line("", Money(-1, "EUR")), Line("Case", Money(1, "CHF"))]
    try:
        invoices.write(paid.customer_id, wrong)
    except InvalidInput as error:
        for fault in error.faults:
            print(f"  {fault.field} {fault.message}")
        check(error.fields == ("lines[0].text", "lines[0].amount", "lines"), "every fault is named")


def look_back(desk: Desk) -> None:
    """What happened stands in the activities of the customer, and invoices are counted beside the outbox."""
    title("Afterwards")
    (found,) = desk.service(Invoices).find(number="2026 0000 2").items
    done = [each.action for each in desk.activities.of_customer(found.customer_id).items]
    counted = desk.outbox.status().records["Invoices"]
    print("  activities:", ", ".join(dict.fromkeys(done)))
    print("  invoices:", ", ".join(f"{count} {state.value}" for state, count in counted.items()))
    check("invoice.paid" in done, "the activities show what became of an invoice")
    check(tuple(counted.values()) == (1, 2, 0), "invoices are counted by state")


def of_erika(desk: Desk) -> tuple[Any, ...]:
    """The invoices of the first customer, newest first."""
    erika = desk.customers.find(name="erika").items[0]
    return desk.service(Invoices).of_customer(erika.id)


def check(kept: object, promise: str) -> None:
    """End the program where it did not come out as it should."""
    if not kept:
        raise SystemExit(f"broken: {promise}")


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}")


if __name__ == "__main__":
    main()
