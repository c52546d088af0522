"""An engine of SQLAlchemy that the host has made: its pool and its settings stay as they are.

What the library needs beyond them is set for each of its own transactions, and holds for that one alone.
"""

from __future__ import annotations

from math import ceil
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from attrs import evolve, frozen
from sqlalchemy import Connection, Dialect, Engine, Pool, StaticPool

from loyaltycore.errors import Fault, InvalidInput, StorageBusy, StorageError
from loyaltycore.ports.forking import PerProcess, Process, this_process
from loyaltycore_sql.connections import Database, Limits, Lost
from loyaltycore_sql.gate import Gate
from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.sqlite_file import is_in_memory

DRIVERS: Final = ("mysqldb", "psycopg", "pymysql", "pysqlite")
"""SQLAlchemy's names of the drivers whose errors and answers are known."""

_SNAPSHOTS_OFF: Final = "loyaltycore_snapshots_off"
"""Under this key a pooled connection remembers a setting that has to be put back."""

SNAPSHOTS_OFF: Final = "SET SESSION innodb_snapshot_isolation = OFF"


@frozen
class HostDatabase(Database):
    """An engine of the host."""

    def take_turn(self) -> int:
        """Wait until a transaction may begin."""
        who = super().take_turn()
        if _is_host_at_work(self.engine.pool):
            # To take and return that connection would roll back what the host has done.
            self.end_turn(who)
            raise StorageBusy(
                "the application has a transaction open on the only connection of this database"
            )
        return who

    def begin(self, connection: Connection, *, read_only: bool) -> None:
        """Begin a transaction in which several reads see one state."""
        require_utf8(connection)
        match self.kind.name:
            case "sqlite":
                _begin_sqlite(connection, "BEGIN" if read_only else "BEGIN IMMEDIATE")
            case "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
                if read_only:
                    connection.execution_options(postgresql_readonly=True)
                else:
                    wait = ceil(self.limits.timeout * 1000)
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait}")
            case "mariadb":
                if raw_of(connection).get_autocommit():
                    connection.execution_options(isolation_level="REPEATABLE READ")
                connection.info[_SNAPSHOTS_OFF] = begin_mariadb(connection, read_only=read_only)

    def begin_ddl(self, connection: Connection) -> None:
        """Begin a transaction that changes tables."""
        require_utf8(connection)
        if self.kind.name == "sqlite":
            _begin_sqlite(connection, "BEGIN IMMEDIATE")
        else:
            super().begin_ddl(connection)

    def settle(self, connection: Connection) -> None:
        """Put back what was set for a transaction and would outlast it."""
        if connection.info.pop(_SNAPSHOTS_OFF, False):
            connection.exec_driver_sql(SNAPSHOTS_OFF)

    def of_child(self) -> HostDatabase:
        """The same in a process that was forked from the one to which this belongs."""
        if self.turn is None:
            _part_from_parent(self.engine)
        gate = None
        if self.gate is not None:
            gate = self.gate.in_child(self.engine if self.turn is None else None)
        return evolve(self, gate=gate, turn=None if self.turn is None else Lock(), lost=Lost())


def host_database(engine: Engine, timeout: float) -> HostDatabase:
    """Use an engine of the host.

    Args:
        timeout: Seconds to wait for a lock on PostgreSQL; elsewhere the host's own settings count.

    Raises:
        InvalidInput: Its driver is not known.
    """
    dialect = engine.dialect
    if not is_known(dialect):
        known = f"known are {', '.join(DRIVERS)}, none of them asynchronous"
        raise InvalidInput([Fault("url", "bad_engine", f"uses the driver {dialect.driver}; {known}")])
    if dialect.name == "mysql":
        raise InvalidInput(
            [
                Fault(
                    "url", "bad_engine", f"begins with mysql+{dialect.driver}: write mariadb+{dialect.driver}"
                )
            ]
        )
    limits = Limits(pool_size=0, max_overflow=0, timeout=timeout)
    if Kind(dialect).name != "sqlite":
        return HostDatabase(engine, limits)
    if _lives_in_one_connection(engine):
        return HostDatabase(engine, limits, Gate(None, timeout), Lock())
    return HostDatabase(engine, limits, Gate(engine, timeout))


def is_known(dialect: Dialect) -> bool:
    """Whether the library can work with a dialect of the host."""
    return dialect.driver in DRIVERS and not dialect.is_async


def require_utf8(connection: Connection) -> None:
    """Refuse a connection on which some text could not be sent as it is.

    Raises:
        StorageError: It uses another encoding.
    """
    raw = raw_of(connection)
    match Kind(connection.dialect).name:
        case "postgresql":
            encoding, wanted = raw.info.encoding, "utf-8"
        case "mariadb":
            encoding, wanted = raw.character_set_name(), "utf8mb4"
        case _:
            return
    if encoding != wanted:
        raise StorageError(f"the connection sends texts in {encoding}: set it up for {wanted}")


def _begin_sqlite(connection: Connection, statement: str) -> None:
    raw = raw_of(connection)
    always_in_one = getattr(raw, "autocommit", None) is False
    if raw.in_transaction and not always_in_one:
        raise StorageBusy("the application has a transaction open on the connection of this thread")
    connection.begin()
    if raw.in_transaction:
        # Begun by the driver or by a listener of the host, and nothing has happened in it yet.
        connection.exec_driver_sql("ROLLBACK")
    # A writer that begins as a reader could not go on once somebody else has written.
    connection.exec_driver_sql(statement)


def begin_mariadb(connection: Connection, *, read_only: bool) -> bool:
    """Set up the transaction that is about to begin.

    Returns:
        Whether `SNAPSHOTS_OFF` has to be run after it.
    """
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    # Without it a statement that locks or writes would see what was committed after the snapshot.
    if read_only or connection.exec_driver_sql("SELECT @@SESSION.innodb_snapshot_isolation").scalar_one():
        return False
    connection.exec_driver_sql("SET SESSION innodb_snapshot_isolation = ON")
    return True


def raw_of(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.dbapi_connection


def _lives_in_one_connection(engine: Engine) -> bool:
    """Whether all is lost when the connection is closed."""
    return isinstance(engine.pool, StaticPool) or is_in_memory(engine.url)


def _is_host_at_work(pool: Pool) -> bool:
    """Whether a pool with a single connection for everybody has lent it to the host."""
    raw: Any = pool.connection.dbapi_connection if isinstance(pool, StaticPool) else None
    return getattr(raw, "in_transaction", False)


_PARTED: Final[WeakKeyDictionary[Engine, Process]] = WeakKeyDictionary()
"""The process in which an engine was last given a pool of its own."""

_PARTING: Final = PerProcess(Lock)
"""One thread at a time, so that none goes on with the pool of the parent."""

_INHERITED: Final[list[Pool]] = []
"""Pools of a parent process: thrown away, they might close its connections."""


def _part_from_parent(engine: Engine) -> None:
    with _PARTING.get():
        if _PARTED.get(engine) != this_process():
            _INHERITED.append(engine.pool)
            engine.dispose(close=False)
            _PARTED[engine] = this_process()
