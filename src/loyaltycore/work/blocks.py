"""Blocks: the unit of work open in a thread or task, and who may join it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final, TypeAlias, TypeVar

from attrs import Factory, define

from loyaltycore.errors import Refused, StorageError
from loyaltycore.ports.forking import Process, this_process
from loyaltycore.work.unit import Unit

R = TypeVar("R")


_Worker: TypeAlias = tuple[Process, int, int]


def _worker() -> _Worker:
    """The current process, thread and asynchronous task; asyncio is not loaded for this."""
    asyncio = sys.modules.get("asyncio")
    task = None
    if asyncio is not None:
        with suppress(RuntimeError):
            task = asyncio.current_task()
    return this_process(), threading.get_ident(), id(task) if task else 0


@define
class OpenUnit:
    """An open unit, and whose it is."""

    house: object
    unit: Unit | None
    """The unit; None once it has ended."""
    outer: OpenUnit | None
    """The one that was at work already, perhaps of another house."""
    worker: _Worker = Factory(_worker)
    """Where it was opened: a task started inside a block, or a process forked there, inherits its context, but must not
    write into a transaction that may be over before the task is, or that is another process's."""


_current: Final[ContextVar[OpenUnit | None]] = ContextVar("current_unit", default=None)


def open_unit(house: object) -> Unit | None:
    """The innermost unit of that house that is open in this thread or task."""
    held = _current.get()
    while held is not None and held.house is not house:
        held = held.outer
    return held.unit if held is not None and held.worker == _worker() else None


@contextmanager
def opened(house: object, unit: Unit) -> Iterator[Unit]:
    """Let verbs join a unit while the block lasts."""
    held = OpenUnit(house, unit, _current.get())
    token = _current.set(held)
    try:
        yield unit
    finally:
        held.unit = None
        unit.progress.ended = True
        _current.reset(token)
    if unit.progress.doomed:
        raise StorageError("a verb failed half way and was not heeded: nothing of this block was kept")


def join(unit: Unit, body: Callable[[Unit], R]) -> R:
    """Run a body inside a unit that is open already; if it fails half way, the unit keeps nothing."""
    before = unit.progress.writes
    try:
        return body(unit)
    except BaseException:
        unit.progress.doomed = unit.progress.doomed or unit.progress.writes != before
        raise


def refuse_inside_block(house: object, what: str) -> None:
    """Refuse work that reaches beyond the database while a unit is open that may still be taken back.

    Raises:
        Refused: ``outbox.inside_transaction``.
    """
    if open_unit(house) is not None:
        raise Refused(
            "outbox.inside_transaction",
            f"{what} cannot run inside a transaction block, which may still be taken back",
            remedy="call it after the block",
        )
