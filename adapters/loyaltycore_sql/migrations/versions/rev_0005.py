"""What the vendor said about an order is kept, and whether a card was put out of use here or by the vendor."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, bindparam, select, update

from loyaltycore_sql.migrations.ddl import add_columns, long_text, portions, prefix, text
from loyaltycore_sql.migrations.derived_0005 import dealings
from loyaltycore_sql.naming import table_name

revision = "0005"
down_revision = "0004"

_TEXTS: Final = (
    "state",
    "production",
    "vendor_word",
    "vendor_id",
    "reason_code",
    "reason",
    "tracking",
    "cancellation",
)
_NUMBERS: Final = ("vendor_revision", "ordered_at", "cancelled_at", "dispatched_at", "delivered_at")


def upgrade() -> None:
    """Add the columns."""
    add_columns("card_orders", Column("dealings", long_text(), nullable=False), fill=_derive_dealings)
    add_columns("cards", Column("ended_here", Boolean(), nullable=False), fill=_end_here)


def _derive_dealings() -> None:
    orders = Table(
        table_name(prefix(), "card_orders"),
        MetaData(),
        Column("id", text(64), primary_key=True),
        *(Column(name, text(500)) for name in _TEXTS),
        *(Column(name, BigInteger()) for name in _NUMBERS),
        Column("dealings", long_text()),
    )
    change = update(orders).where(orders.c.id == bindparam("key"))
    # What is there was kept by a node that is ahead of this one.
    absent = select(orders).where(orders.c.dealings.is_(None))
    for rows in portions(op.get_bind(), absent, orders.c.id):
        derived = [{"key": row.id, "dealings": dealings(row._asdict())} for row in rows]
        op.get_bind().execute(change, derived)


def _end_here() -> None:
    """Nobody wrote down who ended a card, so none comes back."""
    cards = Table(
        table_name(prefix(), "cards"),
        MetaData(),
        Column("ended_at", BigInteger()),
        Column("ended_here", Boolean()),
    )
    change = update(cards).where(cards.c.ended_here.is_(None))
    op.get_bind().execute(change.values(ended_here=cards.c.ended_at.is_not(None)))
