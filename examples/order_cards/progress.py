"""How far a piece of work has come: a line that changes on a terminal, and one line at the end elsewhere."""

from __future__ import annotations

import sys
from typing import Self


class Progress:
    """Prints the state of one piece of work; used as a context manager."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last = ""

    def show(self, share: float, text: str) -> None:
        """Print how much is done, from 0 to 1, and the same in words."""
        line = f"{self._label} {share:4.0%} {text}"
        if line != self._last and (sys.stdout.isatty() or share >= 1):
            self._last = line
            print(f"\r\x1b[K{line}" if sys.stdout.isatty() else line, end="", flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._last:
            print(flush=True)
