"""Invoices: write them, note what becomes of them, find them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from invoices.rules.invoice import Invoice, InvoiceBook, InvoiceState, Line
from invoices.rules.options import BY_MAIL, PAYMENT_DAYS
from invoices.rules.reading import REASON_LENGTH, read_filters, read_lines
from invoices.rules.writing import Terms, cancel_invoice, pay_invoice, write_invoice
from loyaltycore import Faults, Page, Service, command, find_page, query, read_portion
from loyaltycore.customers import Customer
from loyaltycore.ports import stored


class Invoices(Service):
    """The invoices of the chain."""

    @command("invoices.write")
    def write(self, customer_id: str, lines: Sequence[Line]) -> Invoice:
        """Write an invoice to a customer.

        Raises:
            InvalidInput: Every fault of every line.

            NotFound: There is no such customer.
        """
        with Faults() as faults:
            bought = read_lines(faults, lines)
        customer = self.unit.get(Customer, customer_id)
        year = str(self.today.year)
        book = self.unit.seek(InvoiceBook, year, for_update=True) or InvoiceBook(year)
        options = self.session.options
        terms = Terms(self.session.branch.id, self.today, options[PAYMENT_DAYS], options[BY_MAIL])
        return self.unit.apply(write_invoice(self.unit.ids.new(), customer, bought, book, terms))

    @command("invoices.pay")
    def pay(self, invoice_id: str, *, on: date | None = None) -> Invoice:
        """Note that an invoice was paid.

        Args:
            invoice_id: The invoice.

            on: When; None for today.

        Raises:
            InvalidInput: The day is no date.

            NotFound: There is no such invoice.

            Refused: ``invoice.not_open``.
        """
        with Faults() as faults:
            day = faults.day("on", on) or self.today
        return self.unit.apply(pay_invoice(self.unit.get(Invoice, invoice_id, for_update=True), day))

    @command("invoices.cancel")
    def cancel(self, invoice_id: str, *, reason: str = "") -> Invoice:
        """Cancel an invoice.

        Raises:
            InvalidInput: The reason is too long, or no text.

            NotFound: There is no such invoice.

            Refused: ``invoice.not_open``.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=REASON_LENGTH)
        return self.unit.apply(
            cancel_invoice(self.unit.get(Invoice, invoice_id, for_update=True), self.today, why)
        )

    @query
    def get(self, invoice_id: str) -> Invoice:
        """Read one invoice.

        Raises:
            NotFound: There is no such invoice.
        """
        return self.unit.get(Invoice, invoice_id)

    @query
    def of_customer(self, customer_id: str) -> tuple[Invoice, ...]:
        """The invoices of a customer, newest first."""
        return tuple(self.unit.find(Invoice, stored("customer_id") == customer_id, order_by=("-id",)))

    @query
    def find(
        self,
        *,
        number: str = "",
        state: InvoiceState | str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> Page[Invoice]:
        """Look invoices up, in the order of their numbers.

        Args:
            number: How the number begins, however it is typed.

            state: Those in one state; None for all.

            limit: Length of a page, 1 to 500.

            after: The `next` of the page before.

        Raises:
            InvalidInput: Every fault of every argument.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("number",), limit, after)
            where = read_filters(faults, number, state)
        return find_page(self.unit, Invoice, where, portion)
