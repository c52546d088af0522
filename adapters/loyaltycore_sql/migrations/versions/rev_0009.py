"""What was used of the limits of programs."""

from __future__ import annotations

from collections.abc import Sequence
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
    _add_lists("reservations", "counted")
    _add_lists("settlements", "counted", "minima")


def _add_lists(table: str, *names: str) -> None:
    """Add columns that are an empty list for what is there."""
    columns = [Column(name, long_text(), nullable=False) for name in names]
    add_columns(table, *columns, fill=partial(_fill, table, names))


def _fill(table: str, names: Sequence[str]) -> None:
    sales = Table(table_name(prefix(), table), MetaData(), *(Column(name, long_text()) for name in names))
    for name in names:
        op.get_bind().execute(update(sales).where(sales.c[name].is_(None)).values({name: "[]"}))
