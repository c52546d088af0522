"""What Alembic runs first. Attributes pass the connection, the prefix and, for a comparison, the tables."""

from __future__ import annotations

from typing import Any

from alembic import context

from loyaltycore_sql.naming import version_table_name

connection = context.config.attributes["connection"]
prefix: str = context.config.attributes["prefix"]


def is_ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Whether a table is the library's and not the host application's."""
    return kind != "table" or (name or "").startswith(prefix)


context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    version_table=version_table_name(prefix),
    include_object=is_ours,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
