"""Time, ids and randomness under a test's control."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.forking import PerProcess


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: datetime | None = None) -> None:
        """Set it.

        Raises:
            InvalidInput: The instant is none, or has no time zone.
        """
        with Faults() as faults:
            found = faults.instant("instant", instant)
        self.instant = found or datetime(2026, 1, 15, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """What it shows."""
        return self.instant

    def advance(self, **span: float) -> None:
        """Move it by a `timedelta`, given by its keywords, for example ``days=3``."""
        self.instant += timedelta(**span)


class CountedIds:
    """Ids that count up: the same program gives the same ids."""

    def __init__(self) -> None:
        self._lock = PerProcess(threading.Lock)
        self._count = 0

    def new(self) -> str:
        """The next id."""
        with self._lock.get():
            self._count += 1
            return f"id-{self._count:08d}"


class SeededTokens:
    """Random values from a seed: only for tests, because they can be guessed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable on purpose

    def digits(self, count: int) -> str:
        """This many decimal digits."""
        return "".join(self._random.choices("0123456789", k=count))

    def token(self) -> str:
        """A text of 24 letters."""
        return "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=24))
