"""The table of errors, code by code, and what no code can tell."""

from __future__ import annotations

import socket
import sqlite3
import ssl

import psycopg
import pymysql
import pytest
from sqlalchemy import exc

from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    Fault,
    InvalidInput,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageUnreachable,
)
from loyaltycore_sql.translation import Diagnosis, Phase, Uniques, diagnose, translate, translating

SAME = (StorageBusy, StorageBusy)
LOST = (StorageBusy, CommitUnknown)
UNCLEAR = (StorageError, CommitUnknown)
FATAL = (StorageError, StorageError)
FULL = (StorageFull, StorageFull)

POSTGRESQL = {
    "40001": SAME,
    "40P01": SAME,
    "55P03": SAME,
    "53300": SAME,
    "40003": LOST,
    "25P03": LOST,
    "57P01": LOST,
    "57P02": LOST,
    "57P03": LOST,
    "57P05": LOST,
    "08006": LOST,
    "08003": LOST,
    "57014": UNCLEAR,
    "23505": FATAL,
    "23514": FATAL,
    "42P01": FATAL,
    "53100": FULL,
    "53400": FATAL,
    "25006": FATAL,
    "28P01": FATAL,
    "3D000": FATAL,
    "42501": FATAL,
    None: LOST,
}
MARIADB = {
    1020: SAME,
    1213: SAME,
    1205: SAME,
    1047: SAME,
    1040: SAME,
    1203: SAME,
    1226: SAME,
    1412: SAME,
    1637: SAME,
    1053: LOST,
    1180: LOST,
    1927: LOST,
    2006: LOST,
    2013: LOST,
    2055: LOST,
    4031: LOST,
    1317: UNCLEAR,
    1969: UNCLEAR,
    1021: FULL,
    1114: FULL,
    1030: FATAL,
    1290: FATAL,
    1062: FATAL,
    1153: FATAL,
    4025: FATAL,
    1146: FATAL,
    1406: FATAL,
}
SQLITE = {
    5: SAME,
    261: SAME,
    517: SAME,
    6: SAME,
    262: SAME,
    10: UNCLEAR,
    778: UNCLEAR,
    19: FATAL,
    1299: FATAL,
    2067: FATAL,
    15: SAME,
    13: FULL,
    4874: FULL,
    3: FATAL,
    8: FATAL,
    11: FATAL,
    14: FATAL,
    23: FATAL,
    26: FATAL,
}


class PostgresqlError(psycopg.OperationalError):
    """An error of psycopg's with a state of our choice."""

    sqlstate: str | None = None


def of_postgresql(state: str | None) -> exc.DBAPIError:
    error = PostgresqlError("server says no\nDETAIL: Key (email)=(erika@example.org)")
    error.sqlstate = state
    return exc.OperationalError("SELECT 1", {}, error)


def of_mariadb(code: int, state: str | None = None) -> exc.DBAPIError:
    error = pymysql.err.OperationalError(code, "server says no")
    error.sqlstate = state
    return exc.OperationalError("SELECT 1", {}, error)


def of_sqlite(code: int) -> exc.DBAPIError:
    error = sqlite3.OperationalError("engine says no")
    error.sqlite_errorcode = code
    return exc.OperationalError("SELECT 1", {}, error)


CASES = [
    *(
        pytest.param("postgresql", of_postgresql(code), *both, id=f"postgresql-{code}")
        for code, both in POSTGRESQL.items()
    ),
    *(
        pytest.param("mariadb", of_mariadb(code), *both, id=f"mariadb-{code}")
        for code, both in MARIADB.items()
    ),
    *(pytest.param("sqlite", of_sqlite(code), *both, id=f"sqlite-{code}") for code, both in SQLITE.items()),
]


@pytest.mark.parametrize(("dialect", "error", "working", "committing"), CASES)
def test_table(dialect: str, error: exc.DBAPIError, working: type, committing: type) -> None:
    """Every code, while working and at the commit."""
    assert type(translate(error, dialect, Phase.WORKING)) is working
    assert type(translate(error, dialect, Phase.COMMITTING)) is committing


def test_vendor_code_before_sqlstate() -> None:
    """MariaDB's number tells more than its SQLSTATE: 1047 and 1153 are filed as lost connections, and are none."""
    assert diagnose(of_mariadb(1047, "08S01"), "mariadb") is Diagnosis.AWAY
    assert diagnose(of_mariadb(1153, "08S01"), "mariadb") is Diagnosis.FATAL
    assert diagnose(of_mariadb(9999, "08S01"), "mariadb") is Diagnosis.LOST
    assert diagnose(of_mariadb(9999, "40001"), "mariadb") is Diagnosis.CONFLICT
    assert diagnose(of_mariadb(9999, "23505"), "mariadb") is Diagnosis.DUPLICATE
    assert diagnose(of_mariadb(9999, "42000"), "mariadb") is Diagnosis.FATAL


