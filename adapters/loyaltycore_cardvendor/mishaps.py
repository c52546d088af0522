"""Mishaps on demand, so that a client can be tested against them."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

ANSWERS = ("problem", "cut", "silence")


@dataclass(frozen=True)
class Mishap:
    """What happens to one call."""

    act: bool = False
    """Whether the call is carried out all the same."""
    answer: str = "problem"
    """A problem document, a cut connection, or silence."""
    status: int = 503
    code: str = "unavailable"
    retry_after: int = 0
    """Seconds, or 0 for no such header."""
    seconds: float = 30.0
    """How long the silence lasts."""


class Mishaps:
    """A queue of them; forgotten with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Mishap] = deque()

    def plan(self, count: int, **facts: Any) -> None:
        """Make the next `count` calls fail.

        Raises:
            ValueError: There is no such mishap.
        """
        try:
            mishap = Mishap(**facts)
        except TypeError as error:
            raise ValueError(str(error)) from error
        if mishap.answer not in ANSWERS:
            raise ValueError(f"answer must be one of {', '.join(ANSWERS)}")
        with self._lock:
            self._queue.extend([mishap] * count)

    def take(self) -> Mishap | None:
        """The mishap of this call, if any."""
        with self._lock:
            return self._queue.popleft() if self._queue else None

    def forget(self) -> None:
        """Let all go well again."""
        with self._lock:
            self._queue.clear()
