"""Sees what code opens or looks up, from the interpreter's own reports."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_EVENTS: Final = frozenset(
    {
        "open",
        "os.listdir",
        "os.scandir",
        "socket.connect",
        "socket.getaddrinfo",
        "subprocess.Popen",
        "sqlite3.connect",
    }
)

LOOKS: Final = frozenset({"stat", "lstat", "fstat", "access"})
"""Built-in functions that ask the file system; no audit event reports them."""

CLOCKS: Final = frozenset(
    {"today", "now", "utcnow", "localtime", "gmtime", "time", "time_ns", "monotonic", "monotonic_ns"}
)
"""Built-in functions that ask for the time; not `perf_counter`, with which hypothesis measures garbage collections."""

_OWNERS: Final = frozenset({"posix", "nt", "time", "date", "datetime"})

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


@contextmanager
def calls_of(names: frozenset[str]) -> Iterator[list[str]]:
    """The built-in functions of these names that this thread calls inside the block."""
    calls: list[str] = []

    def note(_frame: FrameType, event: str, function: Any) -> None:
        name = getattr(function, "__name__", "")
        if event == "c_call" and name in names and _is_the_systems(function):
            calls.append(name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """Let the machine stand in a time zone as long as the block lasts; does nothing where a process cannot change it."""
    before = os.environ.get("TZ")
    _move(name)
    try:
        yield
    finally:
        _move(before)


def _move(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if hasattr(time, "tzset"):
        time.tzset()


def _is_the_systems(function: Any) -> bool:
    """Whether it belongs to a module or a class: the method `time` of a datetime looks at no clock."""
    return getattr(getattr(function, "__self__", None), "__name__", "") in _OWNERS


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    calls = getattr(_seen, "calls", None)
    if calls is not None and event in _EVENTS:
        calls.append(f"{event} {arguments[0]!r}")
