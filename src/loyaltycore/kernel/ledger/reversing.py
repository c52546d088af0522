"""Undoing: a debit is restored, a credit is taken back, what is left is made void."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from attrs import evolve

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger.lot import Lot, Pin, spending_order
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.planning import drawn, planned, spent
from loyaltycore.kernel.ledger.purse import Purse


class Beyond(Enum):
    """What happens if more is taken back than the holder has."""

    REFUSE = "refuse"
    CAP = "cap"
    """All that there is is taken."""
    DEFICIT = "deficit"
    """The holder owes the rest, and his next credits pay it."""


def reverse(
    purse: Purse, award: Move, earlier: Iterable[Move], amount: int, at: datetime, *, beyond: Beyond
) -> Move | None:
    """Take a credit back: from its own lot first, then from others.

    What has expired of its lot is lost already and is not taken from others.

    Args:
        award: The credit.
        earlier: All moves whose `reverses` names it.
        amount: How much of it; more than there is still to be taken back counts as that.

    Returns:
        None if nothing is left to be taken back.

    Raises:
        Refused: ``purse.insufficient``.
    """
    rest = award.amount + sum(move.amount for move in earlier) - _lost(purse, award, at)
    amount = min(amount, rest)
    if amount <= 0:
        return None
    taken = drawn(purse, _own_first(purse, award, at), amount, at)
    short = amount - sum(pin.amount for pin in taken)
    if short and beyond is Beyond.REFUSE:
        raise Refused(
            "purse.insufficient",
            f"{amount:,} are to be taken back, and {amount - short:,} are there",
            asked=amount,
            available=amount - short,
            unit=purse.unit,
        )
    owed = short if beyond is Beyond.DEFICIT else 0
    if not taken and not owed:
        return None
    parts = spent(purse, taken)
    return planned(
        purse,
        MoveKind.REVERSE,
        award.account,
        at,
        parts,
        owed=owed,
        reverses=award.seq,
        month=award.month,
    )


def restore(
    purse: Purse,
    spending: Move,
    earlier: Iterable[Move],
    amount: int,
    at: datetime,
    *,
    grace_until: datetime | None = None,
) -> Move | None:
    """Put back what was spent, into its own lots with their own dates; what was spent last comes back first.

    What comes back into a lot that has expired is gone at once.

    Args:
        spending: The debit.
        earlier: All moves whose `reverses` names it.
        amount: How much of it; more than there is still to be restored counts as that.
        grace_until: Until when such lots live on; None for not at all.

    Returns:
        None if nothing is left to be restored.
    """
    done = sum(move.amount for move in earlier)
    amount = min(amount, -spending.amount - done)
    if amount <= 0:
        return None
    parts = _last(spending.parts, done, amount)
    if grace_until is not None:
        number = purse.moves + 1
        parts = [
            evolve(part, id=number, expires_at=grace_until) if part.has_expired(at) else part
            for part in parts
        ]
    return planned(purse, MoveKind.RESTORE, spending.account, at, parts, reverses=spending.seq)


def void(purse: Purse, at: datetime, lot_id: int | None = None) -> Move | None:
    """Take away everything that has not expired and is not set aside, or so much of one lot."""
    lots = [lot for lot in purse.lots if not lot.has_expired(at) and lot_id in {None, lot.id}]
    taken = [Pin(lot.id, purse.free(lot, at)) for lot in lots if purse.free(lot, at)]
    if not taken:
        return None
    return planned(purse, MoveKind.VOID, Account.ISSUED, at, spent(purse, taken))


def _lost(purse: Purse, award: Move, at: datetime) -> int:
    """What has expired of a credit without being booked."""
    return sum(purse.free(lot, at) for lot in purse.lots if lot.id == award.seq and lot.has_expired(at))


def _own_first(purse: Purse, award: Move, at: datetime) -> list[Lot]:
    lots = [lot for lot in purse.lots if not lot.has_expired(at)]
    return sorted(lots, key=lambda lot: (lot.id != award.seq, at < lot.starts_at, *spending_order(lot)))


def _last(parts: tuple[Lot, ...], skip: int, amount: int) -> list[Lot]:
    """So much of what was taken, from behind, without what was restored before."""
    back: list[Lot] = []
    for part in reversed(parts):
        there = -part.left
        passed = min(skip, there)
        skip -= passed
        take = min(amount, there - passed)
        amount -= take
        if take:
            back.append(part.part(take))
    return back
