"""Blocks: the unit of work open in a thread or task, who may join it, and who has to keep out.

A unit belongs to the task, or to the thread without a task, that opened it. Only that one may use it, and it must not
wait for anything but the storage: the loop would go on with another task, and a verb of that one might wait in the same
thread for what this one holds. So a block whose task awaits something is given up at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeAlias

from loyaltycore.errors import Refused, StorageError
from loyaltycore.ports.forking import Process, this_process
from loyaltycore.ports.logs import Log
from loyaltycore.work.loops import current_task, when_awaited
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.ports.storage import Transaction

_log: Final = Log("verbs")

_Worker: TypeAlias = tuple[Process, int, int]


def _worker() -> _Worker:
    """The current process, thread and task."""
    return this_process(), threading.get_ident(), current_task()


_current: Final[ContextVar[OpenUnit | None]] = ContextVar("current_unit", default=None)


class OpenUnit:
    """A unit that verbs may join while the block lasts; they get it by `open_unit`."""

    # A plain class, and no generator: every verb makes one.
    __slots__ = ("_token", "house", "left", "outer", "unit", "worker")

    def __init__(self, house: object, unit: Unit) -> None:
        self.house = house
        self.unit: Unit | None = unit
        """None once it has ended, or was given up because its task awaited something."""
        self.left = False
        """Whether the code that opened it is done with it."""
        self.outer = _current.get()
        """The one that was at work already, perhaps of another house."""
        self.worker = _worker()
        """Where it was opened: a task or thread started inside a block, or a process forked there, inherits its context,
        but must not write into a transaction that may be over before it is."""

    def __enter__(self) -> Unit:
        assert self.unit is not None  # noqa: S101  for type checkers
        self._token = _current.set(self)
        return self.unit

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.left = True
        doomed = self.end()
        try:  # noqa: SIM105  every verb comes here
            _current.reset(self._token)
        except ValueError:
            pass  # it is left in another context than it was opened in
        if doomed and kind is None:
            raise StorageError(
                "a verb failed half way and was not heeded: nothing of this transaction is kept"
            )

    def end(self) -> bool:
        """Let nobody use the unit any more.

        Returns:
            Whether a verb failed half way.
        """
        unit, self.unit = self.unit, None
        if unit is None:
            return False
        unit.progress.ended = True
        return unit.progress.doomed


class _Block:
    """A block that was opened in this thread."""

    def __init__(self, held: OpenUnit, transaction: ExitStack) -> None:
        self.held = held
        self.transaction = transaction
        """Leaves the transaction of the storage."""

    def give_up(self) -> None:
        """Keep nothing of it, and let go at once of what it holds in the storage."""
        if self.held.unit is None:
            return
        _log.warning("block given up", code="transaction.awaited")
        self.held.end()
        error = _awaited()
        # Whatever goes wrong here is no fault of the task that runs now, and nothing is kept in any case.
        with suppress(Exception):
            self.transaction.__exit__(type(error), error, None)


class _Here(threading.local):
    """What is open in this thread."""

    blocks: tuple[_Block, ...] = ()


_here: Final = _Here()


def open_unit(house: object) -> Unit | None:
    """The innermost unit of that house that is open in this thread or task.

    Raises:
        Refused: ``transaction.elsewhere``; this thread or task was started inside a block that another one has not left
            yet. ``transaction.awaited``; the block was given up.
    """
    held = _current.get()
    while held is not None and (held.house is not house or held.left):
        held = held.outer
    if held is None:
        return None
    here = _worker()
    if held.worker == here:
        if held.unit is None:
            raise _awaited()
        return held.unit
    if held.worker[0] != here[0]:
        return None  # in a process that was forked inside the block, nobody waits for its end
    raise _elsewhere()


def clear_the_way() -> None:
    """Give up blocks that other tasks have left open in this thread: whoever waited for them would wait without end.

    What this task itself has open, of other houses, stays.
    """
    if not _here.blocks:
        return
    mine, held = [], _current.get()
    while held is not None:
        mine.append(held)
        held = held.outer
    for block in _here.blocks:
        if block.held not in mine and block.held.worker[0] == this_process():
            block.give_up()
    _here.blocks = tuple(block for block in _here.blocks if block.held in mine)


@contextmanager
def block(
    house: object,
    transaction: AbstractContextManager[Transaction],
    begin: Callable[[Transaction], Unit],
) -> Iterator[Unit]:
    """Open a transaction and let verbs join it while the block lasts.

    Args:
        house: Whose verbs may join.
        transaction: As the storage makes it.
        begin: Makes the unit of work.

    Raises:
        Refused: ``transaction.awaited`` or ``transaction.elsewhere``: nothing was kept.
    """
    with ExitStack() as stack:
        unit = begin(stack.enter_context(transaction))
        held = OpenUnit(house, unit)
        with held:
            mine = _Block(held, stack)
            _here.blocks = (*_here.blocks, mine)
            forget = when_awaited(mine.give_up)
            try:
                yield unit
            finally:
                forget()
                _here.blocks = tuple(each for each in _here.blocks if each is not mine)
            if held.unit is None:
                raise _awaited()
            here = _worker()
            if held.worker != here and held.worker[0] == here[0]:
                raise _elsewhere()


@contextmanager
def join(unit: Unit) -> Iterator[Unit]:
    """Work in a unit that is open already; what fails half way there keeps the unit from keeping anything."""
    before = unit.progress.writes
    try:
        yield unit
    except BaseException as error:
        if unit.progress.writes != before:
            unit.progress.doom(error)
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


def keep_inside(house: object) -> None:
    """Refuse to call a verb in another thread while a unit is open here, which it could not join.

    Raises:
        Refused: ``transaction.elsewhere``.
    """
    if open_unit(house) is not None:
        raise _elsewhere()


def _awaited() -> Refused:
    return Refused(
        "transaction.awaited",
        "this block was given up because its task awaited something inside it, and nothing of it was kept",
        remedy="await before or after the block, or run the whole block in a thread with `loyalty.aio.run`",
    )


def _elsewhere() -> Refused:
    return Refused(
        "transaction.elsewhere",
        "this transaction block belongs to another thread or task",
        remedy="run the whole block, with all its verbs, in one thread, or make the call after the block",
    )
