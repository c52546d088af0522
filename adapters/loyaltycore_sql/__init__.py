"""The SQL storage: SQLite, PostgreSQL and MariaDB for the storage port.

Example:
    >>> from loyaltycore_sql import SqlStorage
    >>> SqlStorage("sqlite:///:memory:").url
    'sqlite:///:memory:'

A driver is loaded by the first `SqlStorage` that needs it, never by importing this package; Alembic only to migrate.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from loyaltycore.errors import MissingExtra

if TYPE_CHECKING:
    from loyaltycore_sql.django_storage import DjangoStorage as DjangoStorage

try:
    from loyaltycore_sql.host_tables import host_tables
    from loyaltycore_sql.storage import SqlStorage
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "sqlalchemy":
        raise
    raise MissingExtra("sql", error.name or "sqlalchemy") from error

# Loaded only to migrate, but its absence shows at once.
if find_spec("alembic") is None:
    raise MissingExtra("sql", "alembic")

__all__ = ["DjangoStorage", "SqlStorage", "host_tables"]


def __getattr__(name: str) -> object:
    if name != "DjangoStorage":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from loyaltycore_sql.django_storage import DjangoStorage  # noqa: PLC0415  only projects of Django have it
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "django":
            raise
        raise MissingExtra("django", "django") from error
    return DjangoStorage
