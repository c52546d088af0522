"""Verbs that are sent to a thread inside a block, and blocks that change threads."""

from __future__ import annotations

import asyncio
import contextvars
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from loyaltycore import Refused
from tests.house import House
from tests.loops.test_awaiting import code_of

pytestmark = [
    pytest.mark.every_engine,
    pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop"),
]


def test_a_verb_in_a_thread_does_not_commit_outside_its_block(house: House) -> None:
    """With the context of an open block, no kind of call works in another thread: verb, query, block, delivery."""
    erika = house.customer()
    calls = (
        lambda: house.desk.customers.create(last_name="Außen"),
        lambda: house.desk.customers.get(erika.id),
        lambda: house.desk.transaction().__enter__(),
        lambda: house.loyalty.session("bert"),
        house.loyalty.deliver,
        house.desk.activities.since,
    )
    with ThreadPoolExecutor(1) as pool, house.desk.transaction():
        house.customer()
        for call in calls:
            with pytest.raises(Refused) as caught:
                pool.submit(contextvars.copy_context().run, call).result()
            assert code_of(caught.value) == "transaction.elsewhere"
    assert house.desk.customers.count() == 2


def test_a_copied_context_may_be_used_in_a_thread_after_the_block(house: House) -> None:
    """Once a block has ended, or was given up, threads that were started in it are free."""
    with ThreadPoolExecutor(1) as pool:
        with house.desk.transaction():
            context = contextvars.copy_context()
        pool.submit(context.run, house.customer).result()
    assert house.desk.customers.count() == 1


def test_asyncio_to_thread_in_a_block_is_refused(house: House) -> None:
    """The usual way to send a verb to a thread, whichever is faster: the verb is refused, and the block keeps nothing."""

    def verb(*, late: bool) -> None:
        if late:
            time.sleep(0.1)
        house.customer()

    async def main(*, late: bool) -> None:
        with house.desk.transaction():
            house.customer()
            await asyncio.to_thread(verb, late=late)

    for late in (False, True):
        with pytest.raises(Refused) as caught:
            asyncio.run(main(late=late))
        assert code_of(caught.value) == "transaction.elsewhere"
    assert house.desk.customers.count() == 0


def test_a_block_that_is_left_in_another_thread_keeps_nothing(house: House) -> None:
    """As with a generator that a web framework enters and leaves in threads: refused, and nothing stays locked."""
    block = house.desk.transaction()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        unit = one.submit(block.__enter__).result()
        assert unit is not None
        with pytest.raises(Refused) as caught:
            other.submit(block.__exit__, None, None, None).result()
        assert code_of(caught.value) == "transaction.elsewhere"
        for pool in (one, other):
            pool.submit(house.customer).result()
    assert house.desk.customers.count() == 2


def test_each_thread_has_its_own_blocks(house: House) -> None:
    """Threads that were not started inside a block work beside it."""
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(house.customer).result()
        with house.desk.transaction():
            assert house.desk.customers.get(made.id) == made
        assert pool.submit(house.desk.customers.count).result() == 1
