"""Names of tables, constraints and indexes.

Published migrations call these functions too, with a prefix that they do not know beforehand, so what they return must
never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

IDENTIFIER_LENGTH: Final = 63
"""PostgreSQL's limit, the shortest: it cuts longer names silently. MariaDB allows 64."""

_HASH_LENGTH: Final = 8


def table_name(prefix: str, table: str) -> str:
    """The name of a record type's table."""
    return f"{prefix}{table}"


def keys_table_name(prefix: str, table: str) -> str:
    """The name of the table that holds the lookup keys of a record type."""
    return f"{prefix}{table}_keys"


def version_table_name(prefix: str) -> str:
    """The name of the table in which the migrations note the revision."""
    return f"{prefix}schema_version"


def primary_name(table: str) -> str:
    """The name of a primary key."""
    return _shortened(f"pk_{table}")


def unique_name(table: str, fields: Sequence[str]) -> str:
    """The name of a unique constraint."""
    return _shortened("_".join(("uq", table, *fields)))


def index_name(table: str, fields: Sequence[str]) -> str:
    """The name of an index; it includes the table, because PostgreSQL and SQLite have one namespace for all indexes."""
    return _shortened("_".join(("ix", table, *fields)))


def _shortened(name: str) -> str:
    if len(name) <= IDENTIFIER_LENGTH:
        return name
    digest = sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: IDENTIFIER_LENGTH - _HASH_LENGTH - 1]}_{digest}"
