"""An invoice, and the book from which it takes its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum

from attrs import frozen

from loyaltycore import Money


class InvoiceState(Enum):
    """What has become of an invoice."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


@frozen
class Line:
    """What was bought, and for how much."""

    text: str
    amount: Money


@frozen
class Invoice:
    """An invoice to a customer."""

    id: str
    number: str
    """Without a gap within a year, for example ``2026-00017``."""
    customer_id: str
    branch_id: str
    account: str
    """The customer's number."""
    recipient: str
    """The customer's name on that day."""
    written_on: date
    due_on: date
    """The last day on which it may be paid."""
    lines: tuple[Line, ...]
    total: Money
    state: InvoiceState = InvoiceState.OPEN
    ended_on: date | None = None
    """When it was paid or cancelled."""
    reason: str = ""
    """Why it was cancelled."""
    entry: str = ""
    """What the books call it; empty until they have it."""
    version: int = 1


@frozen
class InvoiceBook:
    """The numbers of one year: whoever writes an invoice saves the book, so no two take the same number."""

    id: str
    """The year."""
    last: int = 0
    """The running number given last."""
    version: int = 1


def bare_number(number: str) -> str:
    """A number as it is looked for: its digits alone, however it was typed."""
    return "".join(character for character in number if character.isdecimal() and character.isascii())


def lookup_keys(invoice: Invoice) -> Mapping[str, tuple[str, ...]]:
    """By what an invoice is found."""
    return {"number": (bare_number(invoice.number),)}
