"""From the drivers' errors to the library's own: the only place, with the whole table.

For MySQL's family the vendor's number decides first: MariaDB reports "this node has left the cluster" with the SQLSTATE
of a lost connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from attrs import frozen
from sqlalchemy import exc

from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    LoyaltyError,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageUnreachable,
)
from loyaltycore_sql.unconnected import is_permanent


@frozen
class Uniques:
    """The unique keys of one table, and of those that are written with it."""

    table: str
    fields: Mapping[str, tuple[str, ...]]
    """The fields of a key, by every name that an engine may use for it."""
    others: tuple[Uniques, ...] = ()
    """Of further tables that the same statement writes: only where an engine names a key once in all tables."""

    def named(self, name: str | None) -> DuplicateKey | None:
        """The error for a name; None if it is not a unique key of these tables."""
        fields = self.fields.get(name or "")
        if fields is None:
            return next((found for other in self.others if (found := other.named(name))), None)
        return DuplicateKey(self.table, fields)


class Phase(Enum):
    """What was being done when the error came."""

    CONNECTING = "connecting"
    WORKING = "working"
    COMMITTING = "committing"


class Diagnosis(Enum):
    """What an error says about the transaction."""

    CONFLICT = "conflict"
    """Rolled back in favour of another; it may succeed at once."""

    WAITED = "waited"
    """The wait for a lock or a free connection took too long."""

    AWAY = "away"
    """The node has left its cluster: it refuses every command, even a COMMIT, and others may go on."""

    LOST = "lost"
    """The connection is gone, and with it the transaction, unless a COMMIT was on its way."""

    DUPLICATE = "duplicate"
    """A unique key is taken."""

    REFUSED = "refused"
    """No connection is possible before somebody changes something."""

    FULL = "full"
    """No room is left: nothing was kept, and there may be room later."""

    UNCLEAR = "unclear"
    """A failure that says nothing about a COMMIT; elsewhere nothing was kept."""

    FATAL = "fatal"
    """Everything else."""


_TRANSIENT: Final = frozenset({Diagnosis.CONFLICT, Diagnosis.WAITED, Diagnosis.AWAY, Diagnosis.LOST})
"""What may be otherwise in a moment, with nobody doing anything about it."""

_SQLSTATES: Final[Mapping[str, Diagnosis]] = {
    "40001": Diagnosis.CONFLICT,  # could not serialize access
    "40P01": Diagnosis.CONFLICT,  # deadlock
    "55P03": Diagnosis.WAITED,  # lock_timeout
    "53300": Diagnosis.WAITED,  # too many connections
    "23505": Diagnosis.DUPLICATE,
    "40003": Diagnosis.LOST,  # statement completion unknown
    "25P03": Diagnosis.LOST,  # idle in transaction for too long
    "57P01": Diagnosis.LOST,  # shut down by the administrator
    "57P02": Diagnosis.LOST,  # crashed
    "57P03": Diagnosis.LOST,  # starting up, cannot connect now
    "57P05": Diagnosis.LOST,  # idle for too long
    "57014": Diagnosis.UNCLEAR,  # cancelled
    "53100": Diagnosis.FULL,
}

_VENDOR_CODES: Final[Mapping[int, Diagnosis]] = {
    1020: Diagnosis.CONFLICT,  # changed since the snapshot
    1213: Diagnosis.CONFLICT,  # deadlock; on Galera also another node's write
    1412: Diagnosis.CONFLICT,  # the table was made or changed since the snapshot
    1040: Diagnosis.WAITED,  # too many connections
    1047: Diagnosis.AWAY,  # not ready for commands
    1203: Diagnosis.WAITED,  # too many connections of this user
    1205: Diagnosis.WAITED,  # lock wait timeout
    1226: Diagnosis.WAITED,  # this user's share of connections or queries is used up
    1637: Diagnosis.WAITED,  # too many transactions
    1062: Diagnosis.DUPLICATE,
    1169: Diagnosis.DUPLICATE,
    1586: Diagnosis.DUPLICATE,
    1053: Diagnosis.LOST,  # shutting down
    1180: Diagnosis.LOST,  # error during commit; Galera: the node lost the others, who may have heard of it and keep it
    1927: Diagnosis.LOST,  # killed
    2002: Diagnosis.LOST,  # cannot connect
    2003: Diagnosis.LOST,  # the same
    2006: Diagnosis.LOST,
    2013: Diagnosis.LOST,
    2055: Diagnosis.LOST,
    4031: Diagnosis.LOST,  # idle for too long
    1317: Diagnosis.UNCLEAR,  # interrupted
    1969: Diagnosis.UNCLEAR,  # interrupted by max_statement_time
    1021: Diagnosis.FULL,
    1114: Diagnosis.FULL,  # the table cannot grow
    1044: Diagnosis.REFUSED,  # no right to the database
    1045: Diagnosis.REFUSED,  # wrong password
    1049: Diagnosis.REFUSED,  # no such database
    1698: Diagnosis.REFUSED,  # wrong user
    1153: Diagnosis.FATAL,  # packet too large: SQLSTATE says lost, but a retry ends the same way
}

_MARIADB_STATES: Final[Mapping[str, Diagnosis]] = {"40001": Diagnosis.CONFLICT, "23505": Diagnosis.DUPLICATE}

# Some of its errors show the system's own: a number, and words in quotes.
_FROM_SYSTEM: Final = frozenset({3, 20, 1004, 1005, 1006, 1025, 1026, 1030})
_NO_ROOM: Final = re.compile(r'\b(28|122) "')  # ENOSPC, EDQUOT

_SQLITE_EXTENDED: Final[Mapping[int, Diagnosis]] = {
    517: Diagnosis.CONFLICT,  # BUSY_SNAPSHOT
    1555: Diagnosis.DUPLICATE,  # CONSTRAINT_PRIMARYKEY
    2067: Diagnosis.DUPLICATE,  # CONSTRAINT_UNIQUE
    4874: Diagnosis.FULL,  # IOERR_SHMSIZE: no room for the index of the log
}

_SQLITE_PRIMARY: Final[Mapping[int, Diagnosis]] = {
    5: Diagnosis.WAITED,  # BUSY
    6: Diagnosis.WAITED,  # LOCKED
    10: Diagnosis.UNCLEAR,  # IOERR: whether the log reached the disk nobody can tell
    13: Diagnosis.FULL,
    15: Diagnosis.WAITED,  # PROTOCOL: a race for the log that others won too often
}


def diagnose(error: Exception, dialect: str) -> Diagnosis:
    """What an error says, by the codes of its engine.

    Args:
        error: An error of SQLAlchemy, or whatever else a driver raised.
        dialect: SQLAlchemy's name of the engine.
    """
    if isinstance(error, exc.TimeoutError):
        return Diagnosis.WAITED
    if not isinstance(error, exc.DBAPIError):
        return Diagnosis.UNCLEAR
    found = _CLASSIFIERS[dialect](error)
    if found is Diagnosis.FATAL and error.connection_invalidated:
        return Diagnosis.LOST
    return found


def translate(error: Exception, dialect: str, phase: Phase, uniques: Uniques | None = None) -> Exception:
    """The error to raise instead.

    Args:
        error: As for `diagnose`.
        dialect: As for `diagnose`.
        phase: What was being done.
        uniques: The unique keys of the table that the statement wrote.

    Returns:
        One of the library's errors; the error itself if it is one already, or did not come from a driver.
    """
    if isinstance(error, LoyaltyError):
        return error
    if isinstance(error, exc.StatementError) and isinstance(error.orig, LoyaltyError):
        return error.orig
    found = diagnose(error, dialect)
    if found is Diagnosis.FULL:
        return StorageFull(f"no room is left: {_words(error)}")
    if phase is Phase.CONNECTING:
        return _connecting(error, found)
    if phase is Phase.COMMITTING and found in {Diagnosis.LOST, Diagnosis.UNCLEAR}:
        return CommitUnknown(f"the commit got no clear answer: {_words(error)}")
    if found in _TRANSIENT:
        return StorageBusy(_words(error))
    if found is Diagnosis.DUPLICATE and (duplicate := uniques and _duplicate(error, uniques)):
        return duplicate
    return StorageError(_words(error)) if isinstance(error, exc.SQLAlchemyError) else error


@contextmanager
def translating(dialect: str, phase: Phase, uniques: Uniques | None = None) -> Iterator[None]:
    """Translate what the block raises; the arguments are those of `translate`."""
    try:
        yield
    except Exception as error:
        translated = translate(error, dialect, phase, uniques)
        if translated is error:
            raise
        raise translated from error


def _connecting(error: Exception, found: Diagnosis) -> StorageError:
    if isinstance(error, exc.TimeoutError):
        return StorageBusy(_words(error))  # all places of the pool were taken
    said = getattr(error, "orig", None) or error
    if is_permanent(said) or not (found in _TRANSIENT or isinstance(said, OSError)):
        return StorageError(_words(error))
    return StorageUnreachable(_words(error))


def _postgresql(error: exc.DBAPIError) -> Diagnosis:
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # psycopg's own complaints: an OperationalError is always about the connection.
        return Diagnosis.LOST if isinstance(error, exc.OperationalError) else Diagnosis.FATAL
    return _SQLSTATES.get(state, Diagnosis.LOST if state.startswith("08") else Diagnosis.FATAL)


def diagnose_mariadb(said: BaseException | None) -> Diagnosis:
    """What the driver's own error says, before SQLAlchemy has wrapped it."""
    code = said.args[0] if said and said.args else -1
    if code in _VENDOR_CODES:
        return _VENDOR_CODES[code]
    if code in _FROM_SYSTEM and _NO_ROOM.search(str(said)):
        return Diagnosis.FULL
    state = getattr(said, "sqlstate", None) or ""
    return _MARIADB_STATES.get(state, Diagnosis.LOST if state.startswith("08") else Diagnosis.FATAL)


