"""`loyalty.aio`: verbs in threads, as an application with an event loop uses them."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from loyaltycore import InvalidInput, Loyalty, Refused, RegistrationError, StorageBusy
from loyaltycore.memory import MemoryStorage
from loyaltycore.testing.processes import Say, forked
from loyaltycore.work import aio
from tests.house import House, build_house
from tests.loops.test_awaiting import code_of

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


class Gate:
    """Work that stays in its thread until it is let through."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.open = threading.Event()
        self.done: list[object] = []

    def through(self, act: Callable[[], object] = object) -> object:
        """Wait, then do something."""
        self.begun.release()
        assert self.open.wait(60)
        result = act()
        self.done.append(result)
        return result

    async def entered(self, count: int) -> None:
        """Wait until so many are inside."""
        for _ in range(count):
            await asyncio.to_thread(self.begun.acquire)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run with a bound, so that what hangs fails."""

    async def bounded() -> None:
        async with asyncio.timeout(30):
            await main

    asyncio.run(bounded())


@pytest.mark.every_engine
def test_verbs_answer_and_raise_as_always(house: House) -> None:
    """Results and errors are those of the verb; a function with a block of several verbs is kept as a whole."""

    def two() -> str:
        with house.desk.transaction():
            house.customer()
            return house.customer(first_name="Hans").id

    async def main() -> None:
        call = house.loyalty.aio.run
        erika = await call(house.desk.customers.create, last_name="Muster")
        assert await call(house.desk.customers.get, erika.id) == erika
        with pytest.raises(InvalidInput):
            await call(house.desk.customers.create, last_name="")
        await call(two)
        assert await call(house.desk.customers.count) == 3
        await house.loyalty.aio.close()

    run(main())


def test_only_so_many_run_at_once_in_the_order_of_their_calls() -> None:
    """As many as there are threads; the others wait for their turn, first come first served."""
    house = build_house(threads=3)
    gate, order = Gate(), []

    async def main() -> None:
        held = [asyncio.create_task(house.loyalty.aio.run(gate.through)) for _ in range(3)]
        await gate.entered(3)
        waiting = [asyncio.create_task(house.loyalty.aio.run(order.append, n)) for n in range(20)]
        await asyncio.sleep(0.05)
        assert order == []
        gate.open.set()
        await asyncio.gather(*held, *waiting)

    run(main())
    # Three threads take from one queue: neighbours may overtake each other, nobody else.
    assert all(abs(place - number) < 3 for place, number in enumerate(order))


def test_too_many_callers_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is bounded: who finds it full is told at once, has done nothing, and may come again."""
    monkeypatch.setattr(aio, "LONGEST_QUEUE", 2)
    house = build_house(threads=1)
    gate = Gate()

    async def main() -> None:
        call = house.loyalty.aio.run
        tasks = [asyncio.create_task(call(gate.through))]
        await gate.entered(1)
        tasks += [asyncio.create_task(call(house.customer)) for _ in range(2)]
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(StorageBusy):
                await call(house.customer)
        tasks.pop().cancel()
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(call(house.customer)))
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(*tasks)
        assert await call(house.desk.customers.count) == 2

    run(main())


def test_a_cancelled_call_is_done_wholly_or_not_at_all() -> None:
    """One that waits never begins; one that has begun ends in its thread, with all that it does, and nobody hears of it."""
    house = build_house(threads=1)
    gate = Gate()

    def block() -> None:
        with house.desk.transaction():
            house.customer()
            gate.through()
            house.customer()

    async def main() -> None:
        call = house.loyalty.aio.run
        begun = asyncio.create_task(call(block))
        await gate.entered(1)
        waits = asyncio.create_task(call(house.customer))
        await asyncio.sleep(0)
        for task in (begun, waits):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        gate.open.set()
        assert await call(house.desk.customers.count) == 2

    run(main())


def test_what_fails_unheard_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """After its caller is gone an error has nobody to tell but the log; what never began has nothing to tell."""
    house = build_house(threads=1)
    gate = Gate()

    def fail() -> None:
        gate.through(lambda: house.desk.customers.get("nobody"))

    async def main() -> None:
        call = house.loyalty.aio.run
        tasks = [asyncio.create_task(call(fail))]
        await gate.entered(1)
        tasks.append(asyncio.create_task(call(fail)))
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        gate.open.set()
        await house.loyalty.aio.close()

    run(main())
    (record,) = [each for each in caplog.records if each.levelname == "WARNING"]
    assert record.message.startswith("unheard call failed: error=NotFound at=")


