"""Giving, and changing lots without giving."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Final

from attrs import evolve

from loyaltycore.kernel.ledger.lot import Funding, Lot, spending_order
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.planning import planned
from loyaltycore.kernel.ledger.purse import Purse

MANY_LOTS: Final = 64
"""A purse that has more open lots is compacted."""

_ACCOUNTS: Final = {Funding.IMPORTED: Account.IMPORTED}


def credit(
    purse: Purse,
    amount: int,
    at: datetime,
    *,
    funding: Funding,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int = 0,
    month: int | None = None,
    by_hand: bool = False,
) -> Move:
    """Give something: what is owed is paid first, the rest is a new lot.

    Args:
        amount: At least 1.
        by_hand: Whether it corrects something: the account is `ADJUSTED`.
    """
    paid = min(purse.deficit, amount)
    lot = Lot(purse.moves + 1, amount - paid, starts_at or at, expires_at, funding, priority)
    kind = MoveKind.ADJUST if by_hand else MoveKind.CREDIT
    account = Account.ADJUSTED if by_hand else _ACCOUNTS.get(funding, Account.ISSUED)
    return planned(purse, kind, account, at, (lot,) if lot.left else (), owed=-paid, month=month)


def renew(purse: Purse, at: datetime, expires_at: datetime | None) -> Move | None:
    """Give all that has not expired another last moment; None if nothing changes."""
    parts: list[Lot] = []
    for lot in purse.lots:
        if not lot.has_expired(at) and lot.expires_at != expires_at:
            parts += (lot.part(-lot.left), evolve(lot, expires_at=expires_at))
    return planned(purse, MoveKind.RENEW, None, at, parts) if parts else None


def compact(purse: Purse, at: datetime, settled: datetime) -> Move | None:
    """Put lots together that nothing tells apart, if there are many.

    Args:
        settled: Lots that could be spent before may no longer be taken back by name.
    """
    lots = purse.open_lots(at)
    if len(lots) <= MANY_LOTS:
        return None
    mergeable = [lot for lot in lots if lot.starts_at < settled and not purse.pinned(lot, at)]
    parts: list[Lot] = []
    for _, alike in groupby(mergeable, key=lambda lot: spending_order(lot)[:-1]):
        first, *others = alike
        parts += (lot.part(-lot.left) for lot in others)
        if others:
            parts.append(first.part(sum(lot.left for lot in others)))
    return planned(purse, MoveKind.COMPACT, None, at, parts) if parts else None
