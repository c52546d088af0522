"""Blocks and verbs under trio's loop."""

from __future__ import annotations

import warnings

import pytest

from loyaltycore import BlocksEventLoop, Refused
from tests.house import House
from tests.loops.test_awaiting import code_of

trio = pytest.importorskip("trio", reason="trio is not installed")

pytestmark = [
    pytest.mark.every_engine,
    pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop"),
]


def test_a_block_that_awaits_is_given_up(house: House) -> None:
    """Two tasks with blocks on one row: who awaits loses the block, the other one goes on at once."""
    erika = house.customer()
    codes: list[str] = []

    async def careless() -> None:
        with pytest.raises(Refused) as caught, house.desk.transaction():
            house.desk.customers.change(erika.id, notes="careless")
            await trio.sleep(0.1)
        codes.append(code_of(caught.value))

    async def innocent() -> None:
        with house.desk.transaction():
            house.desk.customers.change(erika.id, notes="innocent")

    async def main() -> None:
        with trio.fail_after(5):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(careless)
                nursery.start_soon(innocent)

    trio.run(main)
    assert codes == ["transaction.awaited"]
    assert house.desk.customers.get(erika.id).notes == "innocent"


def test_what_a_block_starts_keeps_out_of_it(house: House) -> None:
    """A task of a nursery and a thread are refused while the block that started them is not left."""
    codes: list[str] = []

    def verb() -> None:
        with pytest.raises(Refused) as caught:
            house.customer()
        codes.append(code_of(caught.value))

    async def child() -> None:
        verb()

    async def main() -> None:
        with pytest.raises(Refused), house.desk.transaction():
            house.customer()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(child)
            await trio.to_thread.run_sync(verb)

    trio.run(main)
    assert codes == ["transaction.elsewhere"] * 2
    assert house.desk.customers.count() == 0


def test_a_block_that_does_not_await_is_kept(house: House) -> None:
    """Nothing is wrong with a block that gives no way."""

    async def main() -> None:
        with house.desk.transaction():
            house.customer()
        await trio.sleep(0)

    trio.run(main)
    assert house.desk.customers.count() == 1


def test_a_verb_in_a_loop_of_trio_warns(house: House) -> None:
    """The warning is the same as under asyncio."""

    async def main() -> None:
        house.desk.customers.count()

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        trio.run(main)
    assert [each.category for each in found] == [BlocksEventLoop]
