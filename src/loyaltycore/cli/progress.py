"""Progress on the standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self, TextIO

_WIDTH: Final = 30
_PAUSE_ON_TERMINAL: Final = 0.1
_PAUSE_ELSEWHERE: Final = 5.0
_CLEAR: Final = "\r\x1b[K"
"""Back to the beginning of the line, and clear it."""


class Progress:
    """Shows how far a piece of work has come; used as a context manager, so that the terminal is left tidy.

    Args:
        label: What is being done.
        stream: Where to; the standard error if left out.
    """

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._shown_at = float("-inf")
        self._last = ""

    def show(self, share: float, text: str) -> None:
        """Show the state, unless it was shown a moment ago and there is more to come.

        Args:
            share: How much is done, from 0 to 1.
            text: The same in words.
        """
        pause = _PAUSE_ON_TERMINAL if self._is_terminal else _PAUSE_ELSEWHERE
        if time.monotonic() - self._shown_at >= pause or share >= 1:
            self._shown_at = time.monotonic()
            self._write(f"{self._label} {self._bar(share)}{share:4.0%} {text}")

    def clear(self) -> None:
        """Make room for a line of something else; the bar comes back with the next `show`."""
        if self._is_terminal and self._last:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._last = ""

    def _bar(self, share: float) -> str:
        filled = round(_WIDTH * min(share, 1))
        return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] " if self._is_terminal else ""

    def _write(self, line: str) -> None:
        if line != self._last:
            self._last = line
            self._stream.write(f"{_CLEAR}{line}" if self._is_terminal else f"{line}\n")
            self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_terminal and self._last:
            self._stream.write("\n")
            self._stream.flush()
