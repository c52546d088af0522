"""Limits on how often something may be tried, exact in any stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import frozen

MOST_TRIES: Final = 300
"""Of one limit: each is remembered until it is too old to matter."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@frozen
class Limit:
    """At most so many tries in any stretch of so much time."""

    name: str
    """What is limited; tries of something else are counted apart."""
    most: int
    """1 to 300."""
    per: timedelta

    def admit(self, tries: Iterable[int], now: datetime) -> tuple[tuple[int, ...], timedelta | None]:
        """Decide about one more try.

        Args:
            tries: Those that were admitted, in microseconds since 1970, in any order.

        Returns:
            The tries that matter from now on, and how long to wait; None if this one is admitted and counted.
        """
        instant, stretch = _microseconds(now - _EPOCH), _microseconds(self.per)
        # A clock that was set back must not make anybody wait for longer than the stretch.
        recent = sorted(min(each, instant) for each in tries if each > instant - stretch)
        if len(recent) < self.most:
            return (*recent, instant), None
        # All are kept: the limit may be raised again.
        return tuple(recent), timedelta(microseconds=recent[-self.most] + stretch - instant)


def _microseconds(span: timedelta) -> int:
    return span // _MICROSECOND
