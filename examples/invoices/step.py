"""The step of a process that writes an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from invoices.rules.invoice import Line
from invoices.rules.reading import TEXT_LENGTH
from invoices.service import Invoices
from loyaltycore import Faults, Money, Unit
from loyaltycore.processes import StepType, StepValues, StepWork, refuse_others


class WriteInvoice(StepType):
    """Settings: ``text``, what is bought, and ``currency``. Given: ``amount``, as in ``"249.00"``."""

    key: ClassVar[str] = "write_invoice"
    label: ClassVar[str] = "Write an invoice"
    redoable: ClassVar[bool] = False

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:  # noqa: ARG002  all step types take the same
        """Read what is bought, and in which currency."""
        refuse_others(faults, given, ("text", "currency"))
        currency = given.get("currency", "EUR")
        faults.parsed("currency", lambda: Money(0, currency), None)
        return {
            "text": faults.text("text", given.get("text"), limit=TEXT_LENGTH, required=True),
            "currency": currency,
        }

    def draft(self, work: StepWork) -> str:
        """What the dialog shows."""
        return f"{work.settings['text']} for {work.customer.display_name}"

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Write the invoice; it is kept together with the step, or not at all."""
        currency = str(work.settings["currency"])
        with Faults() as faults:
            refuse_others(faults, given, ("amount",))
            amount = faults.parsed(
                "amount", lambda: Money.of(given.get("amount", ""), currency), Money(0, currency)
            )
        bought = Line(str(work.settings["text"]), amount)
        invoice = work.session.service(Invoices).write(work.customer.id, [bought])
        return {"invoice": invoice.id, "number": invoice.number}
