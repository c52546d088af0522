"""A rate limiter that counts in the storage, for all processes together."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from attrs import evolve

from loyaltycore.kernel.limiting import Limit
from loyaltycore.work.house import House
from loyaltycore.work.journal import RateWindow
from loyaltycore.work.running import run_command
from loyaltycore.work.session import own_session
from loyaltycore.work.unit import Unit


class StorageLimiter:
    """Counts tries in a transaction of its own; inside a block of the caller's, in that block."""

    def __init__(self, house: House) -> None:
        self._house = house

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count a try; see `RateLimiter.admit`."""
        # What is stored does not show whose it is.
        hashed = sha256(f"{limit.name}\n{key}".encode("utf-8", "replace")).hexdigest()

        def count(unit: Unit) -> timedelta | None:
            window = unit.seek(RateWindow, hashed, for_update=True)
            recent, wait = limit.admit(window.tries if window else (), unit.now)
            until = unit.now + limit.per
            if window is None:
                unit.add(RateWindow(hashed, recent, until))
            elif recent != window.tries:
                unit.save(evolve(window, tries=recent, lapses_at=until))
            return wait

        return run_command(own_session(self._house, "limits"), "", "", count)
