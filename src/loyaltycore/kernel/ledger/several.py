"""One holder with several purses, as after a merge: nothing is summed, spending draws over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger.lot import spending_order
from loyaltycore.kernel.ledger.purse import Purse


def available_of(purses: Sequence[Purse], at: datetime) -> int:
    """What can be spent of all of them: what one owes is missing."""
    return max(0, sum(purse.surplus(at) for purse in purses))


def shares(purses: Sequence[Purse], amount: int, at: datetime) -> tuple[int, ...]:
    """Split an amount among purses so that what is spent first in one purse is spent first in several.

    Returns:
        One share for each purse, each of which can be spent there.

    Raises:
        Refused: ``purse.insufficient``.
    """
    available = available_of(purses, at)
    if amount > available:
        raise Refused(
            "purse.insufficient",
            f"{amount:,} are asked for, and {available:,} can be spent",
            asked=amount,
            available=available,
            unit=purses[0].unit if purses else "",
        )
    result = [0] * len(purses)
    rooms = [purse.available(at) for purse in purses]
    lots = [
        (spending_order(lot), index, lot) for index, each in enumerate(purses) for lot in each.open_lots(at)
    ]
    for _, index, lot in sorted(lots, key=lambda each: each[:2]):
        take = min(amount - sum(result), purses[index].free(lot, at), rooms[index] - result[index])
        result[index] += take
    return tuple(result)
