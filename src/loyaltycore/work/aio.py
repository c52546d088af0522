"""Verbs for applications with an event loop: each runs in a thread while the loop goes on.

Nothing is implemented twice: what runs in the thread is the verb itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Final, ParamSpec, TypeVar

from loyaltycore.errors import StorageBusy
from loyaltycore.ports.forking import PerProcess
from loyaltycore.ports.logs import Log, about
from loyaltycore.work.blocks import keep_inside

P = ParamSpec("P")
R = TypeVar("R")

_log: Final = Log("verbs")

LONGEST_QUEUE: Final = 1000
"""How many calls may wait for a thread."""


class Aio:
    """Runs verbs in threads of its own; `Loyalty.aio` is one."""

    def __init__(self, house: object, threads: int) -> None:
        """Start nothing yet.

        Args:
            house: The house whose verbs run.
            threads: How many run at the same time.
        """
        self._house = house
        self._make = partial(_Pool, threads)
        self._pool = PerProcess(self._make)

    async def run(self, verb: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a verb, or any function that calls several of them, in a thread, and wait for its result.

        Calls begin in the order in which they came. The thread sees the caller's context variables. If the caller is
        cancelled, a call that waits for a thread never begins, and one that has begun goes on to its end: what it does is
        kept as a whole or not at all, as always, and nobody hears its result.

        Args:
            verb: Not a coroutine.

        Returns:
            What the verb returns; what it raises, this raises.

        Raises:
            Refused: ``transaction.elsewhere``; the caller is inside a transaction block, which the thread cannot join.
            StorageBusy: A thousand calls wait already. This one has not begun.
        """
        keep_inside(self._house)
        loop = asyncio.get_running_loop()
        work = partial(copy_context().run, _outcome, partial(verb, *args, **kwargs))
        call = self._pool.get().submit(work)
        try:
            return await asyncio.wrap_future(call, loop=loop)
        except asyncio.CancelledError:
            call.add_done_callback(_tell_unheard)
            raise

    async def close(self) -> None:
        """Wait until all calls are done, and end the threads; the next call starts new ones."""
        pool = self._pool.get()
        self._pool = PerProcess(self._make)
        await asyncio.to_thread(pool.executor.shutdown)


class _Pool:
    """The threads of one process."""

    def __init__(self, threads: int) -> None:
        self.executor = ThreadPoolExecutor(threads, "loyalty")
        self._room = BoundedSemaphore(threads + LONGEST_QUEUE)

    def submit(self, work: Callable[[], R]) -> Future[R]:
        if not self._room.acquire(blocking=False):
            raise StorageBusy(f"{LONGEST_QUEUE} calls wait for a thread already")
        try:
            call = self.executor.submit(work)
        except BaseException:
            self._room.release()
            raise
        call.add_done_callback(lambda _: self._room.release())
        return call


def _tell_unheard(call: Future[Any]) -> None:
    error = None if call.cancelled() else call.exception()
    if error is not None:
        _log.warning("unheard call failed", **about(error))


def _outcome(work: Callable[[], R]) -> R:
    try:
        result = work()
    except StopIteration as error:
        # asyncio cannot pass it on: whoever waits would wait for ever.
        raise RuntimeError("the call ended with StopIteration") from error
    if asyncio.iscoroutine(result):
        result.close()
        raise TypeError("a coroutine cannot run in a thread: await it where you are")
    return result
