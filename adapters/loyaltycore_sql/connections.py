"""Opening a database: its address, its driver, and the set-up of every connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from math import ceil
from threading import Lock, local
from typing import Any, Final

from attrs import evolve, field, frozen
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    NullPool,
    StaticPool,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError

from loyaltycore.errors import Fault, InvalidInput, MissingExtra, StorageBusy
from loyaltycore.kernel.naming import unknown
from loyaltycore_sql.gate import CONNECTING, Gate
from loyaltycore_sql.greetings import Greet, greets_mariadb, greets_postgresql
from loyaltycore_sql.hosts import Dialler, Host, split_hosts
from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.sqlite_file import is_in_memory, open_file
from loyaltycore_sql.statements import ContendedRow
from loyaltycore_sql.translation import Diagnosis, diagnose_mariadb

Dial = Callable[[Any, Any, Any, Any], Any]
"""Opens a connection, as a listener for SQLAlchemy's event ``do_connect``."""

_RECYCLE: Final = 1800
"""Seconds after which a connection is replaced: servers and firewalls drop idle ones."""


_ANSWER: Final = 3
"""How many times the wait for a lock an answer may take."""

_ENCODINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "postgresql+psycopg": {"client_encoding": "utf8"},
    "mariadb+pymysql": {"charset": "utf8mb4"},
}
"""How texts travel, by driver; an address that asks for another encoding is overruled, because names would not fit."""


@frozen
class Driver:
    """How an engine is reached."""

    name: str
    """SQLAlchemy's name of engine and driver."""
    module: str
    extra: str
    """The extra that brings it; empty for the standard library."""


_MARIADB: Final = Driver("mariadb+pymysql", "pymysql", "mariadb")
_POSTGRESQL: Final = Driver("postgresql+psycopg", "psycopg", "postgresql")
_SQLITE: Final = Driver("sqlite+pysqlite", "sqlite3", "")

# Of two ways to write one address SQLAlchemy makes two dialects with other column types, so only one is used.
_DRIVERS: Final[Mapping[str, Driver]] = {
    "sqlite": _SQLITE,
    "sqlite+pysqlite": _SQLITE,
    "postgresql": _POSTGRESQL,
    "postgresql+psycopg": _POSTGRESQL,
    "mariadb": _MARIADB,
    "mariadb+pymysql": _MARIADB,
    "mysql": _MARIADB,
    "mysql+pymysql": _MARIADB,
}


@frozen(kw_only=True)
class Limits:
    """How many connections are used, and how long to wait."""

    pool_size: int
    max_overflow: int
    """Connections that may be added for a while."""
    timeout: float
    """Seconds to wait for a connection, for a free place in the pool, or for a lock."""
    sync_wait: int = 1
    """Before which statements a Galera node catches up, as its variable ``wsrep_sync_wait``."""


class Lost(local):
    """The row for which this thread's last transaction lost a race."""

    row: ContendedRow | None = None

    def take(self) -> ContendedRow | None:
        """The row, once."""
        row, self.row = self.row, None
        return row


@frozen
class Database:
    """An engine, and how it differs from the others."""

    engine: Engine
    limits: Limits
    gate: Gate | None = None
    """For SQLite: keeps transactions and forks apart."""
    turn: Lock | None = None
    """For a database with a single connection: the holder of this lock may use it."""
    lost: Lost = field(factory=Lost)
    """The row for which each thread has lost a race."""
    patient: Engine | None = None
    """For schema changes, which may take long: waits for each answer as long as it takes. None if `engine` does so
    too."""
    has_other_hosts: bool = False
    """Whether a new connection may lead to another server."""
    kind: Kind = field(init=False)
    """How the engine differs from others."""

    @kind.default
    def _kind(self) -> Kind:
        return Kind(self.engine.dialect)

    def take_turn(self) -> int:
        """Wait until a transaction may begin.

        Returns:
            What `end_turn` needs.

        Raises:
            StorageBusy: It took too long.
            StorageError: This process was forked amid a transaction on SQLite.
        """
        who = self.gate.enter() if self.gate is not None else 0
        if self.turn is not None and not self.turn.acquire(timeout=self.limits.timeout):
            self._leave(who)
            raise StorageBusy("the only connection of this database is in use")
        return who

    def end_turn(self, who: int) -> None:
        """Let the next one use what only one may use."""
        if self.turn is not None:
            self.turn.release()
        self._leave(who)

    def _leave(self, who: int) -> None:
        if self.gate is not None:
            self.gate.leave(who)

    def in_child(self, url: str, connect_args: Mapping[str, Any]) -> Database:
        """The database of a process that was forked from the one to which this belongs.

        Nothing of this one is touched: its connections are the parent's. A database in memory has none, and is a copy.
        """
        if self.turn is not None:
            gate = self.gate.in_child(None) if self.gate is not None else None
            return evolve(self, gate=gate, turn=Lock(), lost=Lost())
        fresh = open_database(url, self.limits, connect_args)
        if self.gate is None:
            return fresh
        return evolve(fresh, gate=self.gate.in_child(fresh.engine))

    @property
    def dialect(self) -> str:
        """``sqlite``, ``postgresql`` or ``mariadb``."""
        return self.kind.name

    def begin(self, connection: Connection, *, read_only: bool) -> None:
        """Begin a transaction, unless the driver does so by itself."""
        if self.dialect == "sqlite":
            # A writer that begins as a reader could not go on once somebody else has written.
            connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
        elif self.dialect == "postgresql" and read_only:
            connection.execution_options(postgresql_readonly=True)

    def settle(self, connection: Connection) -> None:
        """After a transaction: put back what was set for it alone."""

    def begin_ddl(self, connection: Connection) -> None:
        """Begin a transaction that changes tables and sees what others changed while it waited."""
        if self.dialect == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execution_options(isolation_level="READ COMMITTED")