def test_closed_socket() -> None:
    """PyMySQL's error for a socket that is closed already is a lost connection."""
    closed = exc.InterfaceError("SELECT 1", {}, pymysql.err.InterfaceError(0, ""))
    assert diagnose(closed, "mariadb") is Diagnosis.LOST
    empty = exc.InterfaceError("SELECT 1", {}, pymysql.err.InterfaceError())
    assert diagnose(empty, "mariadb") is Diagnosis.FATAL


def test_complaints_of_psycopg_itself() -> None:
    """An error without a state is about the connection only where it is an OperationalError."""
    error = exc.DataError("SELECT 1", {}, psycopg.DataError("cannot dump"))
    assert diagnose(error, "postgresql") is Diagnosis.FATAL


def test_what_sqlalchemy_holds_for_lost_is_lost() -> None:
    """A connection that SQLAlchemy threw away is lost, whatever the code."""
    error = exc.OperationalError(
        "SELECT 1", {}, psycopg.DataError("cannot dump"), connection_invalidated=True
    )
    assert diagnose(error, "postgresql") is Diagnosis.LOST


@pytest.mark.parametrize(
    ("dialect", "error", "expected"),
    [
        ("mariadb", of_mariadb(2003), StorageUnreachable),
        ("mariadb", of_mariadb(1040), StorageUnreachable),
        ("mariadb", of_mariadb(1045), StorageError),
        ("mariadb", of_mariadb(1049), StorageError),
        ("mariadb", of_mariadb(1698), StorageError),
        ("mariadb", of_mariadb(1044), StorageError),
        ("postgresql", of_postgresql(None), StorageUnreachable),
        ("postgresql", of_postgresql("57P03"), StorageUnreachable),
        ("mariadb", of_mariadb(1130), StorageError),
        ("mariadb", of_mariadb(1226), StorageUnreachable),
        ("mariadb", of_mariadb(1227), StorageError),
        ("mariadb", of_mariadb(4151), StorageError),
        ("postgresql", of_postgresql("53300"), StorageUnreachable),
        ("postgresql", of_postgresql("42501"), StorageError),
        ("postgresql", exc.InterfaceError("", {}, psycopg.InterfaceError("no such option")), StorageError),
        ("sqlite", of_sqlite(5), StorageUnreachable),
        *(("sqlite", of_sqlite(code), StorageError) for code in (1, 3, 8, 10, 11, 14, 23, 26)),
        ("sqlite", of_sqlite(13), StorageFull),
        ("sqlite", of_sqlite(4874), StorageFull),
        ("mariadb", UnicodeError("label too long"), StorageError),
        ("mariadb", RuntimeError("cryptography is missing"), StorageError),
        ("mariadb", PermissionError(13, "denied"), StorageError),
        ("mariadb", socket.gaierror(socket.EAI_NONAME, "not known"), StorageError),
        ("mariadb", socket.gaierror(socket.EAI_AGAIN, "later"), StorageUnreachable),
        ("mariadb", ssl.SSLCertVerificationError("self-signed"), StorageError),
        ("mariadb", TimeoutError("timed out"), StorageUnreachable),
        ("postgresql", exc.TimeoutError("QueuePool limit"), StorageBusy),
        ("postgresql", ConnectionRefusedError(111, "refused"), StorageUnreachable),
    ],
)
def test_connecting(dialect: str, error: Exception, expected: type) -> None:
    """While connecting nothing was sent: unreachable may pass, a wrong password may not."""
    assert type(translate(error, dialect, Phase.CONNECTING)) is expected


@pytest.mark.parametrize("errno", [28, 122])
def test_what_the_system_said_to_mariadb(errno: int) -> None:
    """No room for the server's own files is no room, too; a value that looks like such an error is none."""
    said = f'Got error {errno} "No space left on device" from storage engine InnoDB'
    full = exc.OperationalError("INSERT", {}, pymysql.err.OperationalError(1030, said))
    assert type(translate(full, "mariadb", Phase.WORKING)) is StorageFull
    value = exc.DataError("INSERT", {}, pymysql.err.DataError(1366, f"Incorrect value: '{errno} \"'"))
    assert type(translate(value, "mariadb", Phase.WORKING)) is StorageError


