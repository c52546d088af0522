"""The storage that a host application creates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field, validators
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from loyaltycore.errors import InvalidInput, StorageError
from loyaltycore.ports.forking import PerProcess
from loyaltycore.storing.registry import Registry
from loyaltycore_sql.connections import Database, Limits, open_database
from loyaltycore_sql.engine_transaction import EngineTransaction
from loyaltycore_sql.hosts import split_hosts
from loyaltycore_sql.layouts import Layouts
from loyaltycore_sql.migrations import TABLES
from loyaltycore_sql.schema import Schema
from loyaltycore_sql.transaction import SqlTransaction

_ALL_STATEMENTS: Final = 15
"""The greatest `SqlStorage.wsrep_sync_wait`."""


def _without_password(url: str) -> str:
    try:
        single, hosts = split_hosts(url)
        parsed = make_url(single)
    except (ArgumentError, ValueError, InvalidInput):
        return "'...'"
    if not parsed.password:
        return repr(url)
    shown = parsed.render_as_string(hide_password=True)
    return repr(shown if not hosts else f"{shown}, {len(hosts)} hosts")


@define(eq=False)
class SqlStorage:
    """Keeps records in SQLite, PostgreSQL or MariaDB.

    A process that is forked from one with a storage may go on using it, and opens connections of its own.
    """

    url: str = field(validator=validators.instance_of(str), repr=_without_password)
    """``sqlite:///shop.db``, ``postgresql://user:password@host/shop`` or ``mariadb://user:password@host/shop``;
    ``sqlite:///:memory:`` for a database that lives as long as this object. For a MariaDB cluster, several hosts, the
    preferred one first: ``mariadb://user:password@node1,node2:3307/shop``."""
    prefix: str = field(
        default="loyalty_", kw_only=True, validator=validators.matches_re(r"[a-z][a-z0-9_]{0,19}")
    )
    """What every table name begins with, to keep it apart from the host's tables in the same database."""
    pool_size: int = field(default=5, kw_only=True, validator=validators.ge(1))
    max_overflow: int = field(default=10, kw_only=True, validator=validators.ge(0))
    """Connections that may be added for a while."""
    timeout: float = field(default=10.0, kw_only=True, validator=validators.gt(0))
    """Seconds to wait for a connection or a lock before `StorageBusy`."""
    migrate: bool = field(default=False, kw_only=True)
    """Whether `bind` brings older tables up to date by itself."""
    wsrep_sync_wait: int = field(
        default=1, kw_only=True, validator=[validators.ge(0), validators.le(_ALL_STATEMENTS)]
    )
    """Before which statements a Galera node catches up with the others, like the server's variable of this name: 1,
    before every transaction that begins with a read; 0, never. Ignored elsewhere."""
    connect_args: Mapping[str, Any] = field(factory=dict, kw_only=True, repr=False)
    """Further arguments for the driver, for example for TLS."""
    _databases: PerProcess[Database] = field(init=False, repr=False)
    _layouts: Layouts | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Load the driver.

        Raises:
            InvalidInput: The engine of the address is not supported.
            MissingExtra: The driver is not installed.
        """
        limits = Limits(
            pool_size=self.pool_size,
            max_overflow=self.max_overflow,
            timeout=self.timeout,
            sync_wait=self.wsrep_sync_wait,
        )
        url, connect_args = self.url, self.connect_args
        self._databases = PerProcess(
            lambda: open_database(url, limits, connect_args),
            lambda inherited: inherited.in_child(url, connect_args),
        )
        self._databases.get()

    def bind(self, registry: Registry) -> None:
        """Derive the tables, and make sure that the database has them.

        Raises:
            RegistrationError: A record type cannot be kept on every engine.
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
            SchemaTooOld: A migration is needed and `migrate` is not set. Nothing was touched.
            SchemaError: The table of a record type that the host registered lacks a column.
        """
        layouts = Layouts(registry, self.prefix)
        host_tables = [
            table for target in layouts if target.record_type.table not in TABLES for table in target.tables
        ]
        self._schema.prepare(host_tables, migrate=self.migrate)
        self._layouts = layouts

    def upgrade(self) -> str:
        """Bring the library's own tables to the newest revision, from any older one or from nothing.

        Returns:
            The newest revision.

        Raises:
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
        """
        return self._schema.upgrade()

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[SqlTransaction]:
        """Open a unit of work; see `loyaltycore.ports.storage.Storage.transaction`."""
        if self._layouts is None:
            raise StorageError("bind the storage to a registry first")
        tx = EngineTransaction(self._database, read_only)
        tx.open()
        try:
            yield SqlTransaction(tx, self._layouts)
        except BaseException:
            tx.abandon()
            raise
        tx.commit()

    def close(self) -> None:
        """Close all connections that are not in use; the next transaction opens new ones."""
        self._database.engine.dispose()

    @property
    def _database(self) -> Database:
        return self._databases.get()

    @property
    def _schema(self) -> Schema:
        return Schema(self._database, self.prefix)
