"""Addresses, drivers, and what every connection is told."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest

from loyaltycore.errors import InvalidInput, MissingExtra, StorageError, StorageUnreachable
from loyaltycore_sql import SqlStorage, connections
from loyaltycore_sql.connections import parse_url
from loyaltycore_sql.greetings import greets_mariadb, set_if_known
from tests.adapters.sql.samples import REGISTRY


@pytest.mark.parametrize(
    ("url", "drivername"),
    [
        ("sqlite:///shop.db", "sqlite+pysqlite"),
        ("sqlite://", "sqlite+pysqlite"),
        ("postgresql://anna@db/shop", "postgresql+psycopg"),
        ("postgresql+psycopg://anna@db/shop", "postgresql+psycopg"),
        ("mariadb://anna@db/shop", "mariadb+pymysql"),
        ("mysql://anna@db/shop", "mariadb+pymysql"),
        ("mysql+pymysql://anna@db/shop", "mariadb+pymysql"),
    ],
)
def test_addresses(url: str, drivername: str) -> None:
    """Each way to name an engine leads to the one driver that is supported."""
    assert parse_url(url).drivername == drivername


@pytest.mark.parametrize(
    "url", ["oracle://db", "postgresql+psycopg2://db", "mariadb+mariadbconnector://db", "x", ""]
)
def test_other_addresses(url: str) -> None:
    """Other engines and drivers are refused, with the words that would be understood."""
    with pytest.raises(InvalidInput) as caught:
        SqlStorage(url)
    assert caught.value.fields == ("url",)


@pytest.mark.parametrize(
    ("url", "extra", "module"),
    [("postgresql://db/shop", "postgresql", "psycopg"), ("mariadb://db/shop", "mariadb", "pymysql")],
)
def test_missing_driver(monkeypatch: pytest.MonkeyPatch, url: str, extra: str, module: str) -> None:
    """A driver that is not installed is an error that prints the command to install it."""
    monkeypatch.setattr(connections, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=rf'pip install "loyaltycore\[{extra}\]"') as caught:
        SqlStorage(url)
    assert (caught.value.extra, caught.value.module) == (extra, module)


def run(code: str) -> str:
    """Run code in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["sqlalchemy", "alembic"])
def test_missing_library(module: str) -> None:
    """Without SQLAlchemy or Alembic the import says which extra brings them."""
    code = f"""
import sys
sys.modules[{module!r}] = None
from loyaltycore.errors import MissingExtra
try:
    import loyaltycore_sql
except MissingExtra as error:
    print(error.extra)
"""
    assert run(code) == "sql"


def test_drivers_are_loaded_late() -> None:
    """Importing the package, and using SQLite, loads no driver of a server."""
    code = """
import sys
from loyaltycore_sql import SqlStorage
SqlStorage("sqlite:///:memory:")
print([name for name in ("psycopg", "pymysql") if name in sys.modules])
"""
    assert run(code) == "[]"


def test_passwords_are_not_shown() -> None:
    """The password appears neither in `repr` nor in an error."""
    shown = repr(SqlStorage("postgresql://anna:s3cret@127.0.0.1:1/shop"))
    assert "s3cret" not in shown
    assert "anna" in shown
    assert repr(SqlStorage("sqlite:///:memory:", prefix="shop_")).startswith(
        "SqlStorage(url='sqlite:///:memory:', prefix='shop_'"
    )
    with pytest.raises(StorageError) as caught:
        SqlStorage("postgresql://anna:s3cret@127.0.0.1:1/shop", timeout=1).bind(REGISTRY)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"prefix": ""},
        {"prefix": "9_"},
        {"prefix": "Shop_"},
        {"prefix": "a" * 21},
        {"prefix": "a b"},
        {"pool_size": 0},
        {"max_overflow": -1},
        {"timeout": 0},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """An option that cannot work is refused when the storage is made."""
    with pytest.raises(ValueError, match=next(iter(options))):
        SqlStorage("sqlite:///:memory:", **options)


def test_sqlite_is_told_to_be_durable(tmp_path: Path) -> None:
    """A file is kept with a write-ahead log, synced at every commit."""
    storage = SqlStorage(f"sqlite:///{tmp_path}/shop.db")
    with storage._database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    storage.close()


def test_sqlite_overwrites_what_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it was compiled with, what was erased does not stay in the file."""

    def compiled_without(_dialect: Any, connection: Any, _patience: float) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    monkeypatch.setattr("loyaltycore_sql.sqlite_file._keep_a_log", compiled_without)
    storage = SqlStorage(f"sqlite:///{tmp_path}/shop.db")
    with storage._database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    storage.close()


def test_a_file_that_somebody_else_writes_is_waited_for(tmp_path: Path) -> None:
    """The first connection to a file without a log waits while another program writes, as long as the storage says."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE mine (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        with (
            closing(SqlStorage(f"sqlite:///{path}", timeout=0.2)) as hasty,
            pytest.raises(StorageUnreachable),
        ):
            hasty.bind(REGISTRY)
        with closing(SqlStorage(f"sqlite:///{path}")) as storage, ThreadPoolExecutor() as pool:
            late = pool.submit(storage.bind, REGISTRY)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.3)
            other.execute("COMMIT")
            late.result()


ASKED = {
    "postgresql": (
        "SELECT current_setting('transaction_isolation'), current_setting('lock_timeout')",
        "repeatable read",
        "10s",
    ),
    "mariadb": (
        "SELECT @@tx_isolation, @@innodb_lock_wait_timeout, @@sql_mode LIKE '%%STRICT_ALL_TABLES%%'",
        "REPEATABLE-READ",
        "10",
        "1",
    ),
}


def test_servers_are_told_to_isolate(shared: SqlStorage) -> None:
    """Every connection isolates its snapshots, cuts nothing, and waits for a lock as long as the storage says."""
    if shared._database.dialect == "sqlite":
        pytest.skip("SQLite is asked above")
    statement, *expected = ASKED[shared._database.dialect]
    with shared._database.engine.connect() as connection:
        found = [str(value) for value in connection.exec_driver_sql(statement).one()]
        connection.rollback()
    assert found == expected


def test_mariadb_without_snapshot_isolation_is_refused() -> None:
    """A MariaDB that cannot refuse what changed since the snapshot is told apart, and named."""

    class OldServer:
        """Answers as a server that knows none of the newer variables."""

        def cursor(self) -> Self:
            return self

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def execute(self, statement: str) -> None:
            if "snapshot" in statement:
                raise RuntimeError(1193, "Unknown system variable")

    with pytest.raises(StorageError, match=r"10\.6\.18"):
        greets_mariadb(1, 1)(OldServer(), None)


def test_other_errors_of_a_greeting_pass() -> None:
    """Only a variable that the server does not know is passed over."""

    class Cursor:
        def execute(self, _: str) -> None:
            raise RuntimeError(1227, "Access denied")

    with pytest.raises(RuntimeError):
        set_if_known(Cursor(), "wsrep_sync_wait = 1")


def test_closing_and_going_on(shared: SqlStorage) -> None:
    """After `close` the next transaction opens a new connection."""
    shared.close()
    with shared.transaction(read_only=True):
        pass
