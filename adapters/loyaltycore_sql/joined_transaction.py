"""A unit of work on a connection of the host, in a transaction that the host ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any, Final, TypeVar

from attrs import define, field, frozen
from sqlalchemy import Connection, CursorResult, Executable

from loyaltycore.errors import Refused, StaleRecord, StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.forking import Process, this_process
from loyaltycore_sql.gate import Gate
from loyaltycore_sql.host_transactions import HostTransaction
from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.statements import Statements, run
from loyaltycore_sql.transaction import SqlTransaction
from loyaltycore_sql.translation import Phase, Uniques, translating

R = TypeVar("R")
T = TypeVar("T")

_AS_WRITTEN: Final = {"schema_translate_map": None}
"""Whatever the host lets SQLAlchemy change in its own statements."""


@define(eq=False)
class JoinedStatements(Statements):
    """Runs statements in a transaction of the host: each once, and without ending it."""

    _connection: Callable[[], Connection]
    host: HostTransaction
    kind: Kind
    read_only: bool = field(default=False, kw_only=True)
    _ended: bool = field(default=False, init=False)
    _worker: tuple[Process, int] = field(factory=lambda: (this_process(), get_ident()), init=False)

    def __enter__(self) -> None:
        self._require_own_worker()
        if self._ended:
            raise StorageError("the transaction has ended")
        self.host.require_usable()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self.host.spoil(error)

    def execute(
        self,
        statement: Executable | str,
        parameters: Any,
        use: Callable[[CursorResult[Any]], R],
        uniques: Uniques | None = None,
    ) -> R:
        """Run one statement; see `Statements.execute`."""
        with translating(self.kind.name, Phase.WORKING, uniques):
            return use(run(self._connection(), statement, parameters, _AS_WRITTEN))

    def see_the_latest(self) -> None:
        """Leave a snapshot of PostgreSQL, or refuse a host's: under it nobody sees what was done under a lock that is waited for.

        Raises:
            Refused: ``transaction.snapshot``.
        """
        if self.kind.name != "postgresql":
            return
        level = self.execute("SHOW transaction_isolation", (), lambda found: found.scalar_one())
        if self.host.is_own:
            self._leave(level)
        elif level != "read committed":
            raise Refused(
                "transaction.snapshot",
                f"in a transaction with the isolation level {level} what others write meanwhile about the customer is not seen",
                remedy="roll back, and begin one with READ COMMITTED, or call the verb outside of your transaction",
            )

    def _leave(self, level: str) -> None:
        """Begin the library's own transaction anew, unless something was written."""
        asked = "SELECT current_setting('lock_timeout'), pg_current_xact_id_if_assigned() IS NOT NULL"
        patience, wrote = self.execute(asked, (), lambda found: tuple(found.one()))
        if level == "read committed" or wrote:
            return
        for statement in (
            "ROLLBACK",
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            f"SET LOCAL lock_timeout = '{patience}'",
        ):
            self.execute(statement, (), lambda found: found.close())

    def note_write(self) -> None:
        """Remember that something of this block would be kept."""
        self.host.note_write(self)

    def close(self, error: BaseException | None) -> None:
        """End the block.

        Args:
            error: What leaves it.

        Raises:
            StorageError: Nothing leaves it, but what was done in it is not whole.
        """
        self._ended = True
        if error is None:
            self._require_own_worker()
            if self.host.cause is not None:
                raise self.host.refusal("it can only be rolled back")
        elif self._is_own_worker and self.host.stands(self):
            self.host.spoil(error)

    def _require_own_worker(self) -> None:
        if not self._is_own_worker:
            raise StorageError("this transaction belongs to another thread or process")

    @property
    def _is_own_worker(self) -> bool:
        return self._worker == (this_process(), get_ident())


@contextmanager
def joining(statements: JoinedStatements, gate: Gate | None) -> Iterator[JoinedStatements]:
    """Let statements run in the host's transaction while the block lasts.

    Args:
        statements: Where they run.
        gate: For SQLite: keeps the transaction and forks apart.

    Raises:
        StorageError: The host's transaction is spoiled.
    """
    statements.host.require_usable()
    process = this_process()
    who = gate.enter() if gate is not None else 0
    try:
        try:
            with statements.host.joined():
                yield statements
        except BaseException as error:
            statements.close(error)
            raise
        statements.close(None)
    finally:
        if gate is not None and process == this_process():
            gate.leave(who)


@frozen(eq=False)
class JoinedSqlTransaction(SqlTransaction):
    """A transaction of the host as a unit of work; see `loyaltycore.ports.joining.JoinedTransaction`.

    Where the host's isolation level lets a second read show what others have committed since the first one, whatever
    was decided on the first would rest on nothing. So a record that comes back in another version is stale.
    """

    _host: HostTransaction

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record by its key."""
        record = super().get(cls, key, for_update=for_update)
        return None if record is None else self._same(record)

    def add(self, *records: Any) -> None:
        """Store new records."""
        super().add(*records)
        self._note(records, 0)

    def save(self, *records: Any) -> None:
        """Replace stored records that are as they were read."""
        super().save(*records)
        self._note(records, 1)

    def remove(self, *records: Any) -> None:
        """Remove stored records that are as they were read."""
        super().remove(*records)
        for record in records:
            self._host.removed(*self._place(record))

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match."""
        return map(self._same, super().find(cls, query))

    def spoil(self, cause: BaseException) -> None:
        """Make sure that the host's transaction is not kept."""
        self._host.spoil(cause)

    @property
    def spoiled(self) -> bool:
        """Whether the host's transaction must not be kept."""
        return self._host.cause is not None

    def _note(self, records: Iterable[Any], written: int) -> None:
        for record in records:
            self._host.wrote(*self._place(record), record.version + written)

    def _same(self, record: T) -> T:
        stored: Any = record
        table, key = self._place(record)
        if not self._host.see(table, key, stored.version):
            stale = StaleRecord(self._layouts.of(type(record)).record_type.table, key)
            self._host.spoil(stale)
            raise stale
        return record

    def _place(self, record: Any) -> tuple[str, str]:
        layout = self._layouts.of(type(record))
        return layout.insert.table.name, layout.record_type.key_of(record)
