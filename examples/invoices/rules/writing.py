"""Writing an invoice, and what becomes of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attrs import evolve, frozen

from invoices.rules.invoice import Invoice, InvoiceBook, InvoiceState, Line
from loyaltycore import Decision, Dispatch, Money, Note, Refused
from loyaltycore.customers import Customer
from loyaltycore.ports import Email

POST: Final = "invoices.post"
"""The kind of message that goes to the books."""


@frozen
class Entry:
    """What the books are told: an invoice, or with a negative amount its cancellation."""

    number: str
    account: str
    """The customer's number."""
    amount: Money
    on: date


@frozen
class Terms:
    """Where, when and on what terms an invoice is written."""

    branch_id: str
    today: date
    payment_days: int
    by_mail: bool


def write_invoice(
    invoice_id: str, customer: Customer, lines: tuple[Line, ...], book: InvoiceBook, terms: Terms
) -> Decision[Invoice]:
    """Write an invoice: it takes the next number of the book, and goes to the books and perhaps to the customer.

    Args:
        invoice_id: Our id.

        customer: Who has to pay it.

        lines: What was bought, at least one line.

        book: The book of the year; a new one has given no number yet.

        terms: The terms.
    """
    filled = evolve(book, last=book.last + 1)
    invoice = Invoice(
        id=invoice_id,
        number=f"{book.id}-{filled.last:05d}",
        customer_id=customer.id,
        branch_id=terms.branch_id,
        account=customer.number,
        recipient=customer.display_name,
        written_on=terms.today,
        due_on=terms.today + timedelta(days=terms.payment_days),
        lines=lines,
        total=_sum(lines),
    )
    posting = _posting(invoice, invoice.total, terms.today)
    mails = (_mail(invoice, customer.email),) if terms.by_mail and customer.email else ()
    return Decision(
        invoice,
        add=(invoice,) if book.last else (invoice, filled),
        save=(filled,) if book.last else (),
        dispatch=(posting, *mails),
        notes=(Note("invoice.written", after=invoice),),
    )


def pay_invoice(invoice: Invoice, on: date) -> Decision[Invoice]:
    """Note that an invoice was paid.

    Raises:
        Refused: ``invoice.not_open``.
    """
    _require_open(invoice)
    after = evolve(invoice, state=InvoiceState.PAID, ended_on=on)
    return Decision(after, save=(after,), notes=(Note("invoice.paid", invoice, after),))


def cancel_invoice(invoice: Invoice, on: date, reason: str) -> Decision[Invoice]:
    """Cancel an invoice that was not paid; its number stays taken, and the books take it back.

    Raises:
        Refused: ``invoice.not_open``.
    """
    _require_open(invoice)
    after = evolve(invoice, state=InvoiceState.CANCELLED, ended_on=on, reason=reason)
    return Decision(
        after,
        save=(after,),
        dispatch=(_posting(after, -after.total, on),),
        notes=(Note("invoice.cancelled", invoice, after, reason),),
    )


def note_entry(invoice: Invoice, entry: str) -> Decision[Invoice]:
    """Note what the books call an invoice; that is nothing which a customer's activities would show."""
    after = evolve(invoice, entry=invoice.entry or entry)
    return Decision(after, save=() if after == invoice else (after,))


def _require_open(invoice: Invoice) -> None:
    if invoice.state is not InvoiceState.OPEN:
        raise Refused(
            "invoice.not_open",
            f"invoice {invoice.number} is {invoice.state.value}",
            remedy="write a new invoice",
            number=invoice.number,
            state=invoice.state.value,
        )


def _sum(lines: tuple[Line, ...]) -> Money:
    first, *others = (line.amount for line in lines)
    return sum(others, start=first)


def _posting(invoice: Invoice, amount: Money, on: date) -> Dispatch:
    entry = Entry(invoice.number, invoice.account, amount, on)
    return Dispatch(POST, entry, f"{invoice.id}.{invoice.state.value}", invoice)


def _mail(invoice: Invoice, address: str) -> Dispatch:
    key = f"{invoice.id}.mail"
    lines = "\n".join(f"{line.text}: {line.amount}" for line in invoice.lines)
    text = f"{lines}\n\nTotal: {invoice.total}\nPlease pay by {invoice.due_on}.\n"
    mail = Email(message_id=key, to=(address,), subject=f"Invoice {invoice.number}", text=text)
    return Dispatch("email.send", mail, key, invoice)
