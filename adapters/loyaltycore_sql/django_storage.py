"""A storage on the connection that Django holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import ceil
from typing import Any

from attrs import define, field, frozen
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionProxy
from sqlalchemy import Connection

from loyaltycore.errors import Refused, StorageError
from loyaltycore.kernel.declared import settle_types
from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.forking import Process, this_process
from loyaltycore.storing.registry import Registry
from loyaltycore_sql.bulk import BulkSqlTransaction
from loyaltycore_sql.connections import Database, Limits
from loyaltycore_sql.django_hosts import OwnTransaction, transaction_on
from loyaltycore_sql.django_lending import Lender
from loyaltycore_sql.host_engines import SNAPSHOTS_OFF, begin_mariadb
from loyaltycore_sql.joined_transaction import JoinedSqlTransaction, JoinedStatements, joining
from loyaltycore_sql.layouts import Layouts
from loyaltycore_sql.schema import Schema, head
from loyaltycore_sql.storage import check_common, host_tables_of
from loyaltycore_sql.translation import Phase, translating


@frozen
class _DjangoDatabase(Database):
    """Django's connection; Django begins and ends what happens on it."""

    def begin(self, connection: Connection, *, read_only: bool) -> None:
        """Leave that to Django."""

    def begin_ddl(self, connection: Connection) -> None:
        """Leave that to Django."""


