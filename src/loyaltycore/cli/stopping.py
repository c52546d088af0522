"""Ending a long-running command: the first signal asks for it, the second one insists."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Wish:
    """Whether the command was asked to stop."""

    made: bool = False
    """A plain flag, not a `threading.Event`: a signal handler runs in the middle of anything, and could wait for the
    very lock that it has interrupted."""


@contextmanager
def wish_to_stop() -> Iterator[Wish]:
    """Take SIGTERM and SIGINT as a request to stop while the block lasts; a second one ends the process as usual."""
    wish = Wish()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def note(_number: int, _frame: FrameType | None) -> None:
        wish.made = True
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in _SIGNALS:
        signal.signal(number, note)
    try:
        yield wish
    finally:
        restore()
