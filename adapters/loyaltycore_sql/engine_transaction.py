"""One transaction of the engine: begun, used statement by statement, committed or given up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Final, TypeVar

from attrs import define, field
from sqlalchemy import Connection, CursorResult, Executable

from loyaltycore.errors import StaleRecord, StorageBusy, StorageError
from loyaltycore.ports.forking import Process, this_process
from loyaltycore.ports.logs import Log
from loyaltycore_sql.connections import Database
from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.statements import ContendedRow, Statements, run
from loyaltycore_sql.translation import Diagnosis, Phase, Uniques, diagnose, translating

R = TypeVar("R")

_log: Final = Log("sql")

_INHERITED: Final[list[Connection | None]] = []
"""Connections of a parent process: thrown away, they might end the parent's transaction."""

RESTARTS: Final = 50
"""How often a transaction that has seen nothing yet is restarted."""

REDIALS: Final = 2
"""How often on another connection: the pool has dropped all that are as old as the lost one."""


@define
class EngineTransaction(Statements):
    """A transaction of the engine.

    Until its first statement has answered, it has seen and done nothing. If the engine rolls it back by then, or the
    pooled connection turns out to be dead, it restarts unnoticed. On PostgreSQL that makes a first ``for_update`` wait
    for its turn: under REPEATABLE READ the engine refuses a row that changed while the transaction waited for its lock.

    Once it has seen something, it must tell its caller, who runs all of it again. So that it does not lose the same
    race again, that thread's next transaction begins by locking the row.
    """

    database: Database
    read_only: bool
    _connection: Connection | None = None
    _ended: bool = False
    _fresh: bool = True
    _wrote: bool = False
    _row: ContendedRow | None = None
    _turn: int = 0
    _process: Process = field(factory=this_process)

    def __enter__(self) -> None:
        self._require_own_process()
        if self._ended:
            raise StorageError("the transaction has ended")
        super().__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, StorageBusy | StaleRecord):
            self.database.lost.row = self._row

    def open(self) -> None:
        """Take a connection and begin.

        Raises:
            StorageBusy: There was no free connection, or no lock could be taken.
        """
        self._turn = self.database.take_turn()
        try:
            self._begin()
            if self.locks_rows and (row := self.database.lost.take()):
                self.execute(row.lock, row.parameters, lambda found: found.close())
        except BaseException:
            self.abandon()
            raise

    @property
    def kind(self) -> Kind:
        """The engine."""
        return self.database.kind

    def contends(self, row: ContendedRow) -> None:
        """Say which row the next statements need."""
        self._row = row

    def execute(
        self,
        statement: Executable | str,
        parameters: Any,
        use: Callable[[CursorResult[Any]], R],
        uniques: Uniques | None = None,
    ) -> R:
        """Run one statement; see `Statements.execute`."""
        restarts = RESTARTS if self._fresh else 0
        while True:
            try:
                result = use(run(self._live, statement, parameters))
            except Exception as error:
                found = diagnose(error, self.database.dialect)
                restarts = min(restarts, self._chances(found))
                if not restarts:
                    with self._edge(Phase.WORKING, uniques):
                        raise
                restarts -= 1
                if found is Diagnosis.CONFLICT:
                    _log.debug("transaction restarted", why=found)
                else:
                    _log.info("transaction restarted", why=found)
                self.take_back()
            else:
                self._fresh = False
                return result

    def see_the_latest(self) -> None:
        """Leave the snapshot: under it PostgreSQL would wait for a lock and then not see what was done under the lock."""
        if self.kind.name != "postgresql" or self._wrote:
            return
        if not self._fresh:
            self.take_back()
        self.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", (), lambda found: found.close())

    def note_write(self) -> None:
        """Remember that there is something to commit."""
        self._wrote = True

    def take_back(self) -> bool:
        """Give up what was done and begin again."""
        self._give_back(self._let_go())
        self._begin()
        return True

    def commit(self) -> None:
        """Keep what was done.

        Raises:
            StorageBusy: Nothing was kept.
            CommitUnknown: It may have been kept.
            StorageError: A verb had failed, so nothing was kept; or this is a copy of the process that began.
        """
        try:
            self._require_own_process()
            if self._wrote and not self.failed:
                self._commit(self._let_go())
        finally:
            self.abandon()
        self.leave()

    def abandon(self) -> None:
        """Give up what was not committed; after the end it changes nothing."""
        if self._ended:
            return
        self._ended = True
        if self._process != this_process():
            _INHERITED.append(self._connection)
            return
        try:
            if self._connection is not None:
                self._give_back(self._let_go())
        finally:
            self.database.end_turn(self._turn)

    def _begin(self) -> None:
        with self._edge(Phase.CONNECTING):
            self._connection = self.database.engine.connect()
        with self._edge(Phase.WORKING):
            self.database.begin(self._connection, read_only=self.read_only)

    def _commit(self, connection: Connection) -> None:
        kept = False
        try:
            with self._edge(Phase.COMMITTING):
                connection.commit()
            kept = True
        finally:
            self._give_back(connection, commit_failed=not kept)

    def _give_back(self, connection: Connection, *, commit_failed: bool = False) -> None:
        give_back(connection, self.database, commit_failed=commit_failed)

    def _require_own_process(self) -> None:
        if self._process != this_process():
            raise StorageError("this transaction belongs to another process, from which this one was forked")

    @property
    def _live(self) -> Connection:
        if self._connection is None:
            raise StorageError("the transaction has ended")
        return self._connection

    def _let_go(self) -> Connection:
        connection, self._connection = self._live, None
        return connection

    def _chances(self, found: Diagnosis) -> int:
        """How often a first statement may be tried again after such an error."""
        match found:
            case Diagnosis.CONFLICT:
                return RESTARTS
            case Diagnosis.LOST:
                return REDIALS
            case Diagnosis.AWAY if self.database.has_other_hosts:
                return REDIALS
        return 0

    def _edge(self, phase: Phase, uniques: Uniques | None = None) -> AbstractContextManager[None]:
        return translating(self.database.dialect, phase, uniques)


def give_back(connection: Connection, database: Database, *, commit_failed: bool = False) -> None:
    """Roll back and return the connection to the pool; if it cannot roll back, discard it."""
    clean = False
    try:
        with suppress(Exception):
            if commit_failed:
                # SQLAlchemy holds the transaction for ended, the driver may not.
                connection.connection.rollback()
            connection.rollback()
            database.settle(connection)
            clean = True
    finally:
        if not clean:
            connection.invalidate()
        connection.close()