def _mariadb(error: exc.DBAPIError) -> Diagnosis:
    if isinstance(error, exc.InterfaceError) and error.orig and error.orig.args[:1] == (0,):
        return Diagnosis.LOST  # PyMySQL's way to say that its socket is closed
    return diagnose_mariadb(error.orig)


def _sqlite(error: exc.DBAPIError) -> Diagnosis:
    code = getattr(error.orig, "sqlite_errorcode", None) or 0
    return _SQLITE_EXTENDED.get(code) or _SQLITE_PRIMARY.get(code & 0xFF, Diagnosis.FATAL)


_CLASSIFIERS: Final[Mapping[str, Callable[[exc.DBAPIError], Diagnosis]]] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "sqlite": _sqlite,
}


def _duplicate(error: Exception, uniques: Uniques) -> DuplicateKey | None:
    driver_error: Any = getattr(error, "orig", None)
    details = getattr(driver_error, "diag", None)
    if details is not None:
        return uniques.named(details.constraint_name)
    # Not `str` of it: where a value holds quotes, that escapes those of the key's name as well.
    message = str(driver_error.args[-1]) if driver_error and driver_error.args else ""
    if found := re.fullmatch(r"UNIQUE constraint failed: (.+)", message):
        return uniques.named(found[1])
    # MariaDB names the key last, in the language of the server; before it stands the value, which may be anything.
    quoted = {message.rfind(f"'{name}'"): name for name in uniques.fields}
    return uniques.named(quoted[max(quoted)]) if max(quoted, default=-1) >= 0 else None


def _words(error: Exception) -> str:
    """The first part of the driver's message: the rest may hold values of the record."""
    said = getattr(error, "orig", None) or error
    if said.args and isinstance(said.args[0], int) and len(said.args) > 1:
        return f"{said.args[0]}: {said.args[1]}"
    return str(said).partition("\n")[0]
