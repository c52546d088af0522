"""What cannot be joined is refused, with a code, before anything happens."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.orm import Session

from loyaltycore import Refused, StorageError
from loyaltycore.merging import MergePlan
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.engines import bare_database
from tests.house import House, build_house
from tests.joining.hosts import Broken, Shop, open_shop
from tests.testing.liars.honest import HonestStorage


def _code(house: House, connection: Any) -> str:
    with pytest.raises(Refused) as caught, house.loyalty.joined(connection):
        pytest.fail("the block was entered")
    assert caught.value.remedy
    return caught.value.code


def test_storages_that_cannot_join(memory_house: House) -> None:
    """The one in memory, and any that somebody has written before there was joining."""
    engine = create_engine("sqlite://")
    for house in (memory_house, build_house(HonestStorage())):
        with engine.begin() as connection:
            assert _code(house, connection) == "transaction.cannot_join"


@pytest.fixture
def shop() -> Any:
    """A shop on SQLite."""
    with open_shop("sqlite") as opened:
        yield opened


def test_things_that_are_no_transaction(shop: Shop) -> None:
    """An engine, a driver's own connection, nothing at all, another engine's connection, a driver that is not known."""
    with shop.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        for thing in (shop.engine, raw, None, "sqlite://", Session):
            assert _code(shop.house, thing) == "transaction.cannot_join"
    registry.register(
        "sqlite.numeric", "sqlalchemy.dialects.sqlite.pysqlite", "_SQLiteDialect_pysqlite_numeric"
    )
    with create_engine("sqlite+numeric://").begin() as connection:
        assert _code(shop.house, connection) == "transaction.cannot_join"
    with bare_database("postgresql") as url:
        engine = create_engine(parse_url(url), poolclass=NullPool)
        with engine.begin() as connection:
            assert _code(shop.house, connection) == "transaction.cannot_join"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_connections_on_which_each_statement_is_kept_by_itself(kind: str) -> None:
    """Not begun yet, or in autocommit however that was set."""
    with open_shop(kind) as shop:
        with shop.engine.connect() as connection:
            assert _code(shop.house, connection) == "transaction.not_begun"
        engine = create_engine(shop.engine.url, isolation_level="AUTOCOMMIT")
        with engine.begin() as connection:
            assert _code(shop.house, connection) == "transaction.not_begun"
        engine.dispose()
        level = shop.reader.execution_options(isolation_level="AUTOCOMMIT")
        with Session(level) as session:
            assert _code(shop.house, session) == "transaction.not_begun"


def test_a_savepoint_that_would_commit(shop: Shop) -> None:
    """SQLite's driver, left to itself, begins no transaction before a savepoint: releasing it would keep half."""
    with shop.reader.begin() as connection, connection.begin_nested():
        assert _code(shop.house, connection) == "transaction.cannot_join"


def test_a_savepoint_inside_the_block_does_not_commit(shop: Shop) -> None:
    """Joined first, also a host that leaves SQLite's driver to itself can roll everything back."""
    with pytest.raises(Broken), shop.reader.begin() as connection, shop.house.loyalty.joined(connection):
        with connection.begin_nested():
            shop.house.customer()
        raise Broken
    assert shop.kept() == ([], [])
    with shop.reader.begin() as connection, shop.house.loyalty.joined(connection):
        shop.house.customer(last_name="kept")
    assert shop.kept() == ([], ["kept"])


def test_joining_inside_a_block_of_the_library(shop: Shop) -> None:
    """Its verbs would be kept by two different commits."""
    with shop.house.desk.transaction(), shop.reader.connect() as connection:
        connection.begin()
        assert _code(shop.house, connection) == "transaction.inside_block"


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_merge_under_a_snapshot_would_miss_what_it_waited_for(level: str) -> None:
    """On PostgreSQL: what was written about the loser since the first read moves to the survivor, or the merge is refused."""
    code = "" if level == "READ COMMITTED" else "transaction.snapshot"
    with open_shop("postgresql") as shop:
        house = shop.house
        kept, gone = house.customer(), house.customer(first_name="Erica")
        plan = house.desk.merging.plan(survivor=kept.id, loser=gone.id)
        engine = create_engine(shop.engine.url, isolation_level=level)
        assert _merged(house, engine, plan, gone.id) == code
        engine.dispose()
        survivor = house.desk.customers.get(gone.id).id
        assert survivor == (gone.id if code else kept.id)
        assert [each.customer_id for each in house.desk.privacy.marked().items] == [survivor]


def _merged(house: House, engine: Engine, plan: MergePlan, loser: str) -> str:
    """Merge in a transaction of the host in which something was read before; the code of the refusal."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1").all()
            house.desk.privacy.mark(loser)
            with house.loyalty.joined(connection):
                house.desk.merging.execute(plan)
    except Refused as refusal:
        return refusal.code
    return ""


def test_a_storage_that_is_not_bound_yet() -> None:
    """There are no tables to work on."""
    connection = create_engine("sqlite://").connect()
    with pytest.raises(StorageError, match="bind"), SqlStorage("sqlite://").join(connection):
        pytest.fail("the block was entered")
