"""Rate limiters that are wrong in what they remember: for whom, for how long, and what they tell about it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from loyaltycore.kernel.limiting import Limit
from loyaltycore.memory import FixedClock
from tests.testing.liars.honest_limiter import HonestLimiter


class CountsInItsProcess(HonestLimiter):
    """Counts with all others of its process, and with no other process."""


class ShortensKeys(HonestLimiter):
    """Keeps a checksum in place of the key, so that strangers may share one."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count for the checksum."""
        return super().admit(f"{crc32(key.encode()):x}", limit)


class CountsNetworks(HonestLimiter):
    """Takes all addresses of one network for one, as firewalls do."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count for the network."""
        return super().admit(re.sub("::[0-9a-f]+$", "::", key), limit)


class CutsKeysInOctets(HonestLimiter):
    """Has room for a thousand octets, not characters."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count for the beginning."""
        return super().admit(key.encode()[:1000].decode(errors="ignore"), limit)


class KnowsOneAddress(HonestLimiter):
    """Takes addresses that one provider delivers to one person for one."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count for the person."""
        local, at, domain = key.partition("@")
        return super().admit(
            f"{local.partition('+')[0].replace('.', '') if at else local}{at}{domain}", limit
        )


class RemembersAFew(HonestLimiter):
    """Forgets the oldest of its keys when there are 256: who has many makes room for another try."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count, and forget."""
        wait = super().admit(key, limit)
        while len(self._tries) > 256:
            del self._tries[next(iter(self._tries))]
        return wait


class SweepsWithItsBroom(HonestLimiter):
    """Sweeps out whatever is older than the stretch of the limit that is asked about, of all limits."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Sweep, and count."""
        oldest = (self.clock.now() - limit.per - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        self._tries = {place: kept for place, kept in self._tries.items() if max(kept[1], default=0) > oldest}
        return super().admit(key, limit)


class LogsWhoTries(HonestLimiter):
    """Tells the log whom it has refused."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count, and tell."""
        wait = super().admit(key, limit)
        if wait is not None:
            logging.getLogger("shop.limits").debug("%s: too many tries of %s", limit.name, key)
        return wait


class WritesWhenItEnds(HonestLimiter):
    """Writes down with each try when it ends, whatever the limit says later."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self._ends: dict[tuple[str, str], list[datetime]] = {}

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count what has not ended."""
        now = self.clock.now()
        place = limit.name, key
        mine = sorted(min(end, now + limit.per) for end in self._ends.get(place, []) if end > now)
        wait = None if len(mine) < limit.most else mine[-limit.most] - now
        self._ends[place] = [*mine, now + limit.per] if wait is None else mine
        return wait


MEMORIES: Final = (
    CountsInItsProcess,
    ShortensKeys,
    CountsNetworks,
    CutsKeysInOctets,
    KnowsOneAddress,
    RemembersAFew,
    SweepsWithItsBroom,
    LogsWhoTries,
    WritesWhenItEnds,
)
