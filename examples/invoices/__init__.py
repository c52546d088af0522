"""Invoices: a capability that a shop brings itself, laid out as the library lays out its own."""

from __future__ import annotations

from invoices.booking import Books
from invoices.capability import invoicing
from invoices.records import INVOICE_BOOKS, INVOICES
from invoices.rules.invoice import Invoice, InvoiceState, Line
from invoices.rules.options import BY_MAIL, PAYMENT_DAYS
from invoices.rules.writing import Entry
from invoices.service import Invoices

__all__ = [
    "BY_MAIL",
    "INVOICES",
    "INVOICE_BOOKS",
    "PAYMENT_DAYS",
    "Books",
    "Entry",
    "Invoice",
    "InvoiceState",
    "Invoices",
    "Line",
    "invoicing",
]
