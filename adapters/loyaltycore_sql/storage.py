"""The storage that a host application creates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field
from sqlalchemy import Engine, Table, make_url
from sqlalchemy.exc import ArgumentError

from loyaltycore.errors import InvalidInput, NotSetUp, StorageError
from loyaltycore.kernel.declared import settle_types
from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.forking import PerProcess
from loyaltycore.storing.registry import Registry
from loyaltycore_sql.alchemy_hosts import alchemy_statements
from loyaltycore_sql.bulk import BulkSqlTransaction
from loyaltycore_sql.connections import Database, Limits, open_database, parse_url
from loyaltycore_sql.engine_transaction import EngineTransaction
from loyaltycore_sql.host_engines import HostDatabase, host_database
from loyaltycore_sql.hosts import split_hosts
from loyaltycore_sql.joined_transaction import JoinedSqlTransaction, joining
from loyaltycore_sql.layouts import Layouts
from loyaltycore_sql.migrations import TABLES
from loyaltycore_sql.schema import Schema
from loyaltycore_sql.sqlite_file import file_of

_ALL_STATEMENTS: Final = 15
"""The greatest `SqlStorage.wsrep_sync_wait`."""

PREFIX: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
"""What a prefix may be."""

_MOST_ARGUMENTS: Final = 1000
_MOST_CONNECTIONS: Final = 10_000
_LONGEST_TIMEOUT: Final = 86_400


_OF_A_POOL: Final[Mapping[str, Any]] = {
    "pool_size": 5,
    "max_overflow": 10,
    "wsrep_sync_wait": 1,
    "connect_args": {},
}
"""What an engine of the application says by itself; here as it is for one of the library's own."""


def _without_password(url: str | Engine) -> str:
    if isinstance(url, Engine):
        return repr(url)
    try:
        single, hosts = split_hosts(url)
        parsed = make_url(single)
    except (ArgumentError, ValueError, InvalidInput):
        return "'...'"
    if not parsed.password:
        return repr(url)
    shown = parsed.render_as_string(hide_password=True)
    return repr(shown if not hosts else f"{shown}, {len(hosts)} hosts")


def host_tables_of(layouts: Layouts) -> list[Table]:
    """The tables of record types that the application has registered."""
    return [table for target in layouts if target.record_type.table not in TABLES for table in target.tables]


def check_common(faults: Faults, prefix: str, timeout: float) -> None:
    """Note what is wrong with the options that every storage of this package has."""
    if not PREFIX.fullmatch(prefix):
        faults.note(
            "prefix", "bad_prefix", "must be up to 20 lower-case letters, digits and _, a letter first"
        )
    faults.seconds("timeout", timeout, most=_LONGEST_TIMEOUT)


