"""Blocks under an event loop: no task waits for another one in the thread that both need."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from loyaltycore import Refused
from tests.house import House, build_house

pytestmark = [
    pytest.mark.every_engine,
    pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop"),
]

SOON = 5.0
"""Seconds: half of the time that a storage waits for a lock."""


def code_of(error: object) -> str:
    """The code of a refusal."""
    assert isinstance(error, Refused), repr(error)
    return error.code


async def work(house: House, steps: list[str], customer_id: str) -> int:
    """One task with one block.

    Args:
        house: Whose verbs run.
        steps: ``create``, ``change`` (a row that all tasks change), ``read`` or ``await``.
        customer_id: The row.

    Returns:
        How many customers it created.
    """
    with house.desk.transaction():
        for step in steps:
            match step:
                case "create":
                    house.desk.customers.create(last_name="Neu")
                case "change":
                    house.desk.customers.change(customer_id, notes=house.loyalty.ids.new())
                case "read":
                    house.desk.customers.get(customer_id)
                case "await":
                    await asyncio.sleep(0)
    return steps.count("create")


scripts = st.lists(
    st.lists(st.sampled_from(["create", "change", "read", "await"]), min_size=1, max_size=5),
    min_size=2,
    max_size=5,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts=scripts)
def test_no_interleaving_of_tasks_blocks_the_loop(house: House, scripts: list[list[str]]) -> None:
    """Whatever tasks do inside blocks of one loop: who awaits there loses the block at once, all others are kept."""
    erika = house.customer()
    before = house.desk.customers.count()

    async def main() -> list[int | BaseException]:
        async with asyncio.timeout(SOON):
            return await asyncio.gather(
                *(work(house, steps, erika.id) for steps in scripts), return_exceptions=True
            )

    outcomes = asyncio.run(main())
    for steps, outcome in zip(scripts, outcomes, strict=True):
        if "await" in steps:
            assert code_of(outcome) == "transaction.awaited"
        else:
            assert outcome == steps.count("create")
    kept = sum(outcome for outcome in outcomes if isinstance(outcome, int))
    assert house.desk.customers.count() == before + kept


def test_a_block_that_awaits_is_given_up_without_rivals(house: House) -> None:
    """The fault shows on the first run of a lonely developer, not under load: at the next verb, and at the end."""

    async def main() -> str:
        with pytest.raises(Refused) as left, house.desk.transaction():
            house.customer()
            await asyncio.sleep(0)
            with pytest.raises(Refused) as caught:
                house.desk.customers.count()
        return code_of(caught.value) + code_of(left.value)

    assert asyncio.run(main()) == "transaction.awaited" * 2
    assert house.desk.customers.count() == 0


def test_the_error_of_a_block_that_awaited_stays_its_own(house: House) -> None:
    """A cancelled or failed block ends with what cancelled or failed it, and keeps nothing."""

    async def cancelled() -> None:
        with house.desk.transaction():
            house.customer()
            await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.create_task(cancelled())
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert house.desk.customers.count() == 0


def test_nothing_that_gives_no_way_ends_a_block(house: House) -> None:
    """What looks asynchronous but never waits, such as the exit of a context manager, costs no block."""

    @asynccontextmanager
    async def block() -> AsyncIterator[None]:
        with house.desk.transaction():
            yield

    async def main() -> None:
        async with block():
            house.customer()
            done: asyncio.Future[None] = asyncio.Future()
            done.set_result(None)
            await done
            house.customer()

    asyncio.run(main())
    assert house.desk.customers.count() == 2


def test_a_task_started_in_a_block_keeps_out_of_it(house: House) -> None:
    """A task inherits the context of its block: until the block is left its verbs are refused, afterwards they work."""
    codes: list[str] = []

    async def child(left: asyncio.Event) -> None:
        with pytest.raises(Refused) as caught:
            house.customer()
        codes.append(code_of(caught.value))
        await left.wait()
        house.desk.customers.create(last_name="Kind")

    async def main() -> None:
        left = asyncio.Event()
        with pytest.raises(Refused) as caught, house.desk.transaction():
            house.customer()
            task = asyncio.create_task(child(left))
            await asyncio.sleep(0)
        codes.append(code_of(caught.value))
        left.set()
        await task

    asyncio.run(main())
    assert codes == ["transaction.elsewhere", "transaction.awaited"]
    assert [customer.last_name for customer in house.desk.customers.find().items] == ["Kind"]


def test_a_loop_run_inside_a_block_keeps_out_of_it(house: House) -> None:
    """`asyncio.run` inside a block: the verbs of its tasks are refused at once, and the block goes on."""

    async def inner() -> str:
        with pytest.raises(Refused) as verb:
            house.customer()
        with pytest.raises(Refused) as inside, house.desk.transaction():
            pass
        return code_of(verb.value) + code_of(inside.value)

    with house.desk.transaction():
        house.customer()
        assert asyncio.run(inner()) == "transaction.elsewhere" * 2
    assert house.desk.customers.count() == 1


def test_code_without_the_context_of_a_block_takes_it_down(house: House) -> None:
    """A verb in the same thread that does not see the open block would wait for it without end: the block goes."""
    with pytest.raises(Refused) as caught, house.desk.transaction():
        house.customer()
        contextvars.Context().run(house.desk.customers.create, last_name="Fremd")
    assert code_of(caught.value) == "transaction.awaited"
    assert [customer.last_name for customer in house.desk.customers.find().items] == ["Fremd"]


def test_blocks_of_two_houses_go_together(house: House) -> None:
    """A task that awaits in blocks of two houses loses both; without awaiting they are independent."""
    other = build_house()

    async def both(*, waits: bool) -> None:
        with house.desk.transaction(), other.desk.transaction():
            house.customer()
            other.customer()
            if waits:
                await asyncio.sleep(0)

    asyncio.run(both(waits=False))
    with pytest.raises(Refused):
        asyncio.run(both(waits=True))
    assert (house.desk.customers.count(), other.desk.customers.count()) == (1, 1)


def test_who_finds_an_abandoned_block_goes_on_at_once(house: House) -> None:
    """A task that was ready before the loop could look takes the forgotten block down itself and does not wait."""
    erika = house.customer()

    async def careless(start: asyncio.Event) -> None:
        with house.desk.transaction():
            house.desk.customers.change(erika.id, notes="careless")
            start.set()
            await asyncio.sleep(0.1)

    async def main() -> object:
        async with asyncio.timeout(SOON):
            start = asyncio.Event()
            task = asyncio.create_task(careless(start))
            await start.wait()
            house.desk.customers.change(erika.id, notes="innocent")
            return (await asyncio.gather(task, return_exceptions=True))[0]

    assert code_of(asyncio.run(main())) == "transaction.awaited"
    assert house.desk.customers.get(erika.id).notes == "innocent"