# What PostgreSQL says to whom it does not let in, as its client library passes it on.
BEFORE = 'connection failed: connection to server at "10.0.0.1", port 5432 failed: FATAL:  '
FOR_GOOD = [
    'password authentication failed for user "anna"',
    "Passwort-Authentifizierung für Benutzer »anna« fehlgeschlagen",
    'database "shop" does not exist',
    "Datenbank »shop« existiert nicht",
    'role "anna" does not exist',
    "Rolle »anna« existiert nicht",
    'role "anna" is not permitted to log in',
    "Rolle »anna« hat keine Berechtigung zum Einloggen",
    'no pg_hba.conf entry for host "10.0.0.2", user "anna", database "shop", no encryption',
    "kein pg_hba.conf-Eintrag für Host »10.0.0.2«, Benutzer »anna«, Datenbank »shop«, keine Verschlüsselung",
    'permission denied for database "shop"',
    "keine Berechtigung für Datenbank »shop«",
    'database "shop" is not currently accepting connections',
    "Datenbank »shop« akzeptiert gegenwärtig keine Verbindungen",
]
FOR_NOW = [
    "the database system is starting up",
    "das Datenbanksystem startet",
    "the database system is shutting down",
    "das Datenbanksystem fährt herunter",
    "the database system is in recovery mode",
    "das Datenbanksystem ist im Wiederherstellungsmodus",
    "the database system is not yet accepting connections",
    "das Datenbanksystem nimmt noch keine Verbindungen an",
    "sorry, too many clients already",
    "tut mir leid, schon zu viele Verbindungen",
    "remaining connection slots are reserved for non-replication superuser connections",
    "die verbleibenden Verbindungen sind für Superuser auf Nicht-Replikationsverbindungen reserviert",
    'too many connections for role "anna"',
    "zu viele Verbindungen für Datenbank »shop«",
    "server closed the connection unexpectedly",
]


@pytest.mark.parametrize(
    ("said", "expected"),
    [*((said, StorageError) for said in FOR_GOOD), *((said, StorageUnreachable) for said in FOR_NOW)],
)
def test_what_postgresql_says_without_a_code(said: str, expected: type) -> None:
    """In English and German, who is turned away for good is told from who is put off."""
    error = exc.OperationalError("", {}, psycopg.OperationalError(BEFORE + said))
    assert type(translate(error, "postgresql", Phase.CONNECTING)) is expected


def test_own_errors_pass() -> None:
    """The library's own errors pass as they are, also from inside SQLAlchemy's wrapping."""
    mine = InvalidInput([Fault("a", "b", "c")])
    assert translate(mine, "sqlite", Phase.WORKING) is mine
    assert translate(exc.StatementError("x", "SELECT 1", {}, mine), "sqlite", Phase.WORKING) is mine


def test_mistakes_pass() -> None:
    """A mistake in the program is not dressed up as one of the storage, except where only a driver was at work."""
    mistake = KeyError("x")
    assert translate(mistake, "sqlite", Phase.WORKING) is mistake
    assert type(translate(mistake, "sqlite", Phase.CONNECTING)) is StorageError
    assert type(translate(mistake, "sqlite", Phase.COMMITTING)) is CommitUnknown


def test_the_cause_is_kept() -> None:
    """The driver's error is the cause of the translated one; a passing one gets none."""
    original = of_sqlite(5)
    with pytest.raises(StorageBusy) as caught, translating("sqlite", Phase.WORKING):
        raise original
    assert caught.value.__cause__ is original
    with pytest.raises(KeyError) as other, translating("sqlite", Phase.WORKING):
        raise KeyError
    assert other.value.__cause__ is None


def test_messages_hold_no_customer() -> None:
    """What PostgreSQL adds in detail, a customer's address for example, is not repeated."""
    assert "erika" not in str(translate(of_postgresql("23505"), "postgresql", Phase.WORKING))


@pytest.mark.parametrize(
    "message",
    [
        "Duplicate entry 'x' for key 'uq_a'",
        "Duplicate entry 'uq_b' for key 'uq_a'",
        "Duplicate entry 'x' for key 'uq_b' for key 'uq_a'",
        "Doppelter Eintrag 'x' für Schlüssel 'uq_a'",
    ],
)
def test_mariadb_names_the_key_last(message: str) -> None:
    """The name of the key is found behind the value, in any language of the server."""
    uniques = Uniques("things", {"uq_a": ("a",), "uq_b": ("b",), "PRIMARY": ("id",)})
    error = exc.IntegrityError("INSERT", {}, pymysql.err.IntegrityError(1062, message))
    found = translate(error, "mariadb", Phase.WORKING, uniques)
    assert isinstance(found, DuplicateKey)
    assert (found.table, found.fields) == ("things", ("a",))


def test_unknown_keys_are_no_duplicates() -> None:
    """A unique key of the host's own making is an error of the storage: the library knows no fields for it."""
    error = exc.IntegrityError(
        "INSERT", {}, pymysql.err.IntegrityError(1062, "Duplicate entry 'x' for key 'theirs'")
    )
    assert (
        type(translate(error, "mariadb", Phase.WORKING, Uniques("things", {"uq_a": ("a",)}))) is StorageError
    )
    assert type(translate(error, "mariadb", Phase.WORKING, Uniques("things", {}))) is StorageError
    lite = sqlite3.IntegrityError("UNIQUE constraint failed: things.theirs")
    lite.sqlite_errorcode = 2067
    wrapped = exc.IntegrityError("INSERT", {}, lite)
    assert (
        type(translate(wrapped, "sqlite", Phase.WORKING, Uniques("things", {"things.a": ("a",)})))
        is StorageError
    )
