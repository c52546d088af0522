"""The purse: what one holder has, has set aside and owes of one thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve, frozen

from loyaltycore.kernel.ledger.lot import Hold, Lot, spending_order
from loyaltycore.kernel.ledger.moves import Account, Move


@frozen
class Turnover:
    """What each account has got from one holder; negative for what it gave."""

    issued: int = 0
    redeemed: int = 0
    breakage: int = 0
    adjusted: int = 0
    imported: int = 0

    @property
    def total(self) -> int:
        """The opposite of what the holder has."""
        return self.issued + self.redeemed + self.breakage + self.adjusted + self.imported

    def after(self, account: Account | None, amount: int) -> Turnover:
        """The same after an account gave so much."""
        if account is None:
            return self
        return evolve(self, **{account.value: getattr(self, account.value) - amount})


@frozen
class Purse:
    """Lots, holds and a debt, with the totals of the accounts on the other side.

    All of its lots, less the debt, and the totals add up to zero, after every move.
    """

    unit: str
    """``points``, a currency, ``uses``, or what else is counted."""
    lots: tuple[Lot, ...] = ()
    """By their ids; an empty one is dropped."""
    holds: tuple[Hold, ...] = ()
    deficit: int = 0
    """What the holder owes; the next credits pay it."""
    turnover: Turnover = Turnover()
    months: tuple[tuple[int, int], ...] = ()
    """What was earned by month, less what was taken back of it."""
    moves: int = 0
    """How many there were."""

    def balance(self, at: datetime) -> int:
        """What the holder has, with what is set aside and less what he owes; it may be negative."""
        return self.sums(at)[0]

    def sums(self, at: datetime) -> tuple[int, int]:
        """The balance, and what will be there later."""
        balance, pending = -self.deficit, 0
        for lot in self.lots:
            if lot.has_expired(at):
                # What is set aside outlives its lot.
                balance += self.pinned(lot, at) if self.holds else 0
            elif lot.starts_at <= at:
                balance += lot.left
            else:
                pending += lot.left
        return balance, pending

    def held(self, at: datetime) -> int:
        """What is set aside."""
        return sum(hold.amount for hold in self.live_holds(at))

    def available(self, at: datetime) -> int:
        """What can be spent: the balance without what is set aside, never less than nothing."""
        return max(0, self.surplus(at))

    def surplus(self, at: datetime) -> int:
        """The balance without what is set aside; negative if more is owed."""
        return self.balance(at) - self.held(at)

    def pending(self, at: datetime) -> int:
        """What will be there later."""
        return self.sums(at)[1]

    def liability(self, at: datetime) -> int:
        """What the other side owes the holder: the balance and what is pending."""
        return sum(self.sums(at))

    def expired(self, at: datetime) -> int:
        """How much has expired, booked or not, since the beginning."""
        return self.turnover.breakage + sum(self.free(lot, at) for lot in self.lots if lot.has_expired(at))

    def live_holds(self, at: datetime) -> Iterable[Hold]:
        """The holds that still count."""
        return (hold for hold in self.holds if hold.is_live(at))

    def pinned(self, lot: Lot, at: datetime) -> int:
        """How much of a lot is set aside."""
        return sum(pin.amount for hold in self.live_holds(at) for pin in hold.pins if pin.lot == lot.id)

    def free(self, lot: Lot, at: datetime) -> int:
        """How much of a lot is not set aside."""
        return lot.left - self.pinned(lot, at)

    def hold(self, hold_id: str, at: datetime) -> Hold | None:
        """A hold that still counts."""
        return next((hold for hold in self.live_holds(at) if hold.id == hold_id), None)

    def open_lots(self, at: datetime) -> list[Lot]:
        """What can be spent, in the order in which it is."""
        return sorted((lot for lot in self.lots if lot.is_open(at)), key=spending_order)

    def next_expiry(self, at: datetime) -> datetime | None:
        """When something expires, or has expired without being booked."""
        return min((_due(self, lot, at) for lot in self.lots if lot.expires_at is not None), default=None)

    def after(self, *moves: Move) -> Purse:
        """The purse after some moves, each of which was planned for the one before."""
        purse = self
        for move in moves:
            purse = _after(purse, move)
        return purse


def replay(unit: str, moves: Iterable[Move]) -> Purse:
    """Make a purse from its history, in order."""
    return Purse(unit).after(*moves)


def as_of(unit: str, moves: Iterable[Move], at: datetime, known: datetime | None = None) -> Purse:
    """The purse as it was at a moment in the past.

    Args:
        moves: All of them, in order.
        known: What was booked later is left out; None for all that is known today.
    """
    counted = (each for each in moves if each.effective_at <= at and (known is None or each.at <= known))
    return replay(unit, counted)


def _due(purse: Purse, lot: Lot, at: datetime) -> datetime:
    """When a lot's expiry can be booked: what is set aside of it expires with its hold."""
    ends = [hold.expires_at for hold in purse.live_holds(at) if any(pin.lot == lot.id for pin in hold.pins)]
    over = lot.expires_at or at
    return over if not ends or purse.free(lot, at) else max(over, min(ends))


def _after(purse: Purse, move: Move) -> Purse:
    at = move.effective_at
    live = tuple(each for each in purse.live_holds(at) if each.id != move.ends_hold)
    lots = {lot.id: lot for lot in purse.lots}
    for hold in purse.holds:
        if hold not in live:
            _unpin(lots, hold, min(hold.expires_at, at))
    for part in move.parts:
        _enter(lots, part, at)
    return Purse(
        purse.unit,
        tuple(lots[key] for key in sorted(lots)),
        (*live, move.hold) if move.hold else live,
        purse.deficit + move.owed,
        purse.turnover.after(move.account, move.amount),
        _earned(purse.months, move),
        purse.moves + 1,
    )


def _unpin(lots: dict[int, Lot], hold: Hold, at: datetime) -> None:
    for pin in hold.pins:
        if pin.lot in lots:
            lots[pin.lot] = _come_back(lots[pin.lot], at)


def _enter(lots: dict[int, Lot], part: Lot, at: datetime) -> None:
    before = lots.pop(part.id, None)
    lot = part if before is None else evolve(before, left=before.left + part.left)
    if lot.left:
        lots[part.id] = _come_back(lot, at) if part.left > 0 else lot


def _come_back(lot: Lot, at: datetime) -> Lot:
    """What comes back into a lot that has expired is gone at the same moment, not earlier."""
    if not lot.has_expired(at):
        return lot
    return evolve(lot, since=at if lot.since is None else max(lot.since, at))


def _earned(months: tuple[tuple[int, int], ...], move: Move) -> tuple[tuple[int, int], ...]:
    if move.month is None:
        return months
    sums = dict(months)
    sums[move.month] = sums.get(move.month, 0) + move.amount
    return tuple(sorted((month, amount) for month, amount in sums.items() if amount))
