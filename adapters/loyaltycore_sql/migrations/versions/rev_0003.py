"""The feed of activities: the place of each."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, inspect

from loyaltycore_sql.migrations.ddl import prefix
from loyaltycore_sql.naming import index_name, table_name

revision = "0003"
down_revision = "0002"

_FIELDS: Final = ("place", "id")


def upgrade() -> None:
    """Add the column; 0 stands for no place yet."""
    name = table_name(prefix(), "activities")
    if "place" not in {column["name"] for column in inspect(op.get_bind()).get_columns(name)}:
        # With a default the engines need not touch the rows, of which there may be millions.
        op.add_column(name, Column("place", BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table(name) as batch:
        batch.alter_column("place", existing_type=BigInteger(), existing_nullable=False, server_default=None)
    op.create_index(index_name(name, _FIELDS), name, list(_FIELDS), if_not_exists=True)
