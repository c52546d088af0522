"""The feed of all activities: every reader gets every activity once, whatever order transactions end in."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st

from loyaltycore import InvalidInput, Loyalty, Refused
from loyaltycore.activities import Activity
from loyaltycore.memory import MemoryStorage
from loyaltycore.work.paging import write_cursor
from tests.bounded import join, start
from tests.house import House, build_house, dump

pytestmark = pytest.mark.every_engine

WRITERS = 4
BLOCKS = 12


def read_on(house: House, cursor: str, limit: int = 100) -> Iterator[tuple[Activity, str]]:
    """What comes after a cursor, each with the cursor of its page, until there is nothing new."""
    while (page := house.desk.activities.since(cursor, limit=limit)).items:
        cursor = page.cursor
        yield from ((each, cursor) for each in page.items)
    assert page.cursor == cursor


def ids(house: House, limit: int = 100) -> list[str]:
    """The ids of the whole feed, in its order."""
    return [each.id for each, _ in read_on(house, "", limit)]


def all_ids(house: House) -> set[str]:
    """The ids of all activities that are stored."""
    return {each.id for each in dump(house.loyalty)["activities"]}


class Follower(threading.Thread):
    """A reader who goes on from cursor to cursor while others write, and may forget a page that it has just read."""

    def __init__(self, house: House, limit: int, over: threading.Event) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._house = house
        self._limit = limit
        self._over = over
        self.error: BaseException | None = None

    def run(self) -> None:
        """Read until the writers are done and nothing is new."""
        cursor = ""
        try:
            while True:
                last = self._over.is_set()
                page = self._house.desk.activities.since(cursor, limit=self._limit)
                again = self._house.desk.activities.since(cursor, limit=self._limit)
                assert again.items[: len(page.items)] == page.items
                self.seen += [each.id for each in page.items]
                cursor = page.cursor
                if last and not page.items:
                    return
        except BaseException as error:  # noqa: BLE001  raised in the test
            self.error = error


def write(house: House, customer_id: str) -> None:
    """Blocks that last for different times, so that they end in another order than they began; some fail."""
    chance = random.Random(customer_id)  # noqa: S311  no secret
    for number in range(BLOCKS):
        with suppress(InvalidInput), house.desk.transaction():
            house.desk.customers.change(customer_id, notes=f"{number}")
            time.sleep(chance.choice([0, 0, 0.001, 0.01]))
            house.desk.customers.change(customer_id, external_number=f"{number}")
            if chance.random() < 0.2:
                house.desk.customers.create(last_name="")


def test_no_reader_misses_or_repeats_anything_beside_writers(house: House) -> None:
    """Readers with pages of any size beside writers whose transactions overlap: each gets what was kept, in one order."""
    over = threading.Event()
    customers = [house.customer().id for _ in range(WRITERS)]
    followers = [Follower(house, limit, over) for limit in (1, 3, 500)]
    for follower in followers:
        follower.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda customer_id: write(house, customer_id), customers))
    over.set()
    for follower in followers:
        join(follower)
        if follower.error is not None:
            raise follower.error
    order = ids(house)
    assert set(order) == all_ids(house)
    assert len(order) == len(set(order))
    assert [follower.seen for follower in followers] == [order] * len(followers)


def test_what_is_committed_late_comes_late(house: House) -> None:
    """An activity whose transaction was open while the feed was read is not lost behind those with later ids."""
    storage = house.loyalty.storage
    if isinstance(storage, MemoryStorage) or "sqlite" in getattr(storage, "url", ""):
        pytest.skip("only one transaction at a time may write there")
    opened, read = threading.Event(), threading.Event()
    erika, hans = house.customer().id, house.customer().id
    start = house.desk.activities.since().cursor

    def slow() -> None:
        with house.desk.transaction():
            house.desk.customers.change(erika, notes="slow")
            opened.set()
            assert read.wait(60)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        assert opened.wait(60)
        house.desk.customers.change(hans, notes="fast")
        page = house.desk.activities.since(start)
        assert [each.customer_id for each in page.items] == [hans]
        read.set()
        late.result()
    more = house.desk.activities.since(page.cursor)
    assert [each.customer_id for each in more.items] == [erika]
    assert more.items[0].id < page.items[0].id


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(st.just("write"), st.integers(1, 7)), max_size=12))
def test_pages_of_any_size_give_one_order(house: House, steps: list[Any]) -> None:
    """However writing and reading alternate: the pages put together are the feed as a whole, in the order of ids."""
    cursor = write_cursor(("feed", len(ids(house))))
    before = len(ids(house))
    seen: list[str] = []
    for step in steps:
        if step == "write":
            house.customer()
            continue
        page = house.desk.activities.since(cursor, limit=step)
        assert len(page.items) <= step
        seen += [each.id for each in page.items]
        cursor = page.cursor
    seen += [each.id for each, _ in read_on(house, cursor)]
    assert seen == ids(house)[before:] == sorted(seen)
    assert len(seen) == steps.count("write")


def test_activities_are_the_same_everywhere(house: House) -> None:
    """The feed shows activities as the lists around a customer do, whoever read them before."""
    start = house.desk.activities.since().cursor
    erika = house.customer()
    house.desk.customers.change(erika.id, notes="neu")
    first = house.desk.activities.since(start).items
    assert first == house.desk.activities.since(start).items
    assert first == tuple(reversed(house.desk.activities.of_customer(erika.id).items))


@pytest.mark.parametrize(
    "cursor", ["x", 7, write_cursor(("other", 1)), write_cursor((1,)), write_cursor(("feed", "1"))]
)
def test_a_cursor_of_something_else_is_refused(memory_house: House, cursor: Any) -> None:
    """A text that is no cursor of the feed leads nowhere, and to no other place by accident."""
    with pytest.raises(InvalidInput) as caught:
        memory_house.desk.activities.since(cursor)
    assert caught.value.codes == {"bad_cursor"}
    assert caught.value.fields == ("cursor",)


@pytest.mark.parametrize("limit", [0, 501, "3", 1.5])
def test_a_page_has_one_to_five_hundred(memory_house: House, limit: Any) -> None:
    """Another length is refused and gives no places."""
    with pytest.raises(InvalidInput):
        memory_house.desk.activities.since(limit=limit)


def test_the_feed_is_not_read_inside_a_block(house: House) -> None:
    """What a block has done may still be taken back, so no reader may get it."""
    before = ids(house)
    with house.desk.transaction():
        house.customer()
        with pytest.raises(Refused) as caught:
            house.desk.activities.since()
    assert caught.value.code == "outbox.inside_transaction"
    assert len(ids(house)) == len(before) + 1


def test_an_idle_reader_writes_nothing(house: House) -> None:
    """Asking again and again while nothing happens only reads."""
    house.customer()
    cursor = house.desk.activities.since().cursor
    before = dump(house.loyalty)
    assert house.desk.activities.since(cursor).items == ()
    assert dump(house.loyalty) == before


def test_readers_on_several_machines_agree(storage: Any) -> None:
    """Two houses on one database give places together: the same order for both, each activity once."""
    if isinstance(storage, MemoryStorage):
        pytest.skip("it belongs to one house")
    from loyaltycore_sql import SqlStorage

    one = build_house(storage)
    other_storage = SqlStorage(storage.url)
    loyalty = Loyalty(other_storage)
    other = evolve(one, loyalty=loyalty, desk=loyalty.session("bert", "berlin"))
    orders: list[list[str]] = [[], []]

    def follow(number: int, house: House) -> None:
        for each, _ in read_on(house, "", 2):
            orders[number].append(each.id)

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda house: house.customer(), [one, other] * 3))
        orders = [[], []]
        join(*[start(follow, number, house) for number, house in enumerate((one, other))])
        assert orders[0] == orders[1] == ids(one)
    assert set(ids(one)) == all_ids(one)
    other_storage.close()