def test_a_timeout_frees_the_caller_at_once() -> None:
    """A caller with a bound need not wait for a verb that hangs."""
    house = build_house(threads=1)
    gate = Gate()

    async def main() -> None:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await house.loyalty.aio.run(gate.through)
        assert time.monotonic() - begun < 5
        gate.open.set()

    run(main())


def test_context_variables_go_along() -> None:
    """Names of requests for the log and the like are seen in the thread, and changes there stay there."""
    loyalty = Loyalty(MemoryStorage())

    def look() -> str:
        seen = WHO.get()
        WHO.set("thread")
        return seen

    async def main() -> None:
        WHO.set("caller")
        assert await loyalty.aio.run(look) == "caller"
        assert WHO.get() == "caller"
        await loyalty.aio.close()

    run(main())


@pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop")
def test_a_call_from_inside_a_block_is_refused() -> None:
    """The thread could not join the block: the call is refused before anything awaits, and the block goes on."""
    house = build_house()

    async def main() -> None:
        with house.desk.transaction():
            house.customer()
            with pytest.raises(Refused) as caught:
                await house.loyalty.aio.run(house.customer)
            assert code_of(caught.value) == "transaction.elsewhere"
        assert house.desk.customers.count() == 1

    run(main())


def test_closing_waits_for_all_calls_and_ends_nothing_for_good() -> None:
    """All that was called is done when `close` returns; the loop runs meanwhile; a later call has new threads."""
    house = build_house(threads=1)
    gate = Gate()

    async def main() -> None:
        call = house.loyalty.aio.run
        tasks = [asyncio.create_task(call(gate.through))]
        await gate.entered(1)
        tasks.append(asyncio.create_task(call(house.customer)))
        await asyncio.sleep(0)
        before = threading.active_count() - 1
        closing = asyncio.create_task(house.loyalty.aio.close())
        await asyncio.sleep(0.05)
        assert not closing.done()
        gate.open.set()
        await closing
        assert threading.active_count() - before <= 1  # of `asyncio.to_thread`
        assert [task.done() for task in tasks] == [True, True]
        await asyncio.gather(*tasks)  # and none of them failed
        assert await call(house.desk.customers.count) == 1
        await house.loyalty.aio.close()

    run(main())


def test_a_call_that_ends_with_stop_iteration_ends() -> None:
    """An iterator that is used up is an error, not a caller who waits for ever."""
    loyalty = Loyalty(MemoryStorage())

    async def main() -> None:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await loyalty.aio.run(next, iter(()))

    run(main())


def test_a_coroutine_is_no_verb() -> None:
    """What has to be awaited cannot run in a thread, and says so."""
    loyalty = Loyalty(MemoryStorage())

    async def coroutine() -> None:
        """Never runs."""

    async def main() -> None:
        with pytest.raises(TypeError, match="coroutine"):
            await loyalty.aio.run(coroutine)

    run(main())


@pytest.mark.parametrize(
    "parts",
    [
        *({"threads": odd} for odd in (0, -1, 1.5, "3", None, True)),
        *({"slow": odd} for odd in (0, -1, "3", None, float("nan"))),
        *({"after_commit": odd} for odd in (1, "print", [print])),
    ],
    ids=repr,
)
def test_a_house_that_could_not_work_is_refused_where_it_is_made(parts: dict[str, Any]) -> None:
    """Numbers and functions that are none are named when the program starts."""
    with pytest.raises(RegistrationError, match=next(iter(parts))):
        Loyalty(MemoryStorage(), **parts)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_copy_of_the_process_has_threads_of_its_own() -> None:
    """Threads do not survive a fork: a child that was copied from a busy house runs its verbs all the same."""
    house = build_house()
    run(_count(house))

    def count(say: Say) -> None:
        asyncio.run(_count(house))
        say("done")

    with forked(count) as child:
        assert child.line() == "done"


async def _count(house: House) -> None:
    async with asyncio.timeout(10):
        await house.loyalty.aio.run(house.desk.customers.count)
