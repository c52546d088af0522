"""Hands invoices over to the books."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from invoices.rules.invoice import Invoice
from invoices.rules.writing import POST, Entry, note_entry
from loyaltycore import Unit
from loyaltycore.outbox import OutboxMessage, Outcome, Verdict, outcome_of
from loyaltycore.ports import Receipt, from_json


class Books(Protocol):
    """A port of the shop's own: the program that does its accounts."""

    def post(self, entry: Entry, key: str) -> Receipt:
        """Take an entry; one that comes again under its key is not posted twice."""
        ...


@frozen
class PostHandler:
    """Posts invoices and cancellations."""

    books: Books
    kind: str = POST

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one entry over; no transaction is open."""
        return outcome_of(self.books.post(from_json(message.payload, Entry), message.key))

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Keep what the books call it, in the transaction that marks the message as done."""
        if outcome.verdict is Verdict.DONE:
            unit.apply(note_entry(unit.get(Invoice, message.about_key, for_update=True), outcome.vendor_id))
