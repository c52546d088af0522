"""A rate limiter for one process."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from loyaltycore.kernel.limiting import Limit
from loyaltycore.ports.ambient import Clock
from loyaltycore.ports.forking import PerProcess

_FIRST_FULL: Final = 10_000


class MemoryLimiter:
    """Counts in memory: each process counts for itself, and its end forgets everything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = PerProcess(threading.Lock)
        self._tries: dict[tuple[str, str], tuple[datetime, tuple[int, ...]]] = {}
        """When they may be forgotten, and when they were."""
        self._full = _FIRST_FULL
        """With so many, those are looked for that may be forgotten: at twice what was left, so that a flood costs no more
        than its length."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count a try; see `RateLimiter.admit`."""
        with self._lock.get():
            now = self._clock.now()
            if len(self._tries) >= self._full:
                self._tries = {each: kept for each, kept in self._tries.items() if kept[0] > now}
                self._full = max(_FIRST_FULL, 2 * len(self._tries))
            _, tries = self._tries.get((limit.name, key), (now, ()))
            recent, wait = limit.admit(tries, now)
            self._tries[limit.name, key] = (now + limit.per, recent)
            return wait
