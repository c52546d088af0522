"""Bringing the tables of a database to the state that this version of the library needs.

The revisions in ``migrations`` make the library's own tables. Tables of the host application's record types are made if
they are absent; what becomes of them afterwards is up to the host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from hashlib import sha256
from random import random
from threading import Lock
from time import sleep
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, delete, inspect, select, text

from loyaltycore.errors import SchemaError, SchemaTooNew, SchemaTooOld, StorageError
from loyaltycore.ports.forking import PerProcess
from loyaltycore_sql import migrations
from loyaltycore_sql.connections import Database
from loyaltycore_sql.engine_transaction import give_back
from loyaltycore_sql.migrations import TABLES
from loyaltycore_sql.naming import keys_table_name, table_name, version_table_name
from loyaltycore_sql.translation import Phase, translating

_LONG: Final = 3600
"""Seconds to wait for another process that is migrating."""

_TRIES: Final = 8
"""How often a change is tried on a cluster."""

_PAUSE: Final = 0.5
"""Longest pause after the first of these tries, in seconds; it grows by as much with each."""

# Alembic keeps the migration that is running in global variables.
_ONE_AT_A_TIME: Final = PerProcess(Lock)


class State(Enum):
    """How a database compares with the newest revision."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"


@frozen
class Schema:
    """The tables of one database with one prefix."""

    database: Database
    prefix: str
    """What every name of a table begins with."""

    def prepare(self, host_tables: Sequence[Table], *, migrate: bool) -> None:
        """Make the tables fit: set up an empty database, make the host's absent tables.

        Raises:
            SchemaTooNew: A revision that this library does not know.
            SchemaTooOld: An older revision, and `migrate` is not set.
            SchemaError: A table of the host lacks a column.
        """
        with self._reading() as connection:
            state, found = self._state(connection)
            if state is State.OLD and not migrate:
                raise SchemaTooOld(found, head())
            present = _present(connection, host_tables)
            absent = [table for table in host_tables if table not in present]
        if absent or state is not State.CURRENT:
            self._change(absent)
        with self._reading() as connection:
            _check_columns(connection, host_tables)

    def upgrade(self) -> str:
        """Bring the library's own tables to the newest revision, if they are not there already.

        Returns:
            The newest revision.

        Raises:
            SchemaTooNew: A revision that this library does not know.
        """
        with self._reading() as connection:
            state, _ = self._state(connection)
        if state is not State.CURRENT:
            self._change(())
        return head()

    def _state(self, connection: Connection) -> tuple[State, str]:
        found = self._noted(connection)
        if not found:
            return State.EMPTY, ""
        known = migrations.REVISIONS
        if not set(found) <= set(known):
            raise SchemaTooNew(", ".join(found), head())
        newest = max(found, key=known.index)
        return State.CURRENT if newest == head() else State.OLD, newest

    def _noted(self, connection: Connection) -> Sequence[str]:
        """The revisions that the database carries, as Alembic noted them."""
        versions = self._versions
        if not inspect(connection).has_table(versions.name):
            return ()
        return connection.scalars(select(versions.c.version_num)).all()

    @property
    def _versions(self) -> Table:
        return Table(version_table_name(self.prefix), MetaData(), Column("version_num", String(32)))

    def _change(self, absent: Sequence[Table]) -> None:
        for tries in range(1, _TRIES + 1):
            try:
                return self._change_once(absent)
            except SchemaError:
                raise
            except StorageError:
                # No lock reaches all nodes of a cluster: another one may have made the same change at the same time.
                if tries == _TRIES or not self._is_cluster():
                    raise
            sleep(_PAUSE * tries * random())  # noqa: S311  it only keeps rivals apart
        raise AssertionError("unreachable")

    def _is_cluster(self) -> bool:
        with self._reading() as connection:
            return _is_cluster(connection)

    def _change_once(self, absent: Sequence[Table]) -> None:
        with _ONE_AT_A_TIME.get(), self._changing() as connection:
            # Somebody else may have done it while the lock was waited for.
            state, newest = self._state(connection)
            if newest:
                self._forget_older(connection, newest)
            if state is not State.CURRENT:
                if state is State.EMPTY:
                    _refuse_strangers(connection, self.prefix)
                _run_revisions(connection, self.prefix)
            for table in absent:
                table.create(connection, checkfirst=True)

    def _forget_older(self, connection: Connection, newest: str) -> None:
        """Keep one revision: a slow node of a cluster may have noted an older one after a faster node."""
        versions = self._versions
        connection.execute(delete(versions).where(versions.c.version_num != newest))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._connection(self.database.engine) as connection:
            self.database.begin(connection, read_only=True)
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._connection(self.database.patient or self.database.engine) as connection:
            self.database.begin_ddl(connection)
            with _LOCKS[self.database.dialect](connection, self._lock_name(connection)):
                yield connection
                connection.commit()

    @contextmanager
    def _connection(self, engine: Engine) -> Iterator[Connection]:
        turn = self.database.take_turn()
        try:
            with translating(self.database.dialect, Phase.CONNECTING):
                connection = engine.connect()
            try:
                with translating(self.database.dialect, Phase.WORKING):
                    yield connection
            finally:
                give_back(connection)
        finally:
            self.database.end_turn(turn)

    def _lock_name(self, connection: Connection) -> str:
        # MariaDB's named locks belong to the server, not to one database.
        return f"{connection.engine.url.database}/{self.prefix}"


