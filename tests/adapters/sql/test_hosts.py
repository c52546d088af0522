"""Several hosts in one address: which of them is asked, when it is given up, and when it is asked again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pytest
from sqlalchemy import URL, event, exc, make_url, text

from loyaltycore.errors import InvalidInput, StorageBusy, StorageError, StorageUnreachable
from loyaltycore_sql import SqlStorage, hosts
from loyaltycore_sql.engine_transaction import EngineTransaction
from loyaltycore_sql.hosts import Host, split_hosts
from tests.adapters.sql.samples import REGISTRY, Counter
from tests.adapters.sql.wire import Wire
from tests.engines import bare_database

NOBODY: Final = "127.0.0.1:1"
AWAY: Final = (
    "SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1047, MESSAGE_TEXT = 'WSREP has not yet prepared node'"
)


@pytest.mark.parametrize(
    ("url", "single", "found"),
    [
        ("mariadb://anna:pw@a:1,b:2/shop", "mariadb://anna:pw@a:1/shop", [("a", 1), ("b", 2)]),
        ("mariadb://a,b/shop?x=1,2", "mariadb://a/shop?x=1,2", [("a", 3306), ("b", 3306)]),
        ("mariadb+pymysql://anna@a, b:2", "mariadb+pymysql://anna@a", [("a", 3306), ("b", 2)]),
        (
            "mariadb://anna:p,w/x@[::1]:1,[::2]/shop",
            "mariadb://anna:p,w/x@[::1]:1/shop",
            [("::1", 1), ("::2", 3306)],
        ),
        ("mariadb://anna:p,w@a:1/shop", "mariadb://anna:p,w@a:1/shop", []),
        ("sqlite:///a,b.db", "sqlite:///a,b.db", []),
        ("x", "x", []),
    ],
)
def test_addresses(url: str, single: str, found: list[tuple[str, int]]) -> None:
    """Commas between the account and the path separate hosts, and nothing else does."""
    assert split_hosts(url) == (single, tuple(Host(*each) for each in found))


@pytest.mark.parametrize(
    "url",
    [
        "mariadb://a,/shop",
        "mariadb://a,b:x/shop",
        "mariadb://a,b:70000/shop",
        "mariadb://a,b c/shop",
        "mariadb://a:x/shop",
        "postgresql://a,b/shop",
        "sqlite://a,b/shop.db",
    ],
)
def test_bad_addresses(url: str) -> None:
    """What stands between commas must be hosts, and only a cluster of MariaDB may have several."""
    with pytest.raises(InvalidInput) as caught:
        SqlStorage(url)
    assert caught.value.fields == ("url",)


def test_passwords_are_not_shown() -> None:
    """The password appears neither in `repr` nor in the error that names every host."""
    storage = SqlStorage("mariadb://anna:s3cret@127.0.0.1:1,127.0.0.1:2/shop", timeout=1)
    assert "anna" in repr(storage)
    assert "s3cret" not in repr(storage)
    with pytest.raises(StorageUnreachable, match=r"127\.0\.0\.1:1: .*; 127\.0\.0\.1:2: ") as caught:
        storage.bind(REGISTRY)
    assert "s3cret" not in str(caught.value)


@pytest.fixture
def address() -> Iterator[URL]:
    """The address of a database on the one server that there is."""
    with bare_database("mariadb") as url:
        yield make_url(url)


@pytest.fixture
def silent() -> Iterator[str]:
    """A host that lets everybody in and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _storage(address: URL, *named: str, **options: Any) -> SqlStorage:
    one = address.set(host="HOST", port=9).render_as_string(hide_password=False)
    return SqlStorage(one.replace("HOST:9", ",".join(named)), **options)


def _real(address: URL) -> str:
    return f"{address.host}:{address.port}"


def _dialled(storage: SqlStorage) -> int:
    """The port that a new connection leads to."""
    storage.close()
    with storage._database.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        return int(driver.port)


def test_a_dead_host_is_passed_over(address: URL) -> None:
    """Where nobody listens at the preferred host, the next one serves: tables are made, and records kept."""
    with closing(_storage(address, NOBODY, _real(address))) as storage:
        storage.bind(REGISTRY)
        with storage.transaction() as tx:
            tx.add(Counter("a"))
        with storage.transaction(read_only=True) as tx:
            assert tx.get(Counter, "a") == Counter("a")


def test_a_silent_host_costs_its_part_of_the_time_once(address: URL, silent: str) -> None:
    """A host that hangs is given up after its part of the time, and asked last from then on."""
    with closing(_storage(address, silent, _real(address), timeout=1.0)) as storage:
        took = []
        for _ in range(2):
            begun = time.monotonic()
            assert _dialled(storage) == address.port
            took.append(time.monotonic() - begun)
    assert took[0] >= 0.5
    assert took[1] < 0.5


