"""Reading what a till says about an invoice: every fault of every line is collected."""

from __future__ import annotations

from typing import Final

from invoices.rules.invoice import InvoiceState, Line, bare_number
from loyaltycore import Faults, Money
from loyaltycore.ports import EVERYTHING, Criterion, key_starts, stored

TEXT_LENGTH: Final = 200
REASON_LENGTH: Final = 500
_MOST_LINES: Final = 100
_NO_LINE: Final = Line("", Money(0, "EUR"))


def read_lines(faults: Faults, given: object) -> tuple[Line, ...]:
    """Read the lines of an invoice: at least one, in one currency, each with a text and an amount."""
    found = faults.items("lines", given, most=_MOST_LINES, what="a list of lines", required=True)
    lines = tuple(_read_line(faults, f"lines[{place}]", each) for place, each in enumerate(found))
    if len({line.amount.currency for line in lines if line is not _NO_LINE}) > 1:
        faults.note("lines", "mixed_currency", "must all have the same currency")
    return lines


def read_filters(faults: Faults, number: object, state: object) -> Criterion:
    """Read which invoices are looked for: by how their number begins, by their state, or all."""
    typed = faults.text("number", number, limit=20)
    beginning = bare_number(typed)
    if typed and not beginning:
        faults.note("number", "bad_number", "has no digits")
    wanted = faults.choice("state", state, InvoiceState)
    found = key_starts("number", beginning) if beginning else EVERYTHING
    return found if wanted is None else found & (stored("state") == wanted)


def _read_line(faults: Faults, place: str, given: object) -> Line:
    if not isinstance(given, Line):
        faults.note(place, "wrong_type", "must be a Line")
        return _NO_LINE
    below = faults.at(place)
    text = below.text("text", given.text, limit=TEXT_LENGTH, required=True)
    if not isinstance(given.amount, Money):
        below.note("amount", "wrong_type", "must be Money")
        return _NO_LINE
    if given.amount.amount < 0:
        below.note("amount", "out_of_range", "must not be negative")
    return Line(text, given.amount)
