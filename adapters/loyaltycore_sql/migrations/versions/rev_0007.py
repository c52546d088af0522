"""Merging: aliases of merged customers, merges and what they moved, what doubles are found by; erasures."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, MetaData, Table, delete, insert, select

from loyaltycore_sql.migrations.ddl import create_table, long_text, portions, prefix, text
from loyaltycore_sql.migrations.derived_0007 import likeness_keys
from loyaltycore_sql.naming import keys_table_name, table_name

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    _aliases()
    _merges()
    _journal()
    _leaving()
    _derive_likeness()


def _leaving() -> None:
    create_table(
        "erasures",
        Column("id", text(64), nullable=False),
        Column("erased_id", text(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("by", text(100), nullable=False),
        Column("records", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("erased_id", "id"),),
    )
    create_table(
        "deletion_marks",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("marked_at", BigInteger(), nullable=False),
        Column("marked_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id", "id"), ("marked_at", "id")),
    )


def _derive_likeness() -> None:
    """Customers of earlier versions are found by how their names sound and where they live."""
    bind = op.get_bind()
    names = ("last_name", "first_name", "company", "addresses")
    customers = Table(
        table_name(prefix(), "customers"),
        MetaData(),
        Column("id", text(64)),
        *(Column(each, long_text()) for each in names),
    )
    columns = (Column(name, long_text()) for name in ("lookup", "value", "record_key"))
    keys = Table(keys_table_name(prefix(), "customers"), MetaData(), *columns)
    bind.execute(delete(keys).where(keys.c.lookup == "likeness"))
    for rows in portions(bind, select(customers), customers.c.id):
        derived = [
            {"lookup": "likeness", "value": value, "record_key": row.id}
            for row in rows
            for value in likeness_keys(row)
        ]
        if derived:
            bind.execute(insert(keys), derived)


def _aliases() -> None:
    create_table(
        "aliases",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("number_key", text(120), nullable=False),
        Column("external_number", text(40), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id", "id"), ("number_key",), ("external_number",)),
    )
    create_table(
        "presences",
        Column("id", text(64), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _merges() -> None:
    create_table(
        "merges",
        Column("id", text(64), nullable=False),
        Column("survivor_id", text(64), nullable=False),
        Column("loser_id", text(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("by", text(100), nullable=False),
        Column("reason", text(500), nullable=False),
        Column("survivor_before", long_text(), nullable=False),
        Column("survivor_after", long_text(), nullable=False),
        Column("loser_before", long_text(), nullable=False),
        Column("moved", long_text(), nullable=False),
        Column("survivor_version", BigInteger(), nullable=False),
        Column("state", text(30), nullable=False),
        Column("undone_at", BigInteger(), nullable=True),
        Column("undone_by", text(100), nullable=False),
        Column("conflicts", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("survivor_id", "id"), ("loser_id", "id")),
    )


def _journal() -> None:
    create_table(
        "not_duplicates",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("other_id", text(64), nullable=True),
        Column("said_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("customer_id", "other_id"),),
        indexes=(("other_id", "id"),),
    )
    create_table(
        "merge_moves",
        Column("id", text(64), nullable=False),
        Column("moved_key", text(64), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )
    create_table(
        "merge_changes",
        Column("id", text(64), nullable=False),
        Column("merge_id", text(64), nullable=False),
        Column("changed_table", text(60), nullable=False),
        Column("mine_before", long_text(), nullable=False),
        Column("mine_after", long_text(), nullable=False),
        Column("theirs_before", long_text(), nullable=False),
        Column("theirs_after", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("merge_id", "id"),),
    )
