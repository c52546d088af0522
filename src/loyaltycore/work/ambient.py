"""The real ambient ports: the system's clock, time-ordered ids, cryptographic randomness."""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import UTC, datetime

from loyaltycore.ports.forking import PerProcess


class SystemClock:
    """The system's clock, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


class TimeOrderedIds:
    """UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, a counter, 62 random bits.

    Within one process later ids always sort after earlier ones, even within a millisecond and when the clock is set
    back; across processes they sort by their milliseconds.
    """

    def __init__(self) -> None:
        self._lock = PerProcess(threading.Lock)
        self._last = 0

    def new(self) -> str:
        """A fresh id: 36 characters."""
        with self._lock.get():
            # The twelve bits after the milliseconds count ids of one millisecond; an overflow borrows from the next.
            stamp = max(self._last + 1, time.time_ns() // 1_000_000 << 12)
            self._last = stamp
        chance = int.from_bytes(os.urandom(8)) >> 2
        value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | chance
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class SecretTokens:
    """Random values from the operating system's cryptographic source."""

    def digits(self, count: int) -> str:
        """This many decimal digits, uniformly distributed."""
        return f"{secrets.randbelow(10**count):0{count}d}"

    def token(self) -> str:
        """A URL-safe text with 192 random bits."""
        return secrets.token_urlsafe(24)
