"""Lets the clocks of the process show another time of day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine


@contextmanager
def clock_moved(seconds: float) -> Iterator[None]:
    """Let every clock of this process show another time of day; those that only measure go on as they are."""
    with time_machine.travel(time.time() + seconds, tick=True):
        yield
