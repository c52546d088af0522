"""Online booking: resources, templates, sheets, appointments, links and reminders; messages; the tries of strangers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date

from loyaltycore_sql.migrations.ddl import create_table, long_text, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    _resources()
    _appointment_templates()
    _day_sheets()
    _appointments()
    _appointment_links()
    _reminders()
    _message_templates()
    _appointment_notices()
    _message_fates()
    _rate_windows()


def _resources() -> None:
    create_table(
        "resources",
        Column("id", text(64), nullable=False),
        Column("name", text(100), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("provider", text(40), nullable=False),
        Column("capacity", BigInteger(), nullable=False),
        Column("week", long_text(), nullable=False),
        Column("breaks", long_text(), nullable=False),
        Column("exceptions", long_text(), nullable=False),
        Column("open_on_holidays", Boolean(), nullable=False),
        Column("online", Boolean(), nullable=False),
        Column("hidden", Boolean(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("branch_id", "id"),),
    )


def _appointment_templates() -> None:
    create_table(
        "appointment_templates",
        Column("id", text(64), nullable=False),
        Column("name", text(100), nullable=False),
        Column("length", BigInteger(), nullable=False),
        Column("step", BigInteger(), nullable=False),
        Column("prepare", BigInteger(), nullable=False),
        Column("clear_up", BigInteger(), nullable=False),
        Column("notice", BigInteger(), nullable=False),
        Column("ahead", BigInteger(), nullable=False),
        Column("per_day", BigInteger(), nullable=True),
        Column("online", Boolean(), nullable=False),
        Column("provider", text(40), nullable=False),
        Column("hold", BigInteger(), nullable=False),
        Column("cancel_until", BigInteger(), nullable=False),
        Column("remind", BigInteger(), nullable=False),
        Column("type", text(100), nullable=False),
        Column("status", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("name", "id"),),
    )


def _day_sheets() -> None:
    create_table(
        "day_sheets",
        Column("id", text(64), nullable=False),
        Column("resource_id", text(40), nullable=False),
        Column("day", Date(), nullable=False),
        Column("holds", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("resource_id", "day"),),
    )


def _appointments() -> None:
    create_table(
        "appointments",
        Column("id", text(64), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("resource_id", text(40), nullable=False),
        Column("template_id", text(40), nullable=False),
        Column("starts_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=False),
        Column("prepare", BigInteger(), nullable=False),
        Column("clear_up", BigInteger(), nullable=False),
        Column("state", text(30), nullable=False),
        Column("type", text(100), nullable=False),
        Column("status", text(100), nullable=False),
        Column("comment", long_text(), nullable=False),
        Column("request", long_text(), nullable=True),
        Column("customer_id", text(64), nullable=True),
        Column("sequence", BigInteger(), nullable=False),
        Column("booked_at", BigInteger(), nullable=True),
        Column("booked_by", text(100), nullable=False),
        Column("ended_at", BigInteger(), nullable=True),
        Column("ended_by", text(100), nullable=False),
        Column("end_reason", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(
            ("branch_id", "starts_at", "id"),
            ("resource_id", "starts_at", "id"),
            ("customer_id", "starts_at", "id"),
        ),
    )


def _appointment_links() -> None:
    create_table(
        "appointment_links",
        Column("id", text(64), nullable=False),
        Column("appointment_id", text(64), nullable=False),
        Column("purpose", text(20), nullable=False),
        Column("sequence", BigInteger(), nullable=False),
        Column("used_at", BigInteger(), nullable=True),
        Column("version", BigInteger(), nullable=False),
    )


def _reminders() -> None:
    create_table(
        "reminders",
        Column("id", text(64), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("about", text(64), nullable=False),
        Column("says", text(300), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("done_at", BigInteger(), nullable=True),
        Column("done_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("branch_id", "done_at", "id"),),
    )


def _message_templates() -> None:
    create_table(
        "message_templates",
        Column("id", text(64), nullable=False),
        Column("purpose", text(64), nullable=False),
        Column("texts", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("purpose", "id"),),
    )
    create_table(
        "message_template_versions",
        Column("id", text(64), nullable=False),
        Column("template_id", text(40), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("purpose", text(64), nullable=False),
        Column("texts", long_text(), nullable=False),
        Column("saved_at", BigInteger(), nullable=False),
        Column("saved_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("template_id", "number"),),
    )


def _appointment_notices() -> None:
    create_table(
        "appointment_notices",
        Column("id", text(64), nullable=False),
        Column("appointment_id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("about", text(30), nullable=False),
        Column("way", text(30), nullable=False),
        Column("sequence", BigInteger(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("told_by", text(100), nullable=False),
        Column("template", text(64), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("appointment_id", "customer_id", "sequence", "about", "way"),),
        indexes=(("customer_id", "id"),),
    )


def _message_fates() -> None:
    create_table(
        "message_fates",
        Column("id", text(64), nullable=False),
        Column("message_id", text(128), nullable=False),
        Column("recipient", text(320), nullable=False),
        Column("state", text(30), nullable=False),
        Column("reports", long_text(), nullable=False),
        Column("vendor_id", text(200), nullable=False),
        Column("customer_id", text(64), nullable=True),
        Column("about_table", text(60), nullable=False),
        Column("about_key", text(64), nullable=False),
        Column("known_at", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("message_id", "recipient"),),
        indexes=(("vendor_id", "id"), ("customer_id", "id"), ("state", "id"), ("known_at",)),
    )


def _rate_windows() -> None:
    create_table(
        "rate_windows",
        Column("id", text(64), nullable=False),
        Column("tries", long_text(), nullable=False),
        Column("lapses_at", BigInteger(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("lapses_at",),),
    )
