"""What every program has around it: time, fresh ids, chance. Ports, so that rules stay pure and tests stay exact."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC, never running backwards by more than clock adjustments."""
        ...


class Ids(Protocol):
    """Makes ids."""

    def new(self) -> str:
        """A fresh id: unique for ever and everywhere, at most 40 characters of ``a-z 0-9 -``, later ones sort after earlier ones."""
        ...


class Tokens(Protocol):
    """Makes what nobody may guess. Implementations must draw from a cryptographic source."""

    def digits(self, count: int) -> str:
        """So many decimal digits, uniformly distributed, leading zeros included."""
        ...

    def token(self) -> str:
        """A URL-safe text with at least 160 bits of chance."""
        ...
