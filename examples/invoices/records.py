"""Record types of invoices."""

from __future__ import annotations

from invoices.rules.invoice import Invoice, InvoiceBook, lookup_keys
from invoices.rules.reading import REASON_LENGTH
from loyaltycore.ports import CustomerLink, OnErase, OnExport, OnMerge, RecordType

INVOICES = RecordType(
    cls=Invoice,
    table="shop_invoices",
    noun="invoice",
    unique=(("number",),),
    indexes=(("customer_id", "id"), ("state", "due_on", "customer_id")),
    lengths={
        "number": 20,
        "customer_id": 64,
        "branch_id": 64,
        "account": 40,
        "reason": REASON_LENGTH,
        "entry": 64,
    },
    lookups=("number",),
    lookup_keys=lookup_keys,
    # The law demands invoices for years: what was bought stays, who bought it goes.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("recipient", "reason"),
    ),
)

INVOICE_BOOKS = RecordType(cls=InvoiceBook, table="shop_invoice_books", noun="invoice book")
