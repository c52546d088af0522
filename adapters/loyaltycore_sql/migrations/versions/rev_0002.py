"""Knowing the customer: properties.

Instants are UTC microseconds, choices are the values of their enumerations, nested values are JSON.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column

from loyaltycore_sql.migrations.ddl import create_keys_table, create_table, long_text, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and tables."""
    _property_types()
    _customer_properties()
    _process_templates()
    _processes()


def _process_templates() -> None:
    create_table(
        "process_templates",
        Column("id", text(64), nullable=False),
        Column("name", text(80), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("abbreviation", text(10), nullable=False),
        Column("search_key", text(80), nullable=False),
        Column("branch_id", text(40), nullable=False),
        Column("audience", text(30), nullable=False),
        Column("open_mandatory", text(30), nullable=False),
        Column("steps", long_text(), nullable=False),
        Column("hidden", Boolean(), nullable=False),
        Column("used", Boolean(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("name",),),
    )
    create_keys_table("process_templates")


def _processes() -> None:
    create_table(
        "processes",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("template", text(40), nullable=False),
        Column("kind", text(30), nullable=False),
        Column("name", text(80), nullable=False),
        Column("branch_id", text(64), nullable=False),
        Column("state", text(30), nullable=False),
        Column("steps", long_text(), nullable=False),
        Column("template_version", BigInteger(), nullable=False),
        Column("started_at", BigInteger(), nullable=False),
        Column("started_by", text(100), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("ended_at", BigInteger(), nullable=True),
        Column("ended_by", text(100), nullable=False),
        Column("end_reason", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id", "id"), ("template", "state", "template_version", "id"), ("state", "id")),
    )
    create_keys_table("processes")


def _property_types() -> None:
    create_table(
        "property_types",
        Column("id", text(64), nullable=False),
        Column("category", text(30), nullable=False),
        Column("name", text(100), nullable=False),
        Column("description", text(1000), nullable=False),
        Column("values", long_text(), nullable=False),
        Column("multi_valued", Boolean(), nullable=False),
        Column("hidden", Boolean(), nullable=False),
        Column("system", Boolean(), nullable=False),
        Column("used", Boolean(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("category", "name"),),
    )


def _customer_properties() -> None:
    create_table(
        "customer_properties",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("property", text(40), nullable=False),
        Column("value", text(40), nullable=False),
        Column("slot", text(40), nullable=True),
        Column("assigned_at", BigInteger(), nullable=False),
        Column("assigned_by", text(100), nullable=False),
        Column("how", text(30), nullable=False),
        Column("process_id", text(64), nullable=False),
        Column("step_id", text(64), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("ended_at", BigInteger(), nullable=True),
        Column("ended_by", text(100), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("customer_id", "property", "slot"),),
        indexes=(("customer_id", "id"), ("property", "value", "slot", "customer_id")),
    )
