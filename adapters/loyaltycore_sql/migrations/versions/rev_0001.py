"""The tables of the first version.

Instants are UTC microseconds, choices are the values of their enumerations, nested values are JSON.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date

from loyaltycore_sql.migrations.ddl import create_keys_table, create_table, long_text, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    _branches()
    _settings()
    _customers()
    _number_ranges()
    _card_order_services()
    _card_orders()
    _cards()
    _information_requests()
    _activities()
    _commands()
    _outbox()
    _inbox()
    _cursors()


def _branches() -> None:
    create_table(
        "branches",
        Column("id", text(64), nullable=False),
        Column("name", text(255), nullable=False),
        Column("time_zone", text(255), nullable=False),
        Column("country", text(255), nullable=False),
        Column("subdivision", text(255), nullable=False),
        Column("municipality", text(255), nullable=False),
        Column("working_weekdays", long_text(), nullable=False),
        Column("closed_on", long_text(), nullable=False),
        Column("open_on", long_text(), nullable=False),
        Column("address", long_text(), nullable=True),
        Column("email", text(255), nullable=False),
        Column("phone", text(255), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("name",),),
    )


def _settings() -> None:
    create_table(
        "settings",
        Column("id", text(64), nullable=False),
        Column("values", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _customers() -> None:
    create_table(
        "customers",
        Column("id", text(64), nullable=False),
        Column("number", text(40), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("last_name", text(80), nullable=False),
        Column("first_name", text(80), nullable=False),
        Column("company", text(120), nullable=False),
        Column("sort_name", text(120), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("salutation", text(30), nullable=True),
        Column("title", text(40), nullable=False),
        Column("name_extension", text(40), nullable=False),
        Column("email", text(254), nullable=False),
        Column("phones", long_text(), nullable=False),
        Column("addresses", long_text(), nullable=False),
        Column("birth_date", Date(), nullable=True),
        Column("language", text(2), nullable=False),
        Column("notes", long_text(), nullable=False),
        Column("preferred_channel", text(30), nullable=True),
        Column("privacy", text(30), nullable=False),
        Column("privacy_date", Date(), nullable=True),
        Column("consent_letter", text(30), nullable=False),
        Column("consent_email", text(30), nullable=False),
        Column("consent_phone", text(30), nullable=False),
        Column("consent_sms", text(30), nullable=False),
        Column("external_number", text(40), nullable=False),
        Column("customer_since", Date(), nullable=True),
        Column("branch_id", text(40), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("number",),),
        indexes=(("sort_name", "id"), ("birth_date",), ("external_number",)),
    )
    create_keys_table("customers")


def _number_ranges() -> None:
    create_table(
        "number_ranges",
        Column("id", text(64), nullable=False),
        Column("last", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _card_order_services() -> None:
    create_table(
        "card_order_services",
        Column("id", text(64), nullable=False),
        Column("provider", text(100), nullable=False),
        Column("templates", long_text(), nullable=False),
        Column("costs", long_text(), nullable=False),
        Column("contact_email", text(254), nullable=False),
        Column("contact_phone", text(40), nullable=False),
        Column("contact_notes", long_text(), nullable=False),
        Column("validity_required", Boolean(), nullable=False),
        Column("default_target", text(30), nullable=False),
        Column("cycle", text(30), nullable=False),
        Column("cover_letter", text(64), nullable=False),
        Column("delivery_note", text(64), nullable=False),
        Column("confirm_by_email", Boolean(), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _card_orders() -> None:
    create_table(
        "card_orders",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("card_id", text(64), nullable=False),
        Column("service_id", text(60), nullable=False),
        Column("branch_id", text(64), nullable=False),
        Column("template", text(40), nullable=False),
        Column("product", text(64), nullable=False),
        Column("valid_until", Date(), nullable=True),
        Column("comment", text(500), nullable=False),
        Column("target", text(30), nullable=False),
        Column("recipient", long_text(), nullable=False),
        Column("costs", long_text(), nullable=False),
        Column("state", text(30), nullable=False),
        Column("ordered_at", BigInteger(), nullable=False),
        Column("ordered_by", text(100), nullable=False),
        Column("expected_dispatch", Date(), nullable=False),
        Column("replaces", text(64), nullable=False),
        Column("production", text(30), nullable=True),
        Column("vendor_word", text(60), nullable=False),
        Column("vendor_id", text(200), nullable=False),
        Column("vendor_revision", BigInteger(), nullable=False),
        Column("reason_code", text(60), nullable=False),
        Column("reason", text(500), nullable=False),
        Column("tracking", text(200), nullable=False),
        Column("cancellation", text(30), nullable=False),
        Column("cancelled_at", BigInteger(), nullable=True),
        Column("cancelled_by", text(100), nullable=False),
        Column("cancel_reason", text(500), nullable=False),
        Column("dispatched_at", BigInteger(), nullable=True),
        Column("delivered_at", BigInteger(), nullable=True),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id", "id"), ("card_id",), ("state", "id")),
    )


def _cards() -> None:
    create_table(
        "cards",
        Column("id", text(64), nullable=False),
        Column("number", text(40), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("order_id", text(64), nullable=False),
        Column("template", text(40), nullable=False),
        Column("state", text(30), nullable=False),
        Column("valid_until", Date(), nullable=True),
        Column("replaces", text(64), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("activated_at", BigInteger(), nullable=True),
        Column("ended_at", BigInteger(), nullable=True),
        Column("end_reason", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("number",),),
        indexes=(("customer_id", "id"), ("order_id",)),
    )


def _information_requests() -> None:
    create_table(
        "information_requests",
        Column("id", text(64), nullable=False),
        Column("branch_id", text(64), nullable=False),
        Column("requested_by", text(100), nullable=False),
        Column("requested_at", BigInteger(), nullable=False),
        Column("text", long_text(), nullable=False),
        Column("recipient", text(254), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )


def _activities() -> None:
    create_table(
        "activities",
        Column("id", text(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("actor", text(100), nullable=False),
        Column("branch_id", text(64), nullable=False),
        Column("action", text(60), nullable=False),
        Column("subject_table", text(60), nullable=False),
        Column("subject_id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("changes", long_text(), nullable=False),
        Column("comment", long_text(), nullable=False),
        Column("command", text(64), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id", "id"), ("subject_table", "subject_id", "id")),
    )


def _commands() -> None:
    create_table(
        "commands",
        Column("id", text(64), nullable=False),
        Column("name", text(60), nullable=False),
        Column("actor", text(100), nullable=False),
        Column("digest", text(64), nullable=False),
        Column("result_table", text(60), nullable=False),
        Column("result_key", text(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("at",),),
    )


def _outbox() -> None:
    create_table(
        "outbox",
        Column("id", text(64), nullable=False),
        Column("kind", text(60), nullable=False),
        Column("key", text(128), nullable=False),
        Column("payload", long_text(), nullable=False),
        Column("state", text(30), nullable=False),
        Column("due_at", BigInteger(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("about_table", text(60), nullable=False),
        Column("about_key", text(64), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("attempts", BigInteger(), nullable=False),
        Column("leased_by", text(64), nullable=False),
        Column("finished_at", BigInteger(), nullable=True),
        Column("code", text(60), nullable=False),
        Column("detail", text(500), nullable=False),
        Column("vendor_id", text(200), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("key",),),
        indexes=(
            ("kind", "state", "due_at", "id"),
            ("about_table", "about_key"),
            ("customer_id",),
            ("state", "id"),
        ),
    )


def _inbox() -> None:
    create_table(
        "inbox",
        Column("id", text(64), nullable=False),
        Column("source", text(100), nullable=False),
        Column("event_id", text(128), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("source", "event_id"),),
        indexes=(("at",),),
    )


def _cursors() -> None:
    create_table(
        "cursors",
        Column("id", text(64), nullable=False),
        Column("position", text(200), nullable=False),
        Column("version", BigInteger(), nullable=False),
    )
