"""Rate limiters that are wrong in one way each, around one that counts for all of its process."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import evolve

from loyaltycore.kernel.limiting import Limit
from loyaltycore.memory import FixedClock
from tests.testing.liars.honest_limiter import HonestLimiter
from tests.testing.liars.liar import Liar
from tests.testing.liars.limiter_memories import MEMORIES

_SECOND: Final = timedelta(seconds=1)


class CountsRefusedTries(HonestLimiter):
    """Makes whoever keeps on trying wait for ever."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count before looking."""
        wait = super().admit(key, limit)
        if wait is not None:
            place = limit.name, key
            until, tries = self._tries[place]
            self._tries[place] = until, (*tries[1:], tries[-1] + 1_000_000)
        return wait


class CountsFixedWindows(HonestLimiter):
    """Begins anew with each stretch of the clock, so that twice as many fit around its edge."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count by the number of the stretch."""
        since = self.clock.now() - datetime(1970, 1, 1, tzinfo=UTC)
        number, used = since // limit.per, since % limit.per
        wait = super().admit(f"{key}\n{number}", evolve(limit, per=2 * limit.per))
        return None if wait is None else min(wait, limit.per - used)


class RefillsSlowly(HonestLimiter):
    """Lets one in whenever a part of the stretch has passed: more than the limit in one stretch."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self._buckets: dict[Any, tuple[float, datetime]] = {}

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Take from a bucket."""
        now = self.clock.now()
        left, at = self._buckets.get((limit.name, key), (float(limit.most), now))
        left = min(float(limit.most), left + (now - at) / limit.per * limit.most)
        self._buckets[limit.name, key] = (left - 1 if left >= 1 else left, now)
        return (
            None
            if left >= 1
            else min(limit.per, (1 - left) * limit.per / limit.most + timedelta(microseconds=1))
        )


class AdmitsOneMore(HonestLimiter):
    """Refuses the one after the next."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count from zero."""
        return super().admit(key, evolve(limit, most=limit.most + 1))


class RemembersAHundred(HonestLimiter):
    """Keeps the last hundred tries."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Forget the others."""
        wait = super().admit(key, limit)
        until, tries = self._tries[limit.name, key]
        self._tries[limit.name, key] = until, tries[-100:]
        return wait


class SaysTheWholeStretch(HonestLimiter):
    """Always says that the whole stretch is to be waited for."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Round up."""
        return None if super().admit(key, limit) is None else limit.per


class SaysSeconds(HonestLimiter):
    """Answers with a number."""

    def admit(self, key: str, limit: Limit) -> Any:
        """Count in seconds."""
        wait = super().admit(key, limit)
        return wait and wait.total_seconds()


class CountsInSeconds(HonestLimiter):
    """Rounds stretches to whole seconds."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Round."""
        wait = super().admit(key, evolve(limit, per=max(_SECOND, limit.per // _SECOND * _SECOND)))
        return wait and min(wait, limit.per)


class WaitsForTheEndInclusive(HonestLimiter):
    """Still refuses when the stretch is over to the microsecond."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Look a microsecond too long."""
        wait = super().admit(key, evolve(limit, per=limit.per + timedelta(microseconds=1)))
        return wait and min(wait, limit.per)


class FoldsKeys(HonestLimiter):
    """Holds keys for one that differ by case or blanks."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Fold."""
        return super().admit(key.strip().lower(), limit)


class CutsKeys(HonestLimiter):
    """Keeps the first 255 characters of a key."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Cut."""
        return super().admit(key[:255], limit)


class NumbersKeys(HonestLimiter):
    """Takes a key of digits for a number."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Drop zeros."""
        return super().admit(str(int(key)) if key.isascii() and key.isdigit() else key, limit)


class IgnoresTheEmptyKey(HonestLimiter):
    """Admits everybody who has no name."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Wave through."""
        return super().admit(key, limit) if key else None


class GluesNames(HonestLimiter):
    """Writes name and key one after the other."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Glue."""
        return super().admit("", evolve(limit, name=limit.name + key))


class GluesWithADot(HonestLimiter):
    """Writes a dot between name and key."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Glue."""
        return super().admit("", evolve(limit, name=f"{limit.name}.{key}"))


class KnowsOneLimit(HonestLimiter):
    """Goes on with the limit that it heard of first."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Remember the first one."""
        known: dict[str, Limit] = self.__dict__.setdefault("known", {})
        return super().admit(key, known.setdefault(limit.name, limit))


class WaitsForTheOldest(HonestLimiter):
    """Says how long the oldest try counts, though more of them count than the limit allows."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Look at the first one."""
        wait = super().admit(key, limit)
        _, tries = self._tries[limit.name, key]
        first = datetime.fromtimestamp(min(tries) / 1e6, UTC)
        return None if wait is None else max(first + limit.per - self.clock.now(), timedelta(microseconds=1))


class ForgetsWhatIsTooMuch(HonestLimiter):
    """Keeps as many tries as the limit allows, and has none of the others when it is raised."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Cut what is kept."""
        wait = super().admit(key, limit)
        until, tries = self._tries[limit.name, key]
        self._tries[limit.name, key] = until, tries[-limit.most :]
        return wait


class ForgetsAfterADay(HonestLimiter):
    """Throws away what is older than a day."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Shorten the stretch."""
        return super().admit(key, evolve(limit, per=min(limit.per, timedelta(days=1))))


class BelievesTheClock(HonestLimiter):
    """Waits until a clock that was set back has come to where it was."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Ask the latest time that there was."""
        latest = max(self.clock.now(), self.__dict__.get("latest", self.clock.now()))
        self.__dict__["latest"] = latest
        if latest > self.clock.now():
            return limit.per
        return super().admit(key, limit)


class ReadsAndWrites(HonestLimiter):
    """Lets threads in between looking and counting."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Look first, and count later."""
        now = self.clock.now()
        _, tries = self._tries.get((limit.name, key), (now, ()))
        recent, wait = limit.admit(tries, now)
        time.sleep(0.001)
        self._tries[limit.name, key] = (now + limit.per, recent)
        return wait


class CountsPerThread(HonestLimiter):
    """Counts for each thread apart."""

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Add the thread."""
        return super().admit(f"{key}\n{threading.get_ident()}", limit)


class CountsAlone(HonestLimiter):
    """Counts for itself where it is said to be shared."""

    def another(self) -> Any:
        """A fresh one."""
        return type(self)(self.clock)


def _liar(kind: type[HonestLimiter]) -> Liar[type[HonestLimiter]]:
    return Liar.of(kind, lambda: kind)


LIMITER_LIARS: Final = tuple(
    _liar(kind)
    for kind in (
        CountsRefusedTries,
        CountsFixedWindows,
        RefillsSlowly,
        AdmitsOneMore,
        RemembersAHundred,
        SaysTheWholeStretch,
        SaysSeconds,
        CountsInSeconds,
        WaitsForTheEndInclusive,
        FoldsKeys,
        CutsKeys,
        NumbersKeys,
        IgnoresTheEmptyKey,
        GluesNames,
        GluesWithADot,
        KnowsOneLimit,
        WaitsForTheOldest,
        ForgetsWhatIsTooMuch,
        ForgetsAfterADay,
        BelievesTheClock,
        ReadsAndWrites,
        CountsPerThread,
        CountsAlone,
        *MEMORIES,
    )
)
