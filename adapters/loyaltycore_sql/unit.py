"""One transaction of the engine: begun, used statement by statement, kept or given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Final, TypeVar

from attrs import define
from sqlalchemy import Connection, CursorResult, Executable

from loyaltycore.errors import StorageError
from loyaltycore_sql.connections import Database
from loyaltycore_sql.translation import Phase, Uniques, Verdict, raise_translated, verdict

R = TypeVar("R")

RESTARTS: Final = 50
"""How often a transaction that has seen nothing yet is begun afresh."""


@define
class Unit:
    """A transaction of the engine.

    A verb runs inside ``with unit:``, so that after a verb that raised nothing more is done.

    Until its first statement has answered, a unit has seen and done nothing. When the engine rolls it back then, or
    the pooled connection turns out to be dead, it begins afresh and nobody notices. On PostgreSQL that makes
    ``for_update`` wait for its turn: under REPEATABLE READ the engine refuses a row that was changed while its lock was
    waited for.

    Attributes:
        database: Where.

        read_only: Whether it only reads.
    """

    database: Database
    read_only: bool
    _connection: Connection | None = None
    _fresh: bool = True
    _wrote: bool = False
    _failed: bool = False

    def __enter__(self) -> None:
        if self._connection is None:
            raise StorageError("the transaction has ended")
        if self._failed:
            raise StorageError("a verb of this transaction has failed: it can only be left")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._failed = error is not None

    def open(self) -> None:
        """Take a connection and begin.

        Raises:
            StorageBusy: No connection or no lock could be had.
        """
        self.database.take_turn()
        try:
            self._begin()
        except BaseException:
            self.database.end_turn()
            raise

    def execute(
        self,
        statement: Executable,
        parameters: Any,
        use: Callable[[CursorResult[Any]], R],
        uniques: Uniques | None = None,
    ) -> R:
        """Run one statement and use its result up.

        Raises:
            StorageBusy: The engine rolled the transaction back, or the connection is lost.

            DuplicateKey: One of `uniques` is taken.
        """
        restarts = RESTARTS if self._fresh else 0
        while True:
            try:
                result = use(self._live.execute(statement, parameters))
            except Exception as error:
                if not restarts or not self._may_pass(error):
                    raise_translated(error, self.database.dialect, Phase.WORKING, uniques)
                restarts -= 1
                self.begin_afresh()
            else:
                self._fresh = False
                return result

    def write(self, statement: Executable, rows: list[dict[str, Any]], uniques: Uniques | None = None) -> int:
        """Run one statement for each row.

        Returns:
            How many rows were touched. Every driver adds up what each execution touched.

        Raises:
            StorageError: As `execute`, or the transaction only reads.
        """
        if self.read_only:
            raise StorageError("this transaction only reads")
        self._wrote = True
        return self.execute(statement, rows, lambda result: result.rowcount, uniques)

    def begin_afresh(self) -> None:
        """Give up what was done and begin again."""
        give_back(self._let_go())
        self._begin()

    def commit(self) -> None:
        """Keep what was done.

        Raises:
            StorageBusy: Nothing was kept.

            CommitUnknown: It may have been kept.

            StorageError: A verb had failed, so nothing was kept.
        """
        if self._failed or not self._wrote:
            self.abandon()
        else:
            self._commit()
        if self._failed:
            raise StorageError("a verb of this transaction failed and was not heeded: nothing was kept")

    def abandon(self) -> None:
        """Give up what was done; after the end it changes nothing."""
        if self._connection is not None:
            try:
                give_back(self._let_go())
            finally:
                self.database.end_turn()

    def _commit(self) -> None:
        connection = self._let_go()
        kept = False
        try:
            with self._edge(Phase.COMMITTING):
                connection.commit()
            kept = True
        finally:
            give_back(connection, commit_failed=not kept)
            self.database.end_turn()

    def _begin(self) -> None:
        with self._edge(Phase.CONNECTING):
            connection = self.database.engine.connect()
        try:
            with self._edge(Phase.WORKING):
                self.database.begin(connection, read_only=self.read_only)
        except BaseException:
            give_back(connection)
            raise
        self._connection = connection

    @property
    def _live(self) -> Connection:
        if self._connection is None:
            raise StorageError("the transaction has ended")
        return self._connection

    def _let_go(self) -> Connection:
        connection, self._connection = self._live, None
        return connection

    def _may_pass(self, error: Exception) -> bool:
        return verdict(error, self.database.dialect) in {Verdict.CONFLICT, Verdict.LOST}

    @contextmanager
    def _edge(self, phase: Phase) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise_translated(error, self.database.dialect, phase)


def give_back(connection: Connection, *, commit_failed: bool = False) -> None:
    """Roll back what is open and return the connection to the pool; one that cannot roll back is thrown away."""
    clean = False
    try:
        with suppress(Exception):
            if commit_failed:
                # SQLAlchemy holds the transaction for ended, the driver may not.
                connection.connection.rollback()
            connection.rollback()
            clean = True
    finally:
        if not clean:
            connection.invalidate()
        connection.close()
