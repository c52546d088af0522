"""Months of programs that were closed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column

from loyaltycore_sql.migrations.ddl import create_table, long_text, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    create_table(
        "program_periods",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("month", BigInteger(), nullable=False),
        Column("zone", text(100), nullable=False),
        Column("opening", BigInteger(), nullable=False),
        Column("closing", BigInteger(), nullable=False),
        Column("turnover", long_text(), nullable=False),
        Column("total", long_text(), nullable=False),
        Column("closed_at", BigInteger(), nullable=False),
        Column("closed_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("program", "month"),),
    )