def test_the_preferred_host_is_asked_again(address: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that was given up is preferred again when it has had its rest."""
    assert address.host
    assert address.port
    with (
        Wire(address.host, address.port) as wire,
        closing(_storage(address, f"127.0.0.1:{wire.port}", _real(address))) as storage,
    ):
        assert _dialled(storage) == wire.port
        wire.break_down()
        assert _dialled(storage) == address.port
        wire._broken = False
        assert _dialled(storage) == address.port
        monkeypatch.setattr(hosts, "REST", 0.0)
        assert _dialled(storage) == wire.port


def test_a_refused_user_is_refused_at_once(address: URL) -> None:
    """A wrong password is wrong at every host: nobody else is asked, and nothing is tried again."""
    stranger = address.set(username="nobody-of-that-name", password="wrong")
    with closing(_storage(stranger, _real(address), NOBODY)) as storage:
        with pytest.raises(StorageError, match=r"1045|1698") as caught:
            storage.bind(REGISTRY)
        assert not isinstance(caught.value, StorageBusy)


def test_an_answer_is_not_waited_for_without_end(address: URL) -> None:
    """A server that hangs in the middle of a unit is given up; changes of tables may take as long as they take."""
    with closing(_storage(address, _real(address), NOBODY, timeout=0.3)) as storage:
        storage.bind(REGISTRY)
        tx = EngineTransaction(storage._database, read_only=False)
        tx.open()
        tx.execute(text("SELECT 1"), {}, lambda found: found.close())
        begun = time.monotonic()
        with pytest.raises(StorageBusy, match="2013"):
            tx.execute(text("SELECT SLEEP(5)"), {}, lambda found: found.close())
        assert 0.9 <= time.monotonic() - begun < 4
        tx.abandon()
        assert storage._database.patient
        with storage._database.patient.connect() as connection:
            assert connection.execute(text("SELECT SLEEP(1.5)")).scalar_one() == 0
            connection.rollback()


@pytest.mark.parametrize("option", ["read_timeout", "connect_timeout"])
def test_the_address_may_say_otherwise(address: URL, option: str) -> None:
    """What the address says to the driver is not overridden."""
    asked = address.update_query_dict({option: "77"})
    with (
        closing(_storage(asked, NOBODY, _real(address))) as storage,
        storage._database.engine.connect() as connection,
    ):
        driver: Any = connection.connection.dbapi_connection
        assert getattr(driver, f"_{option}", getattr(driver, option, None)) == 77


def test_a_connection_to_a_node_that_is_away_is_thrown_away(address: URL) -> None:
    """1047 ends a connection, and all others of that age in the pool; where there is another host, nobody notices."""
    with closing(_storage(address, _real(address), NOBODY, pool_size=2)) as storage:
        with storage._database.engine.connect() as one, storage._database.engine.connect() as other:
            before = {_number(one), _number(other)}
            with pytest.raises(exc.OperationalError):
                one.execute(text(AWAY))
            assert one.invalidated
        with storage._database.engine.connect() as one, storage._database.engine.connect() as other:
            assert before.isdisjoint({_number(one), _number(other)})


@pytest.mark.parametrize("several", [True, False])
def test_a_first_statement_on_a_node_that_is_away(address: URL, *, several: bool) -> None:
    """It is tried again on a few new connections where they may lead elsewhere, and passed on where they cannot."""
    with closing(_storage(address, _real(address), *([NOBODY] if several else []))) as storage:
        tx = EngineTransaction(storage._database, read_only=False)
        tx.open()
        seen = set()

        def note(connection: Any, *_rest: Any) -> None:
            seen.add(_thread(connection.connection.dbapi_connection))

        event.listen(storage._database.engine, "before_cursor_execute", note)
        with pytest.raises(StorageBusy, match="1047"):
            tx.execute(text(AWAY), {}, lambda found: found.close())
        tx.abandon()
    assert len(seen) == (3 if several else 1)


def _thread(driver: Any) -> int:
    return int(driver.thread_id())


def _number(connection: Any) -> int:
    return int(connection.execute(text("SELECT CONNECTION_ID()")).scalar_one())


def test_how_a_cluster_is_told_to_catch_up(address: URL) -> None:
    """`wsrep_sync_wait` reaches the server, and cannot be what the server does not know."""
    for wanted in (0, 1, 7):
        storage = SqlStorage(address.render_as_string(hide_password=False), wsrep_sync_wait=wanted)
        with closing(storage), storage._database.engine.connect() as connection:
            assert connection.execute(text("SELECT @@wsrep_sync_wait")).scalar_one() == wanted
            connection.rollback()
    for wrong in (-1, 16):
        with pytest.raises(ValueError, match="wsrep_sync_wait"):
            SqlStorage("sqlite:///:memory:", wsrep_sync_wait=wrong)
