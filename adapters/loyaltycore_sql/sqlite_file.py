"""The file of a SQLite database: made for its owner alone, and set up on every connection."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, SQLITE_CANTOPEN
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from urllib.request import url2pathname

from sqlalchemy import URL, Engine

from loyaltycore.errors import StorageError, StorageUnreachable

_OWNER_ALONE: Final = 0o600
_BYTE: Final = 0xFF
_PAUSE: Final = 0.01


def open_file(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    """Open a connection, as a listener for SQLAlchemy's event ``do_connect``.

    Raises:
        StorageError: There can be no such file.
        StorageUnreachable: The system cannot open it now.
    """
    path, may_make = _place(arguments[0], uri=bool(options.get("uri")))
    if may_make:
        _make(path)
    try:
        connection = dialect.connect(*arguments, **options)
        try:
            _keep_a_log(dialect, connection, float(options.get("timeout", 0)))
            # Otherwise a power failure could take the last commits, after a mail that they announced has left.
            connection.execute("PRAGMA synchronous=FULL")
            # What was erased is overwritten, whatever SQLite was compiled with.
            connection.execute("PRAGMA secure_delete=ON")
        except BaseException:
            connection.close()
            raise
    except dialect.loaded_dbapi.Error as error:
        if _code(error) == SQLITE_CANTOPEN:
            raise _why_not(path, error, may_make=may_make) from error
        raise
    return connection


def is_in_memory(url: URL) -> bool:
    """Whether an address of SQLite leads to no file."""
    return url.database in {None, "", ":memory:"} or url.query.get("mode") == "memory"


def file_of(engine: Engine) -> Path | None:
    """The file to which an engine leads, whether it exists or not; None for a server, or for no file."""
    if engine.dialect.name != "sqlite" or is_in_memory(engine.url):
        return None
    arguments, options = engine.dialect.create_connect_args(engine.url)
    path, _ = _place(arguments[0], uri=bool(options.get("uri")))
    return path.absolute()


def _place(name: str, *, uri: bool) -> tuple[Path, bool]:
    """Where the file lies, and whether it is to be made if it is absent."""
    if not uri or not name.startswith("file:"):
        return Path(name), True
    parts = urlsplit(name)
    asked = parse_qs(parts.query)
    return Path(url2pathname(parts.path)), asked.get("mode", ["rwc"]) == ["rwc"] and "immutable" not in asked


def _make(path: Path) -> None:
    """Make an empty file that nobody else may read at any moment; SQLite gives its logs the rights of the file."""
    # What is wrong with the place, SQLite finds out, too.
    with suppress(OSError):
        opened = os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ALONE)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(opened, _OWNER_ALONE)  # whatever the umask
        finally:
            os.close(opened)


def _keep_a_log(dialect: Any, connection: Any, patience: float) -> None:
    """Switch the file to a write-ahead log. While somebody else writes or does the same, SQLite refuses it at once."""
    until = monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except dialect.loaded_dbapi.OperationalError as error:
            if _code(error) != SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_PAUSE)
        else:
            return


def _why_not(path: Path, error: Exception, *, may_make: bool) -> StorageError:
    reason = _obstacle(path, may_make=may_make)
    # Where nothing is in the way, the system had no room for another open file.
    return StorageError(f"{path}: {reason}") if reason else StorageUnreachable(f"{path}: {error}")


def _obstacle(path: Path, *, may_make: bool) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    if path.is_dir():
        return "is a folder"
    if not may_make and not path.exists():
        return "there is no such file"
    if path.exists() and not _may(path, os.R_OK):
        return "this user may not read it"
    if not _may(folder, os.W_OK | os.X_OK):
        return f"this user may not write into {folder}, where SQLite keeps its logs beside the database"
    return ""


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _BYTE


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
