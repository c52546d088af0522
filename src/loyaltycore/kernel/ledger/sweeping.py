"""Booking what has expired: the clock decides, and this only writes it down."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltycore.kernel.ledger.lot import Lot
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.planning import planned
from loyaltycore.kernel.ledger.purse import Purse


def expire(purse: Purse, at: datetime) -> tuple[Move, ...]:
    """Book each lot that has expired, without what is set aside of it, as of the moment at which it was over."""
    over = [lot for lot in purse.lots if lot.has_expired(at) and purse.free(lot, at)]
    return tuple(
        evolve(_expired(purse, lot, at), seq=purse.moves + 1 + place) for place, lot in enumerate(over)
    )


def _expired(purse: Purse, lot: Lot, at: datetime) -> Move:
    # A hold that is over has kept its units until then.
    ends = [hold.expires_at for hold in purse.holds if any(pin.lot == lot.id for pin in hold.pins)]
    known = [each for each in (lot.expires_at, lot.since, *ends) if each is not None and each <= at]
    return planned(
        purse,
        MoveKind.EXPIRE,
        Account.BREAKAGE,
        at,
        (lot.part(-purse.free(lot, at)),),
        effective_at=max(known),
        reverses=lot.id,
    )
