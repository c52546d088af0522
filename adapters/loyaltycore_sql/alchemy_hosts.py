"""Hosts that use SQLAlchemy: which transaction is under way on a connection, and what of it may be kept.

Events of SQLAlchemy tell when the host sets a savepoint, rolls back or commits. So the commit of what is not whole is
refused, and what a rollback to a savepoint has undone is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from weakref import WeakValueDictionary, ref

from sqlalchemy import Connection, NestedTransaction, event
from sqlalchemy.orm import Session, scoped_session

from loyaltycore.errors import Refused
from loyaltycore_sql.host_engines import DRIVERS, is_known, raw_of, require_utf8
from loyaltycore_sql.host_transactions import HostTransaction
from loyaltycore_sql.joined_transaction import JoinedStatements
from loyaltycore_sql.kinds import Kind

_LEGACY: Final = -1
"""``sqlite3.LEGACY_TRANSACTION_CONTROL``, which Python 3.11 does not know by name."""

Savepoint = NestedTransaction | None
"""After which savepoint of the host something happened; None for none."""


def alchemy_statements(given: object, kind: Kind) -> JoinedStatements:
    """Statements in a transaction that the host has begun with SQLAlchemy.

    Args:
        given: A `Connection`, `Session` or `scoped_session`.
        kind: The engine in which the storage keeps its records.

    Raises:
        Refused: ``transaction.cannot_join`` or ``transaction.not_begun``.
        StorageError: The connection cannot send every text.
    """
    connection_now = _connection_of(given)
    connection = connection_now()
    own = Kind(connection.dialect)
    if not is_known(connection.dialect) or own.name != kind.name:
        raise Refused(
            "transaction.cannot_join",
            f"a connection of {connection.dialect.name}+{connection.dialect.driver} does not lead to the storage's records",
            remedy=f"use {kind.name} with one of the drivers {', '.join(DRIVERS)}, and none that is asynchronous",
        )
    if not connection.in_transaction() or _commits_each(connection):
        raise Refused(
            "transaction.not_begun",
            "no transaction is under way on this connection, so that each statement would be kept by itself",
            remedy="begin one, for example with `engine.begin()`, and not in the isolation level AUTOCOMMIT",
        )
    if connection.get_nested_transaction() is not None and _begins_late(connection):
        raise Refused(
            "transaction.cannot_join",
            "on this connection the release of a savepoint may commit the whole transaction",
            remedy="let SQLAlchemy begin transactions on SQLite, as its documentation says under `Savepoints`",
        )
    require_utf8(connection)
    return JoinedStatements(connection_now, transaction_on(connection), own)


def _commits_each(connection: Connection) -> bool:
    """Whether the driver commits each statement, whatever SQLAlchemy believes."""
    raw = raw_of(connection)
    match Kind(connection.dialect).name:
        case "postgresql":
            return bool(raw.autocommit)
        case "mariadb":
            return bool(raw.get_autocommit())
    return not (raw.in_transaction or _begins_late(connection))


def _begins_late(connection: Connection) -> bool:
    """Whether the driver begins a transaction before the first statement that writes, and for no savepoint."""
    raw = raw_of(connection)
    is_sqlite = Kind(connection.dialect).name == "sqlite"
    return is_sqlite and raw.isolation_level is not None and getattr(raw, "autocommit", _LEGACY) == _LEGACY


def _connection_of(given: object) -> Callable[[], Connection]:
    """What tells the connection at any time: a session sets a savepoint on it when it is first asked for."""
    if isinstance(given, scoped_session):
        given = given()
    if isinstance(given, Session):
        return given.connection
    if isinstance(given, Connection):
        return lambda: given
    raise Refused(
        "transaction.cannot_join",
        f"{type(given).__name__} is no transaction of SQLAlchemy",
        remedy="give a Connection or a Session, not an engine, and none that is asynchronous",
    )


class AlchemyTransaction(HostTransaction):
    """The transaction that is under way on a connection."""

    def __init__(self, here: Callable[[], Savepoint]) -> None:
        super().__init__()
        self._innermost = here
        self._ended = False
        self._cause: BaseException | None = None
        self._spoiled_after: Savepoint = None
        self._writes: set[tuple[Savepoint, object]] = set()
        self._released: Savepoint = None

    @property
    def ended(self) -> bool:
        """Whether the host has ended it."""
        return self._ended

    @property
    def cause(self) -> BaseException | None:
        """What went wrong."""
        return self._cause

    def end(self) -> None:
        """The host ends it."""
        self._ended = True

    def spoil(self, cause: BaseException) -> None:
        """Make sure that it is not kept."""
        if self._cause is None and not self.ended:
            self._cause, self._spoiled_after = cause, self.here()

    def note_write(self, block: object) -> None:
        """Remember that something is being written."""
        self._writes.add((self.here(), block))

    def stands(self, block: object) -> bool:
        """Whether something that was written has not been rolled back."""
        return any(writer is block for _, writer in self._writes)

    def here(self) -> Savepoint:
        """The savepoint that counts now; what was done after one that has been released belongs to the one before."""
        here = self._innermost()
        if self._released is not None and self._released is not here:
            self._writes = {
                (here if where is self._released else where, writer) for where, writer in self._writes
            }
            self._released = None
        return here

    def release(self, roll_back: Callable[[], None]) -> None:
        """The host releases the innermost savepoint.

        Args:
            roll_back: Rolls back to it.

        Raises:
            StorageError: What was done after it is not whole, and has been rolled back.
        """
        here = self.here()
        if self._cause is not None and self._spoiled_after is here:
            refusal = self.refusal("what was done after the savepoint was rolled back")
            self.roll_back(roll_back)
            raise refusal
        self._released = here

    def roll_back(self, roll_back: Callable[[], None]) -> None:
        """The host rolls back to the innermost savepoint.

        Args:
            roll_back: Does it.
        """
        self.forget_seen()
        here = self.here()
        if here is None:
            return
        if self._cause is not None and self._spoiled_after is here:
            # If the engine has given up the whole transaction, there is no such savepoint any more, and this raises.
            roll_back()
            self._cause = None
        self._writes = {(where, writer) for where, writer in self._writes if where is not here}


class _Watch:
    """Hears what the host does on one connection; only the connection keeps it alive."""

    def __init__(self, connection: Connection) -> None:
        self.connection = ref(connection)
        self.current: AlchemyTransaction | None = None
        event.listen(connection, "savepoint", self._set)
        event.listen(connection, "release_savepoint", self._release)
        event.listen(connection, "rollback_savepoint", self._roll_back_to)
        event.listen(connection, "prepare_twophase", self._prepare)
        event.listen(connection, "commit_twophase", self._commit_prepared)
        event.listen(connection, "commit", self._commit)
        event.listen(connection, "rollback_twophase", self._end)
        event.listen(connection, "rollback", self._end)

    def _set(self, connection: Connection, _name: str | None) -> None:
        if self.current is None:
            return
        self.current.here()
        raw = raw_of(connection)
        if _begins_late(connection) and not raw.in_transaction:
            # Otherwise the savepoint would be the transaction, and its release would commit.
            connection.exec_driver_sql("BEGIN")

    def _release(self, connection: Connection, name: str, _context: Any) -> None:
        if self.current is not None:
            self.current.release(lambda: connection.dialect.do_rollback_to_savepoint(connection, name))

    def _roll_back_to(self, connection: Connection, name: str, _context: Any) -> None:
        if self.current is not None:
            self.current.roll_back(lambda: connection.dialect.do_rollback_to_savepoint(connection, name))

    def _prepare(self, _connection: Connection, _xid: Any) -> None:
        if self.current is not None and self.current.cause is not None:
            raise self.current.refusal("it cannot be prepared")

    def _commit_prepared(self, connection: Connection, xid: Any, is_prepared: Any) -> None:
        self._leave(lambda: connection.dialect.do_rollback_twophase(connection, xid, is_prepared))

    def _commit(self, connection: Connection) -> None:
        self._leave(connection.connection.rollback)

    def _leave(self, roll_back: Callable[[], None]) -> None:
        current = self.current
        self._end()
        if current is not None and current.cause is not None:
            # SQLAlchemy holds it for ended once its commit has raised, and would not roll back any more.
            with suppress(Exception):
                roll_back()
            raise current.refusal("nothing of it was kept")

    def _end(self, *_: Any) -> None:
        if self.current is not None:
            self.current.end()
            self.current = None


_WATCHES: Final[WeakValueDictionary[int, _Watch]] = WeakValueDictionary()
"""By the identity of the connection."""


def transaction_on(connection: Connection) -> AlchemyTransaction:
    """The transaction that the host has under way on its connection."""
    watch = _WATCHES.get(id(connection))
    if watch is None or watch.connection() is not connection:
        watch = _WATCHES[id(connection)] = _Watch(connection)
    if watch.current is None:
        watch.current = AlchemyTransaction(connection.get_nested_transaction)
    return watch.current
