"""Requests that are suspicious, notices that confirm, the waiting list, and times that got free for it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Date, MetaData, Table, update

from loyaltycore_sql.migrations.ddl import add_columns, create_table, prefix, text
from loyaltycore_sql.naming import table_name

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns, and make the table."""
    add_columns(
        "appointments",
        Column("suspicion", text(200), nullable=False),
        fill=lambda: _fill_with_nothing("appointments", "suspicion"),
    )
    add_columns("appointment_notices", Column("confirmed", Boolean(), nullable=False), fill=_fill_confirmed)
    add_columns(
        "reminders",
        Column("resource_id", text(40), nullable=False),
        Column("starts_at", BigInteger(), nullable=True),
        Column("ends_at", BigInteger(), nullable=True),
        fill=lambda: _fill_with_nothing("reminders", "resource_id"),
    )
    create_table(
        "waiting_entries",
        Column("id", text(64), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("first", Date(), nullable=False),
        Column("last", Date(), nullable=False),
        Column("template_id", text(40), nullable=False),
        Column("resource_id", text(40), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("name", text(160), nullable=False),
        Column("contact", text(254), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("added_at", BigInteger(), nullable=True),
        Column("added_by", text(100), nullable=False),
        Column("offered_at", BigInteger(), nullable=True),
        Column("offered_by", text(100), nullable=False),
        Column("done_at", BigInteger(), nullable=True),
        Column("done_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("branch_id", "done_at", "id"), ("customer_id", "id")),
    )


def _fill_with_nothing(table: str, column: str) -> None:
    rows = Table(table_name(prefix(), table), MetaData(), Column(column, text(200)))
    op.get_bind().execute(update(rows).where(rows.c[column].is_(None)).values({column: ""}))


def _fill_confirmed() -> None:
    """Until now only what was told as a confirmation was one."""
    notices = Table(
        table_name(prefix(), "appointment_notices"),
        MetaData(),
        Column("about", text(30)),
        Column("confirmed", Boolean()),
    )
    change = update(notices).where(notices.c.confirmed.is_(None))
    op.get_bind().execute(change.values(confirmed=notices.c.about == "confirmed"))
