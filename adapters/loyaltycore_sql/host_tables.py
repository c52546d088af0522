"""Which tables are the application's own, for tools that compare all tables of a database with its models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class NameFilter(Protocol):
    """Answers to Alembic as `include_name`, and to a caller who has nothing but the name of a table."""

    def __call__(
        self, name: str | None, kind: str = "table", parents: Mapping[str, str | None] | None = None, /
    ) -> bool:
        """Whether a name of the database belongs to the application."""
        ...


def host_tables(prefix: str = "loyalty_") -> NameFilter:
    """A filter that leaves out the library's tables, with their columns, indexes and constraints, in every schema.

    Args:
        prefix: That of the storage. No table of the application may begin with it.

    Example:
        >>> is_ours = host_tables()
        >>> is_ours("sales"), is_ours("loyalty_customers"), is_ours("loyalty_schema_version")
        (True, False, False)
    """

    def is_of_host(
        name: str | None, kind: str = "table", parents: Mapping[str, str | None] | None = None, /
    ) -> bool:
        table = name if kind == "table" else (parents or {}).get("table_name")
        return not (table or "").startswith(prefix)

    return is_of_host
