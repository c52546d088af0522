"""The functions that revisions are written with. Published revisions call them, so what they do must never change.

Everything is made only if it is absent: MariaDB commits each statement by itself, so an interrupted revision must be
able to run again. On a Galera cluster two nodes may even run the same revision at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from alembic import op
from sqlalchemy import (
    Column,
    Connection,
    PrimaryKeyConstraint,
    Select,
    String,
    Text,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from loyaltycore_sql.naming import index_name, keys_table_name, primary_name, table_name, unique_name

_PORTION: Final = 500
_CHARSET: Final = "utf8mb4"
_COLLATION: Final = "utf8mb4_nopad_bin"
_OPTIONS: Final[dict[str, Any]] = {
    "mariadb_engine": "InnoDB",
    "mariadb_row_format": "DYNAMIC",
    "mariadb_charset": _CHARSET,
    "mariadb_collate": _COLLATION,
}

_Fields = Sequence[tuple[str, ...]]


def text(length: int) -> TypeEngine[str]:
    """Text that compares by code point."""
    return (
        String(length)
        .with_variant(String(length, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(length, charset=_CHARSET, collation=_COLLATION), "mariadb")
    )


def long_text() -> TypeEngine[str]:
    """Text without limit: long texts and JSON."""
    return Text().with_variant(mysql.LONGTEXT(charset=_CHARSET, collation=_COLLATION), "mariadb")


def create_table(
    table: str, *columns: Column[Any], unique: _Fields = (), indexes: _Fields = (), key: str = "id"
) -> None:
    """Create the table of a record type."""
    _create(table_name(prefix(), table), columns, (key,), unique, indexes)


def create_keys_table(table: str) -> None:
    """Create the table of the lookup keys of a record type."""
    columns = (
        Column("lookup", text(40), nullable=False),
        Column("value", text(120), nullable=False),
        Column("record_key", text(64), nullable=False),
    )
    name = keys_table_name(prefix(), table)
    _create(name, columns, ("lookup", "value", "record_key"), (), (("record_key",),))


def add_columns(table: str, *columns: Column[Any], fill: Callable[[], None], indexes: _Fields = ()) -> None:
    """Add columns to the table of a record type.

    Args:
        table: The record type's table.
        *columns: The new columns; existing ones are skipped.
        fill: Fills the columns of existing rows, before they may no longer be empty.
    """
    name = table_name(prefix(), table)
    there = {column["name"] for column in inspect(op.get_bind()).get_columns(name)}
    for column in columns:
        if column.name not in there:
            op.add_column(name, Column(column.name, column.type, nullable=True))
    fill()
    with op.batch_alter_table(name) as batch:
        for column in columns:
            batch.alter_column(column.name, existing_type=column.type, nullable=bool(column.nullable))
    for fields in indexes:
        op.create_index(index_name(name, fields), name, list(fields), if_not_exists=True)


def exchange_unique(table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Let other fields be unique in the table of a record type."""
    name = table_name(prefix(), table)
    there = {each["name"] for each in inspect(op.get_bind()).get_unique_constraints(name)}
    with op.batch_alter_table(name) as batch:
        if unique_name(name, new) not in there:
            batch.create_unique_constraint(unique_name(name, new), list(new))
        if unique_name(name, old) in there:
            batch.drop_constraint(unique_name(name, old), type_="unique")


def prefix() -> str:
    """What the names of the tables begin with in this database."""
    config = op.get_context().config
    return str(config.attributes["prefix"]) if config else ""


def _create(
    name: str, columns: Sequence[Column[Any]], primary: tuple[str, ...], unique: _Fields, indexes: _Fields
) -> None:
    op.create_table(
        name,
        *columns,
        PrimaryKeyConstraint(*primary, name=primary_name(name)),
        *(UniqueConstraint(*fields, name=unique_name(name, fields)) for fields in unique),
        if_not_exists=True,
        **_OPTIONS,
    )
    for fields in indexes:
        op.create_index(index_name(name, fields), name, list(fields), if_not_exists=True)


def portions(connection: Connection, wanted: Select[Any], key: Column[Any]) -> Iterator[Sequence[Any]]:
    """The rows that a statement selects, in the order of their keys, so many at a time that memory stays flat."""
    last = ""
    while rows := connection.execute(wanted.where(key > last).order_by(key).limit(_PORTION)).all():
        yield rows
        last = getattr(rows[-1], key.key)
