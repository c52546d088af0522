"""The engine of a host: used as it is, and left as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, Pool, SingletonThreadPool, StaticPool, create_engine, event, inspect, text

from loyaltycore import InvalidInput, Loyalty, StorageBusy, StorageError
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.engines import ENGINES, bare_database
from tests.house import build_house
from tests.joining.hosts import begins

SETTINGS = {
    "sqlite": ("PRAGMA busy_timeout", "PRAGMA synchronous"),
    "postgresql": ("SHOW transaction_isolation", "SHOW lock_timeout", "SHOW transaction_read_only"),
    "mariadb": (
        "SELECT @@tx_isolation",
        "SELECT @@innodb_snapshot_isolation",
        "SELECT @@autocommit",
        "SELECT @@sql_mode",
    ),
}
"""What tells how a host has set up its connections."""

OFF = {"init_command": "SET SESSION innodb_snapshot_isolation = OFF"}


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    with bare_database(request.param) as address:
        yield address


def _one_connection(url: str, **options: Any) -> Engine:
    if url.startswith("mariadb"):
        options.setdefault("connect_args", OFF)
    return create_engine(parse_url(url), pool_size=1, max_overflow=0, **options)


def _settings(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        found = [connection.exec_driver_sql(each).scalar() for each in SETTINGS[engine.dialect.name]]
        connection.rollback()
    return found


@pytest.mark.parametrize("level", [None, "AUTOCOMMIT", "SERIALIZABLE"])
def test_a_connection_comes_back_as_it_was(url: str, level: str | None) -> None:
    """After reads, writes and failures of the library's own the host finds its settings, and no open transaction."""
    engine = _one_connection(url, **({"isolation_level": level} if level else {}))
    before = _settings(engine)
    house = build_house(SqlStorage(engine))
    erika = house.customer()
    with pytest.raises(RuntimeError), house.desk.transaction():
        house.customer()
        raise RuntimeError
    assert house.desk.customers.count() == 1
    assert house.desk.customers.get(erika.id) == erika
    assert _settings(engine) == before
    engine.dispose()


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_own_verbs_see_one_state_whatever_the_host_has_chosen(url: str) -> None:
    """Of two reads in one block the second shows nothing that was committed since the first."""
    engine = create_engine(parse_url(url), isolation_level="READ COMMITTED")
    one, other = (Loyalty(SqlStorage(engine)).session(actor) for actor in ("anna", "bert"))
    with one.transaction():
        assert one.customers.count() == 0
        other.customers.create(last_name="Meanwhile")
        assert one.customers.count() == 0
    engine.dispose()


def test_a_wait_for_a_lock_ends_on_postgresql() -> None:
    """A server that waits without end is told how long to wait, for that one transaction."""
    with bare_database("postgresql") as url:
        engine = create_engine(parse_url(url))
        storage = SqlStorage(engine, timeout=0.2)
        house = build_house(storage)
        erika = house.customer()
        with engine.begin() as connection:
            connection.execute(text("SELECT * FROM loyalty_customers FOR UPDATE"))
            with pytest.raises(StorageBusy), house.desk.transaction():
                house.desk.customers.change(erika.id, notes="x")
        engine.dispose()


@pytest.mark.parametrize("how", ["BEGIN", "BEGIN IMMEDIATE"])
def test_a_host_that_begins_by_itself_on_sqlite(how: str) -> None:
    """With its listener for `begin` a writer of the library still begins as a writer."""
    with bare_database("sqlite") as url:
        engine = create_engine(url)
        begins(engine, how)
        statements: list[str] = []
        house = build_house(SqlStorage(engine))
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        house.customer()
        assert statements[:3] == [how, "ROLLBACK", "BEGIN IMMEDIATE"]
        engine.dispose()


@pytest.mark.parametrize("pool", [StaticPool, SingletonThreadPool])
def test_a_single_connection_is_not_torn_from_its_user(pool: type[Pool]) -> None:
    """While the host works on the only connection, a verb beside it is busy, and the host's work stays whole."""
    engine = create_engine("sqlite://", poolclass=pool, connect_args={"check_same_thread": False})
    house = build_house(SqlStorage(engine))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE sales (number TEXT)"))
        connection.execute(text("INSERT INTO sales VALUES ('1')"))
        with pytest.raises(StorageBusy), house.desk.transaction():
            pytest.fail("the block was entered")
        with house.loyalty.joined(connection):
            house.customer()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sales")) == 1
    assert house.desk.customers.count() == 1
    engine.dispose()


def test_what_the_engine_says_by_itself_is_refused() -> None:
    """Every option of a pool is up to the host's engine; all are named at once."""
    given: dict[str, Any] = {
        "pool_size": 2,
        "max_overflow": 0,
        "wsrep_sync_wait": 0,
        "connect_args": {"timeout": 1},
    }
    with pytest.raises(InvalidInput) as caught:
        SqlStorage(create_engine("sqlite://"), **given)
    assert {(each.field, each.code) for each in caught.value.faults} == {
        (name, "not_allowed") for name in given
    }


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql+pymysql://root@127.0.0.1/x", r"mariadb\+pymysql"),
        ("postgresql+psycopg_async://127.0.0.1/x", "known are"),
    ],
)
def test_an_engine_that_cannot_work_is_refused_at_once(url: str, says: str) -> None:
    """Without a connection, and with what to write instead."""
    with pytest.raises(InvalidInput, match=says) as caught:
        SqlStorage(create_engine(url))
    assert caught.value.codes == {"bad_engine"}


def test_an_encoding_that_cannot_send_every_name_is_refused() -> None:
    """On the servers, before anything is written."""
    for kind, options in (
        ("postgresql", {"client_encoding": "latin1"}),
        ("mariadb", {"connect_args": {"charset": "latin1"}}),
    ):
        with bare_database(kind) as url:
            engine = create_engine(parse_url(url), **options)
            with pytest.raises(StorageError, match="sends texts in"):
                Loyalty(SqlStorage(engine))
            with engine.connect() as connection:
                assert inspect(connection).get_table_names() == []
            engine.dispose()


def test_closing_leaves_the_pool_to_the_host(url: str) -> None:
    """What the host has made the host closes."""
    engine = create_engine(parse_url(url))
    storage = SqlStorage(engine)
    Loyalty(storage)
    pool = engine.pool
    storage.close()
    assert engine.pool is pool
    assert pool.checkedin() > 0
    engine.dispose()
