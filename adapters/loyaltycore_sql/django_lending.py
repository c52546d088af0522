"""SQLAlchemy on the connection that Django holds in this thread: it may run statements, but end or close nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from django.db import Error, connections
from sqlalchemy import Connection, Dialect, Engine, NullPool, create_engine, exc, make_url

from loyaltycore.errors import StorageError
from loyaltycore_sql.kinds import Kind, family_of
from loyaltycore_sql.translation import Phase, translate, translating

_ADDRESSES: Final = {
    # Django lets the driver of SQLite turn dates from text and back.
    "sqlite3": ("sqlite+pysqlite://", {"native_datetime": True}),
    "psycopg": ("postgresql+psycopg://", {"use_native_hstore": False}),
    "MySQLdb": ("mariadb+mysqldb://", {}),
    "pymysql": ("mariadb+pymysql://", {}),
}
"""How SQLAlchemy calls the drivers that Django may use, and how it is told to leave their connections as they are."""


_INHERITED: Final[list[Any]] = []
"""Connections of a parent process: thrown away, they might end the parent's transaction."""


class _Lent:
    """A driver's connection that belongs to Django."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def commit(self) -> None:
        """Leave that to Django."""

    rollback = close = commit


class _LentPostgresql(_Lent):
    """A connection of psycopg."""

    def cursor(self) -> Any:
        """A cursor that sends values beside the statement.

        Django's own writes them into it, where the cast of SQLAlchemy binds before the sign of a number.
        """
        from psycopg import Cursor  # noqa: PLC0415  projects on another engine do not have it

        return Cursor(self._raw)


class Lender:
    """Lends the connection of one alias; what it keeps itself belongs to no connection."""

    def __init__(self, using: str) -> None:
        self._using = using
        self._engine: Engine | None = None

    @property
    def wrapper(self) -> Any:
        """Django's own object for the connection of this thread."""
        return connections[self._using]

    @property
    def kind(self) -> Kind:
        """The engine."""
        return Kind(self.engine.dialect)

    @property
    def engine(self) -> Engine:
        """An engine without connections of its own.

        Raises:
            StorageError: Django uses a driver that is not known.
        """
        if self._engine is None:
            driver = self.wrapper.Database.__name__.partition(".")[0]
            if driver not in _ADDRESSES:
                raise StorageError(f"Django uses the driver {driver}, known are {', '.join(_ADDRESSES)}")
            address, options = _ADDRESSES[driver]
            dialect = create_engine(address, **options).dialect
            pool = NullPool(self._borrow, reset_on_return=None)
            engine = Engine(pool, dialect, make_url(address), hide_parameters=True)
            with engine.connect() as connection, translating(Kind(dialect).name, Phase.CONNECTING):
                dialect.initialize(connection)
            self._engine = engine
        return self._engine

    def lend(self) -> Connection:
        """A connection on which statements run in whatever transaction Django has under way."""
        return self.engine.connect()

    def let_go_if_broken(self) -> None:
        """After an error of the engine: let Django dial again if its connection does not answer."""
        with suppress(Error):
            self.wrapper.errors_occurred = True
            self.wrapper.close_if_unusable_or_obsolete()

    def leave_to_parent(self) -> None:
        """In a copy of the process: let Django dial anew, and neither use nor close what the parent goes on with."""
        _INHERITED.append(self.wrapper.connection)
        self.wrapper.connection = None

    def _borrow(self) -> Any:
        # A cursor of Django's makes it dial, and asks whoever forbids that in a test.
        with self.reporting(Phase.CONNECTING), self.wrapper.cursor():
            kind = _LentPostgresql if self.wrapper.vendor == "postgresql" else _Lent
            return kind(self.wrapper.connection)

    @contextmanager
    def reporting(self, phase: Phase) -> Iterator[None]:
        """Translate what Django raises."""
        try:
            yield
        except Error as error:
            raise self._translated(error, phase) from error

    def _translated(self, error: Exception, phase: Phase) -> Exception:
        said = error.__cause__ or error
        base: Any = self.wrapper.Database.Error
        dialect: Dialect | None = self._engine.dialect if self._engine else None
        wrapped = exc.DBAPIError.instance("", {}, said, base, dialect=dialect)
        name = family_of(self.wrapper.vendor)
        return translate(wrapped if isinstance(wrapped, Exception) else error, name, phase)
