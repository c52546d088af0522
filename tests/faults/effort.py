"""How much the fault tests do, and how long they wait at most.

By default they are as thorough as CI has time for. ``LOYALTYCORE_FAULTS_FACTOR=5`` makes races, soaks and random kills
five times as long, and lets the servers crash on both sides of every call.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

FACTOR: Final = int(os.environ.get("LOYALTYCORE_FAULTS_FACTOR", "1"))
THOROUGH: Final = FACTOR > 1

LONG: Final = 60.0 * FACTOR
"""Seconds after which what is still waited for will never come."""


def patience(what: str, seconds: float = LONG) -> Iterator[None]:
    """Go round again and again, but not for ever.

    Raises:
        AssertionError: Time is over.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
    raise AssertionError(f"{what}: not within {seconds:.0f} seconds")


def wait_for(done: Callable[[], bool], what: str, *, seconds: float = LONG, pause: float = 0.05) -> None:
    """Wait until something is the case.

    Raises:
        AssertionError: It never is.
    """
    for _ in patience(what, seconds):
        if done():
            return
        time.sleep(pause)
