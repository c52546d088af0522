"""Lots and holds: what came in together, and what is set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Final

from attrs import evolve, frozen

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Funding(Enum):
    """How the holder came by it."""

    EARNED = "earned"
    GRANTED = "granted"
    PAID = "paid"
    IMPORTED = "imported"


@frozen
class Lot:
    """What came into a purse at one time; in a move, the part of it that goes in or, if negative, out."""

    id: int
    """The number of the move that opened it."""
    left: int
    starts_at: datetime
    """Before, it is pending."""
    expires_at: datetime | None
    """From then on it is gone, whether or not anybody has booked that; None for never."""
    funding: Funding
    priority: int = 0
    """Smaller ones are spent first."""
    since: datetime | None = None
    """The last moment at which some of it came back after it had expired."""

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= at

    def is_open(self, at: datetime) -> bool:
        """Whether it can be spent."""
        return self.starts_at <= at and not self.has_expired(at)

    def part(self, amount: int) -> Lot:
        """So much of it, for a move."""
        return evolve(self, left=amount)


@frozen
class Pin:
    """What a hold sets aside of one lot."""

    lot: int
    amount: int


@frozen
class Hold:
    """Units that are set aside until they are spent or released; a hold outlives the expiry of its lots."""

    id: str
    expires_at: datetime
    pins: tuple[Pin, ...]
    """In the order in which they are spent."""

    @property
    def amount(self) -> int:
        """How much it sets aside."""
        return sum(pin.amount for pin in self.pins)

    def is_live(self, at: datetime) -> bool:
        """Whether it still counts."""
        return at < self.expires_at


def spending_order(lot: Lot) -> tuple[int, datetime, bool, int]:
    """Sort key: by priority, soonest expiry, what was not paid for first, oldest."""
    return lot.priority, lot.expires_at or _NEVER, lot.funding is Funding.PAID, lot.id
