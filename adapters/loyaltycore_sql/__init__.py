"""The SQL storage: SQLite, PostgreSQL and MariaDB behind the storage port.

Example:
    >>> from loyaltycore_sql import SqlStorage
    >>> SqlStorage("sqlite:///:memory:").url
    'sqlite:///:memory:'

The drivers are loaded by the first `SqlStorage` that needs them, never by importing this package.
"""

from __future__ import annotations

from loyaltycore.errors import MissingExtra

try:
    from loyaltycore_sql.storage import SqlStorage
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"sqlalchemy", "alembic"}:
        raise
    raise MissingExtra("sql", error.name or "sqlalchemy") from error

__all__ = ["SqlStorage"]