def head() -> str:
    """The newest revision."""
    return migrations.REVISIONS[-1]


def _run_revisions(connection: Connection, prefix: str) -> None:
    from loyaltycore_sql.migrating import run_revisions  # noqa: PLC0415  most starts find nothing to migrate

    run_revisions(connection, prefix)


def _present(connection: Connection, tables: Iterable[Table]) -> list[Table]:
    stored = set(inspect(connection).get_table_names())
    return [table for table in tables if table.name in stored]


def _check_columns(connection: Connection, tables: Iterable[Table]) -> None:
    for table in tables:
        if lacking := sorted({column.name for column in table.c} - _columns(connection, table.name)):
            raise SchemaError(f"the table {table.name!r} lacks the columns {', '.join(lacking)}: add them")


def _refuse_strangers(connection: Connection, prefix: str) -> None:
    # The revisions pass over a table that is there already, left by one that was cut short. Which columns such a
    # table has by then differs, but these it has from the first revision on.
    stored = set(inspect(connection).get_table_names())
    marks = {table_name(prefix, table): {"id", "version"} for table in TABLES}
    marks |= {keys_table_name(prefix, table): {"lookup", "value", "record_key"} for table in TABLES}
    for name in sorted(stored & marks.keys()):
        if not marks[name] <= _columns(connection, name):
            raise SchemaError(f"the table {name!r} is there already and is not the library's")


def _columns(connection: Connection, name: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(name)}


@contextmanager
def _sqlite_lock(_connection: Connection, _name: str) -> Iterator[None]:
    yield  # BEGIN IMMEDIATE has it already


@contextmanager
def _postgresql_lock(connection: Connection, name: str) -> Iterator[None]:
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
    yield


@contextmanager
def _mariadb_lock(connection: Connection, name: str) -> Iterator[None]:
    # Its DDL commits by itself, so only a lock of the session outlives it.
    if _is_cluster(connection):
        yield  # there it would hold for one node
        return
    lock = {"name": sha256(name.encode()).hexdigest(), "timeout": _LONG}
    connection.execute(text("SELECT GET_LOCK(:name, :timeout)"), lock)
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), lock)


def _is_cluster(connection: Connection) -> bool:
    if connection.dialect.name != "mariadb":
        return False
    return connection.execute(text("SHOW VARIABLES LIKE 'wsrep_on'")).all() == [("wsrep_on", "ON")]


_LOCKS: Final[dict[str, Any]] = {
    "sqlite": _sqlite_lock,
    "postgresql": _postgresql_lock,
    "mariadb": _mariadb_lock,
}
