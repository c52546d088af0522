"""Sees what a piece of code opens, by the audit events of the interpreter."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_EVENTS: Final = frozenset(
    {"open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "sqlite3.connect"}
)

_seen = threading.local()
_installed = threading.Event()


@contextmanager
def io_calls() -> Iterator[list[str]]:
    """The files and connections that this thread opens inside the block."""
    if not _installed.is_set():
        # A hook can never be taken away again, so there is one, and it is idle outside of such a block.
        sys.addaudithook(_note)
        _installed.set()
    calls: list[str] = []
    _seen.calls = calls
    try:
        yield calls
    finally:
        _seen.calls = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    calls = getattr(_seen, "calls", None)
    if calls is not None and event in _EVENTS:
        calls.append(f"{event} {arguments[0]!r}")
