"""Event loops: which one runs in this thread, and what a verb says that blocks one.

The loops of asyncio and of trio are known. Neither library is loaded for that: where it is not, no loop of it can run.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Final
from weakref import WeakSet

from loyaltycore.errors import BlocksEventLoop

_TOLD: Final[WeakSet[object]] = WeakSet()
"""The houses that have warned already."""


_MODULES: Final = sys.modules


def _no_loop() -> None:
    """Stands for a function that is not there yet."""


def running_library() -> ModuleType | None:
    """The library of the event loop that runs in this thread, if there is one."""
    # Every verb comes here twice. While another thread is still importing the library, it has no such function, and no
    # loop of it runs.
    asyncio = _MODULES.get("asyncio")
    if asyncio is not None and getattr(asyncio, "_get_running_loop", _no_loop)() is not None:
        return asyncio
    trio = _MODULES.get("trio")
    return trio if trio is not None and trio.lowlevel.in_trio_run() else None


def current_task() -> int:
    """Tells the task that runs in this thread from all others that live; 0 outside any task."""
    library = running_library()
    if library is None:
        return 0
    if library.__name__ == "trio":
        return id(library.lowlevel.current_task()) if library.lowlevel.in_trio_task() else 0
    task = library.current_task()
    return 0 if task is None else id(task)


def when_awaited(act: Callable[[], None]) -> Callable[[], None]:
    """Let the loop of this thread act as soon as the code that runs now gives way to it; without a loop, never.

    Args:
        act: Must not raise.

    Returns:
        Call it to forget the matter.
    """
    library = running_library()
    if library is None:
        return lambda: None
    if library.__name__ != "trio":
        handle: Callable[[], None] = library.get_running_loop().call_soon(act).cancel
        return handle
    pending = [act]
    library.lowlevel.current_trio_token().run_sync_soon(lambda: pending and pending[0]())
    return pending.clear


def warn_if_blocking(house: object) -> None:
    """Say once for each house that its verbs block the event loop that runs in this thread."""
    if running_library() is None or house in _TOLD:
        return
    _TOLD.add(house)
    warnings.warn(
        "a verb waits for the storage and blocks the event loop meanwhile: run it in a thread, for example with "
        "`await loyalty.aio.run(desk.customers.get, customer_id)` (said once for each Loyalty)",
        BlocksEventLoop,
        stacklevel=_level_of_caller(),
    )


def _level_of_caller() -> int:
    """How far away the first caller outside this package is, for `warnings.warn`."""
    level = 1
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  what it is for
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame = frame.f_back
        level += 1
    return level


_OURS: Final = frozenset({"loyaltycore", "contextlib"})