@define(eq=False)
class SqlStorage:
    """Keeps records in SQLite, PostgreSQL or MariaDB.

    A process that is forked from one with a storage may go on using it, and opens connections of its own.
    """

    url: str | Engine = field(repr=_without_password)
    """``sqlite:///shop.db``, ``postgresql://user:password@host/shop`` or ``mariadb://user:password@host/shop``;
    ``sqlite:///:memory:`` for a database that lives as long as this object. For a MariaDB cluster, several hosts, the
    preferred one first: ``mariadb://user:password@node1,node2:3307/shop``. Or an engine of the application, whose pool
    and settings are used."""
    prefix: str = field(default="loyalty_", kw_only=True)
    """What every table name begins with, to keep it apart from the host's tables in the same database."""
    pool_size: int = field(default=_OF_A_POOL["pool_size"], kw_only=True)
    max_overflow: int = field(default=_OF_A_POOL["max_overflow"], kw_only=True)
    """Connections that may be added for a while."""
    timeout: float = field(default=10.0, kw_only=True)
    """Seconds to wait for a connection or a lock before `StorageBusy`."""
    migrate: bool = field(default=False, kw_only=True)
    """Whether `bind` brings older tables up to date by itself."""
    wsrep_sync_wait: int = field(default=_OF_A_POOL["wsrep_sync_wait"], kw_only=True)
    """Before which statements a Galera node catches up with the others, like the server's variable of this name: 1,
    before every transaction that begins with a read; 0, never. Ignored elsewhere."""
    connect_args: Mapping[str, Any] = field(factory=dict, kw_only=True, repr=False)
    """Further arguments for the driver, for example for TLS."""
    _databases: PerProcess[Database] | PerProcess[HostDatabase] = field(init=False, repr=False)
    _layouts: Layouts | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the options and load the driver.

        Raises:
            InvalidInput: An option is wrong, the engine of the address is not supported, or what is given is up to the
                application's engine; names every fault.
            MissingExtra: The driver is not installed.
        """
        with Faults() as faults:
            settle_types(faults, self)
            self.connect_args = faults.members("connect_args", self.connect_args, most=_MOST_ARGUMENTS)
            faults.raise_if_any()
            self._check(faults)
        self._databases = self._of_host(self.url) if isinstance(self.url, Engine) else self._own(self.url)
        self._databases.get()

    def _of_host(self, engine: Engine) -> PerProcess[HostDatabase]:
        return PerProcess(lambda: host_database(engine, self.timeout), HostDatabase.of_child)

    def _own(self, url: str) -> PerProcess[Database]:
        limits = Limits(
            pool_size=self.pool_size,
            max_overflow=self.max_overflow,
            timeout=self.timeout,
            sync_wait=self.wsrep_sync_wait,
        )
        connect_args = self.connect_args
        return PerProcess(
            lambda: open_database(url, limits, connect_args),
            lambda inherited: inherited.in_child(url, connect_args),
        )

    def _check(self, faults: Faults) -> None:
        if isinstance(self.url, Engine):
            for name in (name for name, usual in _OF_A_POOL.items() if getattr(self, name) != usual):
                faults.note(name, "not_allowed", "is up to the application's engine")
        else:
            url = self.url
            faults.parsed("url", lambda: parse_url(split_hosts(url)[0]), None)
        check_common(faults, self.prefix, self.timeout)
        faults.integer("pool_size", self.pool_size, least=1, most=_MOST_CONNECTIONS)
        faults.integer("max_overflow", self.max_overflow, least=0, most=_MOST_CONNECTIONS)
        faults.integer("wsrep_sync_wait", self.wsrep_sync_wait, least=0, most=_ALL_STATEMENTS)

    def bind(self, registry: Registry) -> None:
        """Derive the tables, and make sure that the database has them.

        Raises:
            RegistrationError: A record type cannot be kept on every engine.
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
            SchemaTooOld: A migration is needed and `migrate` is not set. Nothing was touched.
            SchemaError: The table of a record type that the host registered lacks a column.
        """
        layouts = Layouts(registry, self.prefix)
        self._schema.prepare(host_tables_of(layouts), migrate=self.migrate)
        self._layouts = layouts

    def upgrade(self) -> str:
        """Bring the library's own tables to the newest revision, from any older one or from nothing.

        Returns:
            The newest revision.

        Raises:
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
        """
        return self._schema.upgrade()

    def require_set_up(self) -> None:
        """Make sure that the tables are there already; see `loyaltycore.ports.founding.SupportsSetUpCheck`."""
        engine = self._database.engine
        path = file_of(engine)
        if path is not None and not path.exists():
            raise NotSetUp(str(path))
        if not self._schema.is_set_up():
            place = path or engine.url.render_as_string(hide_password=True)
            raise NotSetUp(f"{place} with the prefix {self.prefix!r}")

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[BulkSqlTransaction]:
        """Open a unit of work; see `loyaltycore.ports.storage.Storage.transaction`."""
        if self._layouts is None:
            raise StorageError("bind the storage to a registry first")
        tx = EngineTransaction(self._database, read_only)
        tx.open()
        try:
            yield BulkSqlTransaction(tx, self._layouts)
        except BaseException:
            tx.abandon()
            raise
        tx.commit()

    @contextmanager
    def join(self, connection: Any) -> Iterator[JoinedSqlTransaction]:
        """Work in a transaction of the application; see `loyaltycore.ports.joining.SupportsJoining`.

        Args:
            connection: A `Connection`, `Session` or `scoped_session` of SQLAlchemy.
        """
        if self._layouts is None:
            raise StorageError("bind the storage to a registry first")
        database = self._database
        with joining(alchemy_statements(connection, database.kind), database.gate) as statements:
            yield JoinedSqlTransaction(statements, self._layouts, statements.host)

    def close(self) -> None:
        """Close all connections that are not in use; the next transaction opens new ones.

        Those of the application's engine are left to the application.
        """
        if not isinstance(self.url, Engine):
            self._database.engine.dispose()

    @property
    def _database(self) -> Database:
        return self._databases.get()

    @property
    def _schema(self) -> Schema:
        return Schema(self._database, self.prefix)
