"""Spending: at once, or set aside first."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger.lot import Hold, Pin
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.planning import drawn, planned, require_available, spent
from loyaltycore.kernel.ledger.purse import Purse

MOST_HOLDS: Final = 32
"""Of one purse at the same moment."""


def debit(purse: Purse, amount: int, at: datetime) -> Move:
    """Spend something.

    Args:
        amount: At least 1.

    Raises:
        Refused: ``purse.insufficient``.
    """
    return _taken(purse, MoveKind.DEBIT, Account.REDEEMED, amount, at)


def adjust(purse: Purse, amount: int, at: datetime) -> Move:
    """Take something away by hand; `credit` gives something.

    Raises:
        Refused: ``purse.insufficient``.
    """
    return _taken(purse, MoveKind.ADJUST, Account.ADJUSTED, amount, at)


def reserve(purse: Purse, hold_id: str, amount: int, at: datetime, expires_at: datetime) -> Move:
    """Set something aside.

    Raises:
        Refused: ``purse.insufficient`` or ``purse.too_many_holds``.
    """
    require_available(purse, amount, at)
    if sum(1 for _ in purse.live_holds(at)) >= MOST_HOLDS:
        raise Refused(
            "purse.too_many_holds", f"{MOST_HOLDS} orders hold something of it already", unit=purse.unit
        )
    pins = tuple(drawn(purse, purse.open_lots(at), amount, at))
    return planned(purse, MoveKind.RESERVE, None, at, hold=Hold(hold_id, expires_at, pins))


def commit(purse: Purse, hold_id: str, amount: int, at: datetime) -> Move:
    """Spend what was set aside, or less of it, and release the rest; once the hold is over, spend as `debit` does.

    Raises:
        Refused: ``purse.hold_exceeded``; or ``purse.insufficient``, if the hold is over.
    """
    hold = purse.hold(hold_id, at)
    if hold is None:
        return debit(purse, amount, at)
    if amount > hold.amount:
        raise Refused(
            "purse.hold_exceeded",
            f"{hold.amount:,} are set aside, and {amount:,} are to be spent",
            remedy="release it and set aside anew",
            held=hold.amount,
            asked=amount,
        )
    parts = spent(purse, _first(hold.pins, amount))
    return planned(purse, MoveKind.DEBIT, Account.REDEEMED, at, parts, ends_hold=hold_id)


def release(purse: Purse, hold_id: str, at: datetime) -> Move | None:
    """End a hold without spending anything; None if it is over already."""
    if purse.hold(hold_id, at) is None:
        return None
    return planned(purse, MoveKind.RELEASE, None, at, ends_hold=hold_id)


def _taken(purse: Purse, kind: MoveKind, account: Account, amount: int, at: datetime) -> Move:
    require_available(purse, amount, at)
    return planned(purse, kind, account, at, spent(purse, drawn(purse, purse.open_lots(at), amount, at)))


def _first(pins: tuple[Pin, ...], amount: int) -> list[Pin]:
    taken, missing = [], amount
    for pin in pins:
        take = min(missing, pin.amount)
        if take:
            taken.append(Pin(pin.lot, take))
            missing -= take
    return taken
