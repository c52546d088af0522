"""Fresh databases for tests: SQLite files, and schemas or databases on the servers that are there.

A server's address comes from ``LOYALTYCORE_TEST_POSTGRESQL`` and ``LOYALTYCORE_TEST_MARIADB``; without them the
usual ports of this machine are tried. A missing server skips the test, and fails it where ``CI`` is set.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from loyaltycore.capabilities import core_record_types
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.naming import keys_table_name, table_name, version_table_name
from tests.odd_mariadb import odd_server

ENGINES: Final = ("sqlite", "postgresql", "mariadb")

ODD: Final = "odd mariadb"
"""A server whose defaults all differ from the usual ones; only for databases that hold nothing yet."""

_SERVERS: Final = {
    "postgresql": (
        "LOYALTYCORE_TEST_POSTGRESQL",
        "postgresql+psycopg://postgres@127.0.0.1:5432/postgres?connect_timeout=20",
    ),
    "mariadb": ("LOYALTYCORE_TEST_MARIADB", "mariadb+pymysql://root@127.0.0.1:3306/mysql?connect_timeout=20"),
}
_DRIVERS: Final = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
_PREFIX: Final = "loyalty_"


@contextmanager
def fresh_database(engine: str) -> Iterator[str]:
    """The address of a database that has the library's tables with the default prefix, and nothing in them.

    A server's database is used again by the next test of this process, emptied: that is cheaper than a new one.
    """
    if engine == "sqlite":
        with _copied_file() as url:
            yield url
        return
    url = _shared(engine)
    _empty(url)
    yield url


@contextmanager
def bare_database(engine: str) -> Iterator[str]:
    """The address of a database of its own that holds nothing at all."""
    if engine == "sqlite":
        with _folder() as folder:
            yield f"sqlite:///{folder}/bare.db"
        return
    url, drop = _create(engine)
    try:
        yield url
    finally:
        drop()


@cache
def server(engine: str) -> URL:
    """The address of a server; skips the test where it does not answer."""
    if engine == ODD:
        return odd_server()
    variable, usual = _SERVERS[engine]
    url = make_url(os.environ.get(variable, usual)).set(drivername=_DRIVERS[engine])
    try:
        with _connected(url):
            return url
    except SQLAlchemyError as error:
        reason = f"no {engine} at {url.render_as_string()}: set {variable} ({error.__class__.__name__})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def somebody(engine: str, *rights: str) -> Iterator[URL]:
    """A user of a server, as an address; `rights` are statements with the places `{name}` and `{account}`."""
    name = f"loyaltycore_{token_hex(4)}"
    account = name if engine == "postgresql" else f"'{name}'@'%'"
    _administer(engine, *(statement.format(name=name, account=account) for statement in rights))
    try:
        yield server(engine).set(username=name, password="secret")
    finally:
        if engine == "postgresql":
            _administer(engine, f"DROP DATABASE IF EXISTS {name}")
        _administer(engine, f"DROP {'ROLE' if engine == 'postgresql' else 'USER'} {account}")


def _administer(engine: str, *statements: str) -> None:
    made = create_engine(server(engine), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@cache
def _shared(engine: str) -> str:
    url, drop = _create(engine)
    atexit.register(drop)
    _set_up(url)
    return url


def _create(engine: str) -> tuple[str, Callable[[], None]]:
    url, name = server(engine), f"loyaltycore_{token_hex(6)}"
    if engine == "postgresql":
        # A schema instead of a database: a hundred times cheaper. No test takes the server's power away.
        fresh = url.update_query_dict({"options": f"-csearch_path={name} -csynchronous_commit=off"})
        create, drop = f"CREATE SCHEMA {name}", f"DROP SCHEMA {name} CASCADE"
    else:
        fresh = url.set(database=name)
        create, drop = f"CREATE DATABASE {name}", f"DROP DATABASE {name}"
    _run(url, create)
    return fresh.render_as_string(hide_password=False), lambda: _run(url, drop)


def _run(url: URL, statement: str) -> None:
    with _connected(url) as connection:
        connection.execute(text(statement))
        connection.commit()


@contextmanager
def _connected(url: URL | str) -> Iterator[Connection]:
    engine: Engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _set_up(url: str) -> None:
    storage = SqlStorage(url)
    storage.upgrade()
    storage.close()


def _empty(url: str) -> None:
    """Delete all rows, and all tables that a host's record types brought."""
    own = _own_tables()
    with _connected(url) as connection:
        quoted = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            if name not in own:
                connection.execute(text(f"DROP TABLE {quoted(name)}"))
            elif name != version_table_name(_PREFIX):
                connection.execute(text(f"DELETE FROM {quoted(name)}"))  # noqa: S608  our own names
        connection.commit()


@cache
def _own_tables() -> frozenset[str]:
    names = {version_table_name(_PREFIX)}
    for record_type in core_record_types():
        names |= {table_name(_PREFIX, record_type.table), keys_table_name(_PREFIX, record_type.table)}
    return frozenset(names)


@contextmanager
def _copied_file() -> Iterator[str]:
    with _folder() as folder:
        shutil.copy(_template(), folder / "fresh.db")
        yield f"sqlite:///{folder}/fresh.db"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="loyaltycore-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _set_up(f"sqlite:///{folder}/template.db")
    return folder / "template.db"


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="loyaltycore-"))
    try:
        yield folder
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
