"""What a customer who is to be erased has paid for and not used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.kernel.ledger import Funding
from loyaltycore.programs.rules.assignment import ProgramAssignment


def unspent(rows: Iterable[ProgramAssignment], now: datetime) -> Iterator[Blocker]:
    """Whatever was paid for and is still owed."""
    for row in rows:
        lots = row.purse.lots if row.purse else ()
        paid = sum(lot.left for lot in lots if lot.funding is Funding.PAID and not lot.has_expired(now))
        if paid:
            yield Blocker(
                "erase.unspent_value",
                "this customer has paid for something that is not used up",
                "pay it back and take it away with programs.adjust, or end its sale with programs.cancel_sale",
                {"assignment": row.id, "program": row.program, "left": paid},
            )
