"""Does things at the same time, so that what threads share by mistake shows."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import CodeType, FrameType
from typing import Any, Final, TypeVar

from attrs import define, field

T = TypeVar("T")
R = TypeVar("R")

_THREADS: Final = 4
_PAUSES: Final = 2
"""How many threads stop at each line, once: the others go on, and may do there what they should not."""
_PAUSE: Final = 0.001
_PATIENCE: Final = 10


@define(eq=False)
class _Stops:
    """Stops threads at lines of Python that they come to for the first time."""

    _begun: threading.Barrier = field(factory=lambda: threading.Barrier(_THREADS))
    _lock: threading.Lock = field(factory=threading.Lock)
    _seen: dict[tuple[CodeType, int], int] = field(factory=dict)

    def begin(self) -> None:
        """Watch the lines of this thread, when all are there: the first one might be done before the last begins."""
        with self._lock:  # two threads must not do this at the same time
            sys.settrace(self._at_a_line)
        self._begun.wait(_PATIENCE)

    def _at_a_line(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        place = frame.f_code, frame.f_lineno
        stopped = self._seen.get(place, 0)
        if stopped < _PAUSES:
            self._seen[place] = stopped + 1
            time.sleep(_PAUSE)
        return self._at_a_line


def in_threads(do: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """What comes of each of some things, done by threads that stop in the middle of what they do.

    Args:
        things: As many as there are threads at least, which is four.

    Raises:
        Exception: The first error that a thread raised.
    """
    with ThreadPoolExecutor(_THREADS, initializer=_Stops().begin) as pool:
        return list(pool.map(do, things))
