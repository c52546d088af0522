"""Many tills at once, each with a sale and a customer in one transaction, at whatever isolation level the host has chosen.

Nothing is tried again behind the host's back: who loses a race runs the whole transaction again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from loyaltycore import Conflict, StorageBusy
from tests.bounded import all_at_once
from tests.faults.effort import FACTOR, LONG, patience
from tests.joining.hosts import Shop, begins, open_shop

TILLS, SALES = 4, 5 * FACTOR
OFF = "SET SESSION innodb_snapshot_isolation = OFF"

LEVELS: dict[str, tuple[str, dict[str, Any]]] = {
    "sqlite: left to the driver": ("sqlite", {}),
    "sqlite: BEGIN": ("sqlite", {}),
    "sqlite: BEGIN IMMEDIATE": ("sqlite", {}),
    "postgresql: READ COMMITTED": ("postgresql", {}),
    "postgresql: REPEATABLE READ": ("postgresql", {"isolation_level": "REPEATABLE READ"}),
    "postgresql: SERIALIZABLE": ("postgresql", {"isolation_level": "SERIALIZABLE"}),
    "mariadb: READ COMMITTED": ("mariadb", {"isolation_level": "READ COMMITTED"}),
    "mariadb: REPEATABLE READ": ("mariadb", {}),
    "mariadb: without snapshots": ("mariadb", {"connect_args": {"init_command": OFF}}),
}


@pytest.fixture(params=LEVELS)
def tills(request: pytest.FixtureRequest) -> Iterator[tuple[Shop, Engine]]:
    """A shop, and an engine with such transactions."""
    kind, options = LEVELS[request.param]
    with open_shop(kind) as shop:
        engine = create_engine(shop.engine.url, pool_size=TILLS, **options)
        how = request.param.partition(": ")[2]
        if how.startswith("BEGIN"):
            begins(engine, how)
        yield shop, engine
        engine.dispose()


def _once_it_works(work: Callable[[], Any]) -> Any:
    """What a host does that loses races: SQLAlchemy's own errors come from its statements and its commit."""
    for _ in patience("a sale"):
        try:
            return work()
        except (Conflict, StorageBusy, OperationalError):
            continue
    raise AssertionError("unreachable")


def test_no_count_is_lost(tills: tuple[Shop, Engine]) -> None:
    """What one verb of a block has told may be decided on in the next one: it is as told, or the block fails."""
    shop, engine = tills
    erika = shop.house.customer(notes="0")

    def count(connection: Connection, number: str) -> None:
        shop.sell(connection, number)
        with shop.house.loyalty.joined(connection):
            seen = shop.house.desk.customers.get(erika.id)
            shop.house.desk.customers.change(erika.id, notes=str(int(seen.notes) + 1))

    def work(till: int) -> None:
        for sale in range(SALES):

            def once(number: str = f"{till}-{sale}") -> None:
                with engine.begin() as connection:
                    count(connection, number)

            _once_it_works(once)

    all_at_once(TILLS, work, patience=LONG)
    sales, _ = shop.kept()
    assert len(sales) == TILLS * SALES
    assert int(shop.house.desk.customers.get(erika.id).notes) == TILLS * SALES


def test_each_sale_has_its_customer_and_each_customer_a_number(tills: tuple[Shop, Engine]) -> None:
    """Numbers are unique and leave no gap, and nothing is kept without the other."""
    shop, engine = tills

    def work(till: int) -> list[str]:
        def once(number: str) -> str:
            with engine.begin() as connection:
                with shop.house.loyalty.joined(connection):
                    made = shop.house.customer(last_name=number)
                shop.sell(connection, number)
            return made.number

        return [_once_it_works(lambda name=f"{till}-{sale}": once(name)) for sale in range(SALES)]

    given = all_at_once(TILLS, work, patience=LONG)
    numbers = sorted(int(number[:-1]) for each in given for number in each)  # without the check digit
    sales, names = shop.kept()
    assert sales == names
    assert len(sales) == TILLS * SALES
    assert numbers == list(range(numbers[0], numbers[0] + TILLS * SALES))


def test_one_key_is_one_command(tills: tuple[Shop, Engine]) -> None:
    """All tills order the same card under one key, each in a transaction of its own: all get the same order."""
    shop, engine = tills
    shop.house.set_up_cards()
    erika = shop.house.customer()

    def work(till: int) -> str:
        def once() -> str:
            with engine.begin() as connection, shop.house.loyalty.joined(connection):
                shop.sell(connection, str(till))
                return shop.house.desk.keyed("k").cards.order(erika.id).id

        return _once_it_works(once)

    assert len(set(all_at_once(TILLS, work, patience=LONG))) == 1
    assert len(shop.house.desk.cards.of_customer(erika.id)) == 1
    assert len(shop.kept()[0]) == TILLS


def test_nothing_is_tried_again_behind_the_hosts_back(tills: tuple[Shop, Engine]) -> None:
    """A lost race raises at once: the verb ran a single time, on a record that somebody else has changed."""
    shop, engine = tills
    erika = shop.house.customer(notes="0")
    tries: list[str] = []

    def change() -> object:
        return shop.house.desk.customers.change(erika.id, notes="theirs")

    with (
        ThreadPoolExecutor(1) as other,
        pytest.raises((Conflict, StorageBusy)),
        engine.begin() as connection,
        shop.house.loyalty.joined(connection),
    ):
        shop.house.desk.customers.get(erika.id)
        theirs = other.submit(change)
        with suppress(TimeoutError):  # where the host's transaction keeps everybody out
            theirs.result(timeout=1)
        shop.till.rename(erika.id, tries)
        assert not theirs.done()
        raise StorageBusy("nobody could get in between")
    theirs.result()
    assert tries == ["tried"]
    assert shop.house.desk.customers.get(erika.id).notes == "theirs"