def parse_url(url: str) -> URL:
    """Read an address, and add the driver that this adapter uses.

    Raises:
        InvalidInput: It is not an address of a supported engine.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidInput([Fault("url", "bad_url", "is no database address")]) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise InvalidInput([Fault("url", "bad_url", unknown("engine", parsed.drivername, _DRIVERS))])
    return parsed.set(drivername=driver.name)


def open_database(url: str, limits: Limits, connect_args: Mapping[str, Any]) -> Database:
    """Make an engine; the first connection is opened when it is needed.

    Raises:
        InvalidInput: As `parse_url`.
        MissingExtra: The driver is not installed.
    """
    single, hosts = split_hosts(url)
    parsed = parse_url(single)
    driver = _DRIVERS[parsed.drivername]
    if hosts and driver is not _MARIADB:
        raise InvalidInput([Fault("url", "bad_url", "may name several hosts only for MariaDB")])
    if find_spec(driver.module) is None:
        raise MissingExtra(driver.extra, driver.module)
    if driver is _SQLITE:
        return _open_sqlite(parsed, limits, connect_args)
    if driver is _POSTGRESQL:
        return _open_postgresql(parsed, limits, connect_args)
    return _open_mariadb(parsed, hosts, limits, connect_args)


def _server(
    url: URL,
    own: Mapping[str, Any],
    connect_args: Mapping[str, Any],
    greet: Greet,
    dial: Dial,
    **pool: Any,
) -> Engine:
    defaults = {name: value for name, value in own.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**defaults, **connect_args, **_ENCODINGS[url.drivername]},
        # Several reads of one transaction see one state; who writes what another changed since is told so.
        isolation_level="REPEATABLE READ",
        pool_recycle=_RECYCLE,
        # Every transaction is ended by name, a second rollback would only cost a round trip.
        pool_reset_on_return=None,
        **pool,
    )
    # Before SQLAlchemy asks a server how it writes names: that depends on what the greeting sets.
    event.listen(engine, "connect", greet, insert=True)

    @event.listens_for(engine, "do_connect")
    def connect(*arguments: Any) -> Any:
        gate = CONNECTING.get()
        who = gate.enter()
        try:
            return dial(*arguments)
        finally:
            gate.leave(who)

    return engine


def _dial(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    return dialect.connect(*arguments, **options)


def _open_postgresql(url: URL, limits: Limits, connect_args: Mapping[str, Any]) -> Database:
    silence = ceil(limits.timeout * _ANSWER)
    # The system gives up a network that has gone silent: while something was sent, and while an answer is waited for.
    probes = {"keepalives": 1, "keepalives_idle": silence, "keepalives_interval": 1, "keepalives_count": 3}
    own = {"connect_timeout": ceil(limits.timeout), "tcp_user_timeout": silence * 1000, **probes}
    greet = greets_postgresql(limits.timeout)

    def dial(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        from loyaltycore_sql.bounds import BoundedConnection  # noqa: PLC0415  it loads psycopg, which other engines do not have

        connection = BoundedConnection.connect(*arguments, **options)
        connection.silence = limits.timeout * _ANSWER
        return connection

    engine = _server(url, own, connect_args, greet, dial, **_pool(limits))
    patient = _server(url, own, connect_args, greet, _dial, poolclass=NullPool, hide_parameters=True)
    return Database(engine, limits, patient=patient)


def _open_mariadb(
    url: URL, hosts: Sequence[Host], limits: Limits, connect_args: Mapping[str, Any]
) -> Database:
    own = {"connect_timeout": max(1, ceil(limits.timeout))}
    greet = greets_mariadb(limits.timeout, limits.sync_wait)
    # A server that hangs would be waited for without end, even if others could take over.
    bounds = dict.fromkeys(("read_timeout", "write_timeout"), ceil(limits.timeout * _ANSWER))
    dial = Dialler(hosts, limits.timeout) if hosts else _dial
    engine = _server(url, {**own, **bounds}, connect_args, greet, dial, **_pool(limits))
    unbounded = {name: value for name, value in connect_args.items() if name not in bounds}
    patient = _server(
        url.difference_update_query(bounds),
        own,
        unbounded,
        greet,
        dial,
        poolclass=NullPool,
        hide_parameters=True,
    )
    for each in (engine, patient):
        event.listen(each, "handle_error", _discard_if_away)
    return Database(engine, limits, patient=patient, has_other_hosts=bool(hosts))


def _discard_if_away(context: ExceptionContext) -> None:
    """Make the pool drop its connections to a node that has left its cluster: it may be away for long."""
    if diagnose_mariadb(context.original_exception) is Diagnosis.AWAY:
        context.is_disconnect = True


def _pool(limits: Limits) -> dict[str, Any]:
    return {
        "pool_size": limits.pool_size,
        "max_overflow": limits.max_overflow,
        "pool_timeout": limits.timeout,
        "hide_parameters": True,  # customers' data do not belong in messages of errors
    }


def _open_sqlite(url: URL, limits: Limits, connect_args: Mapping[str, Any]) -> Database:
    # isolation_level=None: the module begins nothing by itself, `Database.begin` does.
    own = {"isolation_level": None, "timeout": limits.timeout, "check_same_thread": False}
    arguments = {**own, **connect_args}
    if is_in_memory(url):
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool, hide_parameters=True)
        return Database(engine, limits, Gate(None, limits.timeout), Lock())
    engine = create_engine(url, connect_args=arguments, pool_reset_on_return=None, **_pool(limits))
    event.listen(engine, "do_connect", open_file)
    return Database(engine, limits, Gate(engine, limits.timeout))
