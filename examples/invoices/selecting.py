"""Invoices as something that customers are selected by."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import evolve, frozen

from invoices.rules.invoice import InvoiceState
from loyaltycore import Unit
from loyaltycore.ports import Criterion, View, exists, matches, stored
from loyaltycore.selections import Selectable, SelectableField, Source, Today, ValueType, operators_of

_TABLE = "shop_invoices"


@frozen
class Overdue(Source):
    """Whether a customer has an invoice that should have been paid by now."""

    day: date = date.min

    def on(self, today: Today) -> Overdue:
        """The source on a day."""
        return evolve(self, day=today.day)

    def equals(self, value: Any) -> Criterion:
        """The customer has one, or has none."""
        found = exists(_TABLE, "customer_id", self._late)
        return found if value else ~found

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The numbers of those invoices."""
        invoices: Any = view.related(_TABLE, "customer_id", view.key(record))
        return tuple(invoice.number for invoice in invoices if matches(self._late, invoice))

    @property
    def other_records(self) -> tuple[str, str]:
        """The customer's invoices."""
        return _TABLE, "customer_id"

    @property
    def _late(self) -> Criterion:
        return (stored("state") == InvoiceState.OPEN) & (stored("due_on") < self.day)


def selectable_invoices(_: Unit) -> Selectable:
    """What invoices add to the catalogue, beside the relation that their declaration makes."""
    operators = operators_of(ValueType.FLAG, may_be_empty=False)
    field = SelectableField(
        "overdue_invoice", "overdue invoice", "invoices", ValueType.FLAG, operators, Overdue()
    )
    return Selectable(fields=(field,))
