"""Invoices: what a customer has to pay, until it is paid."""

from __future__ import annotations

from invoices.booking import Books, PostHandler
from invoices.records import INVOICE_BOOKS, INVOICES
from invoices.rules.invoice import Invoice, InvoiceState
from invoices.rules.options import INVOICE_OPTIONS
from invoices.selecting import selectable_invoices
from invoices.service import Invoices
from invoices.step import WriteInvoice
from loyaltycore import Capability
from loyaltycore.outbox import COUNTED, HANDLERS, Counted
from loyaltycore.processes import STEP_TYPES
from loyaltycore.selections import SELECTABLE


def invoicing(books: Books) -> Capability:
    """The capability of a shop whose accounts are done by `books`."""
    return Capability(
        name="invoices",
        service=lambda: Invoices,
        records=(INVOICES, INVOICE_BOOKS),
        options=INVOICE_OPTIONS,
        adds=(
            HANDLERS.by(lambda _: [PostHandler(books)]),
            STEP_TYPES.by(lambda _: [WriteInvoice()]),
            SELECTABLE.by(lambda _: [selectable_invoices]),
            COUNTED.by(lambda _: [Counted("Invoices", Invoice, InvoiceState)]),
        ),
    )
