"""What was used of the limits of programs."""

from __future__ import annotations

from functools import partial

from alembic import op
from sqlalchemy import BigInteger, Column, MetaData, Table, update

from loyaltycore_sql.migrations.ddl import add_columns, create_table, long_text, prefix, text
from loyaltycore_sql.naming import table_name

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, and say of earlier sales that they counted nothing."""
    create_table(
        "tallies",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("counts", long_text(), nullable=False),
        Column("holds", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("program", "customer_id"),),
        indexes=(("customer_id", "program"),),
    )
    for table in ("reservations", "settlements"):
        counted = Column("counted", long_text(), nullable=False)
        add_columns(table, counted, fill=partial(_count_nothing, table))


def _count_nothing(table: str) -> None:
    sales = Table(table_name(prefix(), table), MetaData(), Column("counted", long_text()))
    op.get_bind().execute(update(sales).where(sales.c.counted.is_(None)).values(counted="[]"))
