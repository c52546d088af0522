"""Settlements keep what they were priced from, so that they can be priced again."""

from __future__ import annotations

from sqlalchemy import Column

from loyaltycore_sql.migrations.ddl import add_columns, long_text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; of settlements that are there already nobody knows it."""
    add_columns("settlements", Column("priced_from", long_text(), nullable=True), fill=lambda: None)
