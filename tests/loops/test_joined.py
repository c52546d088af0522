"""Blocks that joined a transaction of the host, under an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from loyaltycore import Refused, StorageError
from tests.engines import ENGINES
from tests.joining.hosts import Shop, open_shop
from tests.loops.test_awaiting import SOON, code_of

pytestmark = pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop")


@pytest.fixture(params=ENGINES)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A host and the library in one database."""
    with open_shop(request.param) as opened:
        yield opened


def test_a_joined_block_that_awaits_spoils_the_transaction_of_the_host(shop: Shop) -> None:
    """The block is given up as one of the library is, and what it did cannot be committed by the host."""
    erika = shop.house.desk.customers.create(last_name="Mustermann")

    async def main() -> None:
        with pytest.raises(StorageError), shop.engine.begin() as connection:
            with pytest.raises(Refused) as caught, shop.house.loyalty.joined(connection):
                shop.house.desk.customers.change(erika.id, notes="careless")
                await asyncio.sleep(0)
            assert code_of(caught.value) == "transaction.awaited"

    asyncio.run(main())
    assert shop.house.desk.customers.get(erika.id) == erika


def test_a_joined_block_does_not_wait_for_an_abandoned_one(shop: Shop) -> None:
    """Who joins while another task has left a block open in this thread takes that one down and goes on."""
    erika = shop.house.desk.customers.create(last_name="Mustermann")

    async def careless(start: asyncio.Event) -> None:
        with shop.house.desk.transaction():
            shop.house.desk.customers.change(erika.id, notes="careless")
            start.set()
            await asyncio.sleep(0.1)

    async def main() -> None:
        async with asyncio.timeout(SOON):
            start = asyncio.Event()
            task = asyncio.create_task(careless(start))
            await start.wait()
            with shop.engine.begin() as connection, shop.house.loyalty.joined(connection):
                shop.house.desk.customers.change(erika.id, notes="innocent")
            with pytest.raises(Refused):
                await task

    asyncio.run(main())
    assert shop.house.desk.customers.get(erika.id).notes == "innocent"


def test_a_joined_block_that_does_not_await_is_kept(shop: Shop) -> None:
    """Nothing is wrong with a block that gives no way."""

    async def main() -> None:
        with shop.engine.begin() as connection, shop.house.loyalty.joined(connection):
            shop.house.desk.customers.create(last_name="Mustermann")

    asyncio.run(main())
    assert shop.house.desk.customers.count() == 1
