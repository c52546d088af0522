"""What surrounds every program: time, fresh ids, randomness. They are ports, so that rules stay pure and tests exact."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC, running backwards only when the clock is adjusted."""
        ...


class Ids(Protocol):
    """Makes ids."""

    def new(self) -> str:
        """A fresh id: unique for ever and everywhere, at most 40 characters of ``a-z 0-9 -``, later ones sort after earlier ones."""
        ...


class Tokens(Protocol):
    """Makes values that nobody may guess. Implementations must draw from a cryptographic source."""

    def digits(self, count: int) -> str:
        """This many decimal digits, uniformly distributed, leading zeros included."""
        ...

    def token(self) -> str:
        """A URL-safe text with at least 160 random bits."""
        ...
