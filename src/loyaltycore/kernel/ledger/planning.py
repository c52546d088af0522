"""What all plans of moves share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger.lot import Lot, Pin
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.purse import Purse


def planned(
    purse: Purse,
    kind: MoveKind,
    account: Account | None,
    at: datetime,
    parts: Iterable[Lot] = (),
    *,
    owed: int = 0,
    effective_at: datetime | None = None,
    **more: Any,
) -> Move:
    """The next move of a purse; its amount follows from its parts and from what is owed."""
    entered = tuple(parts)
    amount = sum(part.left for part in entered) - owed
    return Move(
        seq=purse.moves + 1,
        kind=kind,
        amount=amount,
        account=account,
        parts=entered,
        owed=owed,
        effective_at=effective_at or at,
        at=at,
        **more,
    )


def drawn(purse: Purse, lots: Iterable[Lot], amount: int, at: datetime) -> list[Pin]:
    """Take an amount from what is free in some lots, in their order; less if there is not enough."""
    taken, missing = [], amount
    for lot in lots:
        take = min(missing, purse.free(lot, at))
        if take > 0:
            taken.append(Pin(lot.id, take))
            missing -= take
    return taken


def spent(purse: Purse, taken: Iterable[Pin]) -> tuple[Lot, ...]:
    """The parts of a move that takes something out of lots."""
    lots = {lot.id: lot for lot in purse.lots}
    return tuple(lots[pin.lot].part(-pin.amount) for pin in taken)


def require_available(purse: Purse, amount: int, at: datetime) -> None:
    """Make sure that so much can be spent.

    Raises:
        Refused: ``purse.insufficient``.
    """
    available = purse.available(at)
    if amount > available:
        raise Refused(
            "purse.insufficient",
            f"{amount:,} are asked for, and {available:,} can be spent",
            asked=amount,
            available=available,
            unit=purse.unit,
        )
