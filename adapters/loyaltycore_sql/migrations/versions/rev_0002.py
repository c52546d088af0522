"""Knowing the customer: custom fields, and what selections and reports look at."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    MetaData,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from loyaltycore_sql.migrations.ddl import (
    add_columns,
    create_keys_table,
    create_table,
    long_text,
    portions,
    prefix,
    text,
)
from loyaltycore_sql.migrations.derived_0002 import derive
from loyaltycore_sql.naming import index_name, keys_table_name, table_name

revision = "0002"
down_revision = "0001"

_DERIVED: Final = ("birthday", "postal_code", "country", "has_post", "mobile", "landline")


def upgrade() -> None:
    """Add the columns and tables."""
    _customers()
    _property_types()
    _customer_properties()
    _process_templates()
    _processes()
    _completion_prompts()
    _selections()
    _index("cards", "state", "customer_id")
    _index("outbox", "state", "finished_at")


def _customers() -> None:
    add_columns(
        "customers",
        Column("custom", long_text(), nullable=False),
        Column("birthday", text(5), nullable=False),
        Column("postal_code", text(12), nullable=False),
        Column("country", text(2), nullable=False),
        Column("has_post", Boolean(), nullable=False),
        Column("mobile", text(16), nullable=False),
        Column("landline", text(16), nullable=False),
        indexes=(("birthday",), ("postal_code",)),
        fill=_derive_customers,
    )


def _derive_customers() -> None:
    metadata = MetaData()
    customers = Table(
        table_name(prefix(), "customers"),
        metadata,
        Column("id", text(64), primary_key=True),
        Column("birth_date", Date()),
        *(Column(name, long_text()) for name in ("phones", "addresses", "custom", *_DERIVED)),
    )
    customers.c.has_post.type = Boolean()
    keys = Table(
        keys_table_name(prefix(), "customers"),
        metadata,
        *(Column(name, long_text()) for name in ("lookup", "value", "record_key")),
    )
    bind = op.get_bind()
    change = update(customers).where(customers.c.id == bindparam("key"))
    wanted = select(customers.c.id, customers.c.birth_date, customers.c.phones, customers.c.addresses)
    for rows in portions(bind, wanted, customers.c.id):
        derived = {row.id: derive(row.birth_date, row.phones, row.addresses) for row in rows}
        bind.execute(change, [{"key": key, **each.columns} for key, each in derived.items()])
        cities = [
            {"lookup": "city", "value": value, "record_key": key}
            for key, each in derived.items()
            for value in each.city_keys
        ]
        bind.execute(delete(keys).where(keys.c.lookup == "city", keys.c.record_key.in_(list(derived))))
        if cities:
            bind.execute(insert(keys), cities)


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
        Column("retired", long_text(), nullable=False),
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
        Column("asked", long_text(), nullable=False),
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


def _index(table: str, *fields: str) -> None:
    name = table_name(prefix(), table)
    op.create_index(index_name(name, fields), name, list(fields), if_not_exists=True)


def _selections() -> None:
    create_table(
        "selections",
        Column("id", text(64), nullable=False),
        Column("name", text(100), nullable=False),
        Column("condition", long_text(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("created_by", text(100), nullable=False),
        Column("comment", text(500), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique=(("name",),),
    )


def _completion_prompts() -> None:
    create_table(
        "completion_prompts",
        Column("id", text(64), nullable=False),
        Column("customer_id", text(64), nullable=False),
        Column("asked", long_text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        indexes=(("customer_id",),),
    )