@define(eq=False)
class DjangoStorage:
    """Keeps records in the database of a Django project, on Django's own connection.

    It follows `settings.DATABASES`: a test run works on the test database, and what a `TestCase` does is rolled back.
    Verbs outside an `atomic` block run in transactions of their own. Inside one, join it: ``with
    loyalty.joined(connection):``.

    No database is asked before the first verb. `upgrade` makes the tables; call it in a migration.
    """

    using: str = "default"
    """The alias in `settings.DATABASES`."""
    prefix: str = field(default="loyalty_", kw_only=True)
    """What every table name begins with."""
    timeout: float = field(default=10.0, kw_only=True)
    """Seconds to wait for a lock on PostgreSQL before `StorageBusy`; elsewhere Django's settings count."""
    _lender: Lender = field(init=False, repr=False)
    _layouts: Layouts | None = field(init=False, default=None, repr=False)
    _fitting: set[tuple[Process, str]] = field(init=False, factory=set, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the options; no database is touched.

        Raises:
            InvalidInput: Names every fault of every option.
        """
        with Faults() as faults:
            settle_types(faults, self)
            faults.raise_if_any()
            check_common(faults, self.prefix, self.timeout)
        self._lender = Lender(self.using)

    def bind(self, registry: Registry) -> None:
        """Derive the tables.

        Raises:
            RegistrationError: A record type cannot be kept on every engine.
        """
        self._layouts = Layouts(registry, self.prefix)

    def upgrade(self) -> str:
        """Make the tables, or bring them up to date, in the migration that calls it.

        Returns:
            The newest revision.

        Raises:
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
        """
        tables = host_tables_of(self._bound)
        with transaction.atomic(self.using, savepoint=False):
            self._schema.prepare(tables, migrate=True)
        return head()

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[BulkSqlTransaction]:
        """Open a unit of work; see `loyaltycore.ports.storage.Storage.transaction`.

        Raises:
            Refused: ``transaction.not_joined``; an `atomic` block is open.
        """
        try:
            with self._transaction(read_only=read_only) as tx:
                yield tx
        except StorageError:
            self._lender.let_go_if_broken()
            raise

    @contextmanager
    def _transaction(self, *, read_only: bool) -> Iterator[BulkSqlTransaction]:
        layouts, lender = self._bound, self._lender
        self._require_fitting()
        block, opener = self._begin(), this_process()
        snapshots_off = False
        try:
            with lender.lend() as connection:
                is_outermost = (
                    not lender.wrapper.savepoint_ids
                )  # else it lies in a transaction of a test case
                if is_outermost:
                    with translating(lender.kind.name, Phase.WORKING):
                        snapshots_off = self._set_up(connection, read_only=read_only)
                host = OwnTransaction(is_outermost=is_outermost)
                statements = JoinedStatements(lambda: connection, host, lender.kind, read_only=read_only)
                with joining(statements, None):
                    yield BulkSqlTransaction(statements, layouts)
        except BaseException:
            with lender.reporting(Phase.WORKING):
                if opener == this_process():
                    block.__exit__(*sys.exc_info())
                else:
                    lender.leave_to_parent()
            raise
        else:
            with lender.reporting(Phase.COMMITTING):
                block.__exit__(None, None, None)
        finally:
            if snapshots_off and opener == this_process():
                self._put_back()

    def _put_back(self) -> None:
        """Give Django its setting again; a connection that cannot take it is closed, whatever became of the verb."""
        wrapper, is_done = self._lender.wrapper, False
        if wrapper.connection is None:
            return
        with suppress(Exception):
            with self._lender.lend() as connection:
                connection.exec_driver_sql(SNAPSHOTS_OFF)
            is_done = True
        if not is_done:
            with suppress(Exception):
                wrapper.close()

    @contextmanager
    def join(self, connection: Any) -> Iterator[JoinedSqlTransaction]:
        """Work in a transaction of the application; see `loyaltycore.ports.joining.SupportsJoining`.

        Args:
            connection: ``django.db.connection``, or one of ``django.db.connections``.
        """
        layouts, lender = self._bound, self._lender
        if (
            not isinstance(connection, BaseDatabaseWrapper | ConnectionProxy)
            or connection.alias != self.using
        ):
            raise Refused(
                "transaction.cannot_join",
                f"{type(connection).__name__} is not Django's connection {self.using!r}",
                remedy=f"give django.db.connections[{self.using!r}]",
            )
        if not lender.wrapper.in_atomic_block:
            raise Refused(
                "transaction.not_begun",
                "no `atomic` block is open, so that each statement would be kept by itself",
                remedy="write `with transaction.atomic():`",
            )
        self._require_fitting()
        with lender.lend() as lent:
            host = transaction_on(lender.wrapper)
            statements = JoinedStatements(lambda: lent, host, lender.kind)
            with joining(statements, None):
                yield JoinedSqlTransaction(statements, layouts, host)

    @property
    def _bound(self) -> Layouts:
        if self._layouts is None:
            raise StorageError("bind the storage to a registry first")
        return self._layouts

    @property
    def _schema(self) -> Schema:
        limits = Limits(pool_size=0, max_overflow=0, timeout=self.timeout)
        return Schema(_DjangoDatabase(self._lender.engine, limits), self.prefix)

    def _require_fitting(self) -> None:
        """Ask once for each database whether its tables fit."""
        place = this_process(), str(self._lender.wrapper.settings_dict["NAME"])
        if place not in self._fitting:
            self._schema.require_current(host_tables_of(self._bound))
            self._fitting.add(place)

    def _begin(self) -> Any:
        block = transaction.atomic(self.using, durable=True)
        wrapper = self._lender.wrapper
        try:
            with self._lender.reporting(Phase.WORKING):
                if wrapper.in_atomic_block or wrapper.get_autocommit():
                    block.__enter__()
                    return block
        except RuntimeError as error:
            raise _not_joined(self.using) from error
        raise _not_joined(self.using)

    def _set_up(self, connection: Connection, *, read_only: bool) -> bool:
        """Ask for what a transaction of the library's own needs.

        Returns:
            Whether `SNAPSHOTS_OFF` has to be run after it.
        """
        match self._lender.kind.name:
            case "sqlite":
                # Nothing has happened yet in the transaction that Django has begun.
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
            case "postgresql":
                mode = "READ ONLY" if read_only else "READ WRITE"
                connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {mode}")
                if not read_only:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {ceil(self.timeout * 1000)}")
            case "mariadb":
                return begin_mariadb(connection, read_only=read_only)
        return False


def _not_joined(using: str) -> Refused:
    return Refused(
        "transaction.not_joined",
        "an `atomic` block of the application is open, and the verb would be kept without it",
        remedy=f"write `with loyalty.joined(connections[{using!r}]):` inside the block",
    )
