"""Loyalty programs, what customers have of them, and its history; vouchers; sales."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column

from loyaltycore_sql.migrations.ddl import create_keys_table, create_table, long_text, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _programs()
    _program_revisions()
    _program_assignments()
    _program_moves()
    _issuers()
    _vouchers()
    _voucher_batches()
    _reservations()
    _settlements()


def _programs() -> None:
    create_table(
        "programs",
        Column("id", text(64), nullable=False),
        Column("name", text(100), nullable=False),
        Column("state", text(30), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("draft", long_text(), nullable=True),
        Column("sold_by", long_text(), nullable=False),
        Column("used", Boolean(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("name",),),
    )
    create_keys_table("programs")


def _program_revisions() -> None:
    create_table(
        "program_revisions",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("content", long_text(), nullable=False),
        Column("published_at", BigInteger(), nullable=False),
        Column("published_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("program", "number"),),
    )


def _program_assignments() -> None:
    create_table(
        "program_assignments",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("item", text(100), nullable=False),
        Column("bundle", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("slot", text(64), nullable=True),
        Column("card_id", text(64), nullable=True),
        Column("reference", text(100), nullable=False),
        Column("starts_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=True),
        Column("ended_why", text(500), nullable=False),
        Column("order_ref", text(100), nullable=False),
        Column("line_ref", text(100), nullable=False),
        Column("purse", long_text(), nullable=True),
        Column("balance", BigInteger(), nullable=False),
        Column("next_expiry", BigInteger(), nullable=True),
        Column("comment", text(500), nullable=False),
        Column("assigned_at", BigInteger(), nullable=False),
        Column("assigned_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("program", "slot"),),
        indexes=(("customer_id", "program"), ("card_id", "id"), ("order_ref", "id"), ("next_expiry", "id")),
    )


def _program_moves() -> None:
    create_table(
        "program_moves",
        Column("seq", BigInteger(), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("amount", BigInteger(), nullable=False),
        Column("account", text(30), nullable=True),
        Column("parts", long_text(), nullable=False),
        Column("owed", BigInteger(), nullable=False),
        Column("effective_at", BigInteger(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("reverses", BigInteger(), nullable=True),
        Column("month", BigInteger(), nullable=True),
        Column("hold", long_text(), nullable=True),
        Column("ends_hold", text(64), nullable=True),
        Column("id", text(64), nullable=False),
        Column("holder_table", text(40), nullable=False),
        Column("holder_id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("balance", BigInteger(), nullable=False),
        Column("actor", text(100), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("article", text(100), nullable=False),
        Column("quantity", BigInteger(), nullable=False),
        Column("order_ref", text(100), nullable=False),
        Column("line_ref", text(100), nullable=False),
        Column("rule", text(100), nullable=False),
        Column("fact", text(40), nullable=True),
        Column("comment", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("holder_id", "seq"), ("fact",)),
        indexes=(("holder_id", "reverses"), ("customer_id", "id"), ("order_ref", "id")),
    )


def _issuers() -> None:
    create_table(
        "issuers",
        Column("id", text(64), nullable=False),
        Column("name", text(100), nullable=False),
        Column("prefixes", long_text(), nullable=False),
        Column("message", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _vouchers() -> None:
    create_table(
        "vouchers",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("code_hash", text(64), nullable=False),
        Column("key_id", text(20), nullable=False),
        Column("own_code", Boolean(), nullable=False),
        Column("hint", text(8), nullable=False),
        Column("batch_id", text(64), nullable=True),
        Column("customer_id", text(64), nullable=True),
        Column("bound", Boolean(), nullable=False),
        Column("card_id", text(64), nullable=True),
        Column("unit", text(40), nullable=False),
        Column("amount", BigInteger(), nullable=False),
        Column("balance", BigInteger(), nullable=False),
        Column("paid", Boolean(), nullable=False),
        Column("starts_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=True),
        Column("void_at", BigInteger(), nullable=True),
        Column("void_why", text(500), nullable=False),
        Column("order_ref", text(100), nullable=False),
        Column("line_ref", text(100), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("issued_at", BigInteger(), nullable=False),
        Column("issued_by", text(100), nullable=False),
        Column("purse", long_text(), nullable=True),
        Column("version", BigInteger(), nullable=False),
        unique=(("code_hash",),),
        indexes=(("customer_id", "id"), ("batch_id", "id"), ("order_ref", "id")),
    )


def _voucher_batches() -> None:
    create_table(
        "voucher_batches",
        Column("id", text(64), nullable=False),
        Column("program", text(40), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("count", BigInteger(), nullable=False),
        Column("made", BigInteger(), nullable=False),
        Column("state", text(30), nullable=False),
        Column("starts_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=True),
        Column("comment", text(500), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("created_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("program", "id"),),
    )


def _reservations() -> None:
    create_table(
        "reservations",
        Column("id", text(64), nullable=False),
        Column("order_ref", text(64), nullable=False),
        Column("open_order", text(64), nullable=True),
        Column("customer_id", text(64), nullable=True),
        Column("state", text(30), nullable=False),
        Column("expires_at", BigInteger(), nullable=False),
        Column("parts", long_text(), nullable=False),
        Column("digest", text(64), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("created_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("open_order",),),
        indexes=(("customer_id", "id"), ("state", "expires_at")),
    )


def _settlements() -> None:
    create_table(
        "settlements",
        Column("id", text(64), nullable=False),
        Column("order_ref", text(64), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("branch_id", text(64), nullable=False),
        Column("currency", text(3), nullable=False),
        Column("digest", text(64), nullable=False),
        Column("due", BigInteger(), nullable=False),
        Column("lines", long_text(), nullable=False),
        Column("discounts", long_text(), nullable=False),
        Column("tenders", long_text(), nullable=False),
        Column("uses", long_text(), nullable=False),
        Column("awards", long_text(), nullable=False),
        Column("taxes", long_text(), nullable=False),
        Column("refunds", long_text(), nullable=False),
        Column("settled_at", BigInteger(), nullable=False),
        Column("settled_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("order_ref",),),
        indexes=(("customer_id", "id"),),
    )
