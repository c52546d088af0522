"""A shop that writes invoices, and its books."""

from __future__ import annotations

from typing import Final

from invoices import Entry, Invoices, Line
from loyaltycore import Desk, Money
from loyaltycore.ports import DeliveryStatus, Receipt

CASE: Final = Line("Case", Money(1250, "EUR"))
GLASSES: Final = Line("Glasses", Money(24900, "EUR"))


class Ledger:
    """Books that answer as they are told, and remember under which keys they were asked."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.asked: list[str] = []
        self.answers: list[DeliveryStatus] = []

    def post(self, entry: Entry, key: str) -> Receipt:
        self.asked.append(key)
        status = self.answers.pop(0) if self.answers else DeliveryStatus.ACCEPTED
        if status is not DeliveryStatus.ACCEPTED:
            return Receipt(status, code="closed")
        self.entries.setdefault(key, entry)
        return Receipt(status, vendor_id=f"entry {len(self.entries)}")


def invoices(desk: Desk) -> Invoices:
    return desk.service(Invoices)
