"""Bringing the tables of a database to the state that this version of the library needs.

The revisions in ``migrations`` make the library's own tables. Tables of the host application's record types are made if
they are absent; what becomes of them afterwards is up to the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from hashlib import sha256
from random import random
from threading import Lock
from time import monotonic, sleep
from typing import Any, Final, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Engine, Table, delete, inspect, select, text

from loyaltycore.errors import (
    SchemaError,
    SchemaTooNew,
    SchemaTooOld,
    StorageBusy,
    StorageError,
    StorageUnreachable,
)
from loyaltycore.ports.forking import PerProcess
from loyaltycore.ports.logs import Log
from loyaltycore_sql import migrations
from loyaltycore_sql.connections import Database
from loyaltycore_sql.encodings import require_unicode
from loyaltycore_sql.engine_transaction import give_back
from loyaltycore_sql.mariadb_tables import require_as_made
from loyaltycore_sql.migrations import TABLES
from loyaltycore_sql.naming import keys_table_name, table_name
from loyaltycore_sql.tables import versions_table
from loyaltycore_sql.translation import Phase, translating

R = TypeVar("R")

_LONG: Final = 3600
"""Seconds to wait for another process that is migrating."""

_TRIES: Final = 8
"""How often it is tried to set a database up while others do so, too."""

_PAUSE: Final = 0.5
"""Longest pause after the first of these tries, in seconds; it grows by as much with each."""

_log: Final = Log("sql")

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
            SchemaError: A table of the host lacks a column, or a table is not kept as it was made.
        """
        absent = self._persistently(lambda: self._look(host_tables, migrate=migrate))
        if absent is not None:
            self._persistently(lambda: self._change(absent))
        if host_tables:
            with self._reading() as connection:
                _check_columns(connection, host_tables)

    def upgrade(self) -> str:
        """Bring the library's own tables to the newest revision, if they are not there already.

        Returns:
            The newest revision.

        Raises:
            SchemaTooNew: A revision that this library does not know.
            SchemaError: A table is not kept as it was made.
        """
        self.prepare((), migrate=True)
        return head()

    def is_set_up(self) -> bool:
        """Whether the library's own tables were made, of whatever revision.

        Raises:
            SchemaTooNew: A revision that this library does not know.
        """
        with self._reading() as connection:
            state, _ = self._state(connection)
        return state is not State.EMPTY

    def require_current(self, host_tables: Sequence[Table]) -> None:
        """Make sure that the tables fit, and change nothing.

        Raises:
            SchemaTooNew: A revision that this library does not know.
            SchemaTooOld: An older revision, or none.
            SchemaError: A table of the host is absent, or lacks a column.
        """
        with self._reading() as connection:
            state, found, absent = self._survey(connection, host_tables)
            if state is not State.CURRENT:
                raise SchemaTooOld(found, head())
            if absent:
                raise SchemaError(f"these tables are absent: {', '.join(table.name for table in absent)}")
            _check_columns(connection, host_tables)

    def _look(self, host_tables: Sequence[Table], *, migrate: bool) -> Sequence[Table] | None:
        """What the host's tables lack; None if nothing at all has to be made."""
        with self._reading() as connection:
            state, found, absent = self._survey(connection, host_tables)
        if state is State.OLD and not migrate:
            state, found = self._settled(state, found)
            if state is State.OLD:
                raise SchemaTooOld(found, head())
        return absent if absent or state is not State.CURRENT else None

    def _survey(
        self, connection: Connection, host_tables: Sequence[Table]
    ) -> tuple[State, str, Sequence[Table]]:
        """The state, the newest revision found, and which of the host's tables are absent."""
        require_unicode(connection)
        state, found = self._state(connection)
        require_as_made(connection, {*_own_names(self.prefix), *(table.name for table in host_tables)})
        stored = set(inspect(connection).get_table_names()) if host_tables else set()
        return state, found, [table for table in host_tables if table.name not in stored]

    def _settled(self, state: State, found: str) -> tuple[State, str]:
        """The state after whoever may be setting up has finished: MariaDB shows each step, the others only the end."""
        if self.database.kind.name != "mariadb":
            return state, found
        with self._changing() as connection:
            return self._state(connection)

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
        versions = versions_table(self.prefix)
        if not inspect(connection).has_table(versions.name):
            return ()
        noted = connection.scalars(select(versions.c.version_num)).all()
        # An earlier version left the character set to the server, and some have `binary`.
        return [each.decode() if isinstance(each, bytes) else each for each in noted]

    def _persistently(self, work: Callable[[], R]) -> R:
        """Do again what others got in the way of by setting the same database up."""
        begun = monotonic()
        for tries in range(1, _TRIES + 1):
            try:
                return work()
            except (SchemaError, StorageUnreachable):
                raise
            except StorageError as error:
                if tries == _TRIES or not self._lost_a_race(error, monotonic() - begun):
                    raise
            sleep(_PAUSE * tries * random())  # noqa: S311  no secret: it keeps rivals apart
        raise AssertionError("unreachable")

    def _lost_a_race(self, error: StorageError, spent: float) -> bool:
        if isinstance(error, StorageBusy) and spent < self.database.limits.timeout:
            return True
        # No lock reaches all nodes of a cluster: another one may have made the same change at the same time.
        return self.database.kind.name == "mariadb" and self._is_cluster()

    def _is_cluster(self) -> bool:
        with self._reading() as connection:
            return _is_cluster(connection)

    def _change(self, absent: Sequence[Table]) -> None:
        with _ONE_AT_A_TIME.get(), self._changing() as connection:
            # Somebody else may have done it while the lock was waited for.
            state, newest = self._state(connection)
            if newest:
                self._forget_older(connection, newest)
            if state is not State.CURRENT:
                if state is State.EMPTY:
                    _refuse_strangers(connection, self.prefix)
                _run_revisions(connection, self.prefix, newest)
            for table in absent:
                table.create(connection, checkfirst=True)
                _log.info("table created", table=table.name)

    def _forget_older(self, connection: Connection, newest: str) -> None:
        """Keep one revision: a slow node of a cluster may have noted an older one after a faster node."""
        versions = versions_table(self.prefix)
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
                give_back(connection, self.database)
        finally:
            self.database.end_turn(turn)

    def _lock_name(self, connection: Connection) -> str:
        # MariaDB's named locks belong to the server, not to one database, and not every engine knows its address.
        ask = _DATABASE.get(self.database.kind.name)
        database = connection.exec_driver_sql(ask).scalar_one() if ask else ""
        return f"{database}/{self.prefix}"


_DATABASE: Final = {"mariadb": "SELECT DATABASE()", "postgresql": "SELECT current_database()"}


def head() -> str:
    """The newest revision."""
    return migrations.REVISIONS[-1]


def _run_revisions(connection: Connection, prefix: str, found: str) -> None:
    from loyaltycore_sql.migrating import run_revisions  # noqa: PLC0415  it loads Alembic, and most starts find nothing to migrate

    if found:
        _log.info("migrating", found=found, wanted=head())
    begun = monotonic()
    run_revisions(connection, prefix)
    facts = {"revision": head(), "seconds": round(monotonic() - begun, 3)}
    if found:
        _log.info("migrated", **facts)
    else:
        _log.debug("tables set up", **facts)


def _own_names(prefix: str) -> Iterator[str]:
    for table in TABLES:
        yield table_name(prefix, table)
        yield keys_table_name(prefix, table)


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
    found = connection.execute(text("SHOW VARIABLES LIKE 'wsrep_on'")).first()
    return found is not None and found[1] == "ON"


_LOCKS: Final[dict[str, Any]] = {
    "sqlite": _sqlite_lock,
    "postgresql": _postgresql_lock,
    "mariadb": _mariadb_lock,
}
