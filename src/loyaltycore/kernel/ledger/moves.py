"""Moves: the history of a purse, from which it can be made again."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import frozen

from loyaltycore.kernel.ledger.lot import Hold, Lot


class MoveKind(Enum):
    """What happened."""

    CREDIT = "credit"
    DEBIT = "debit"
    RESTORE = "restore"
    """A debit was undone."""
    REVERSE = "reverse"
    """A credit was taken back."""
    EXPIRE = "expire"
    """A lot's time is over, and somebody has booked that: no balance changes."""
    ADJUST = "adjust"
    VOID = "void"
    RESERVE = "reserve"
    RELEASE = "release"
    RENEW = "renew"
    """Lots were given another last moment."""
    COMPACT = "compact"
    """Lots that nothing tells apart were put together: no balance changes."""


class Account(Enum):
    """The other side of a move: what the holder gets, one of these gives."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    BREAKAGE = "breakage"
    ADJUSTED = "adjusted"
    IMPORTED = "imported"


@frozen
class Move:
    """One change of a purse."""

    seq: int
    """1 for the first one of a purse, without gaps."""
    kind: MoveKind
    amount: int
    """What the holder has more afterwards; less if negative. The account has the opposite."""
    account: Account | None
    """None if the amount is 0."""
    parts: tuple[Lot, ...]
    """What went into lots and out of them; a lot that is not there is opened."""
    owed: int
    """What the holder owes more afterwards; less if negative."""
    effective_at: datetime
    """Since when it counts: for `EXPIRE`, the moment at which it was over."""
    at: datetime
    """When it was booked."""
    reverses: int | None = None
    """The number of the move that this one undoes or, for `EXPIRE`, of the one that had opened the lot."""
    month: int | None = None
    """The month to which an earned amount counts, for example 202611."""
    hold: Hold | None = None
    """What is set aside from now on."""
    ends_hold: str | None = None
    """The hold that is over."""
