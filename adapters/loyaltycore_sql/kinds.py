"""How the engines differ from one another."""

from __future__ import annotations

from typing import Final

from attrs import frozen
from sqlalchemy import Dialect

_SKIP_LOCKED_SINCE: Final = (10, 6)


def family_of(name: str) -> str:
    """The name of an engine here: SQLAlchemy knows a MariaDB by two names, Django by that of MySQL."""
    return "mariadb" if name == "mysql" else name


@frozen
class Kind:
    """The engine behind a dialect of SQLAlchemy."""

    dialect: Dialect

    @property
    def name(self) -> str:
        """``sqlite``, ``postgresql`` or ``mariadb``."""
        return family_of(self.dialect.name)

    @property
    def mark(self) -> str:
        """How its drivers mark the place of a value."""
        return "?" if self.name == "sqlite" else "%s"

    @property
    def inserts_together(self) -> bool:
        """Whether one statement may insert into several tables."""
        return self.name == "postgresql"

    @property
    def takes_arrays(self) -> bool:
        """Whether a value may be a list."""
        return self.name == "postgresql"

    @property
    def locks_rows(self) -> bool:
        """Whether there is SELECT ... FOR UPDATE."""
        return self.name != "sqlite"

    @property
    def skips_locked(self) -> bool:
        """Whether there is SKIP LOCKED; known after the first connection."""
        version = self.dialect.server_version_info or ()
        return self.locks_rows and (self.name != "mariadb" or version >= _SKIP_LOCKED_SINCE)

    @property
    def lists_related(self) -> bool:
        """Whether it evaluates a whole subquery before it looks at the first row."""
        return self.name == "sqlite"
