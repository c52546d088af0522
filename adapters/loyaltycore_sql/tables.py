"""From record types to tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Column, Index, MetaData, PrimaryKeyConstraint, String, Table, UniqueConstraint

from loyaltycore.errors import RegistrationError
from loyaltycore.storing.registry import KEY_LENGTH, LOOKUP_LENGTH, NAME_LENGTH, RecordType, StoredField
from loyaltycore_sql.column_types import MARIADB_CHARSET, MARIADB_COLLATION, column_type, short_text
from loyaltycore_sql.naming import (
    IDENTIFIER_LENGTH,
    index_name,
    keys_table_name,
    primary_name,
    table_name,
    unique_name,
    version_table_name,
)

TABLE_OPTIONS: Final[dict[str, Any]] = {
    "mariadb_engine": "InnoDB",
    "mariadb_row_format": "DYNAMIC",
    "mariadb_charset": MARIADB_CHARSET,
    "mariadb_collate": MARIADB_COLLATION,
}
"""Set for every table, because a server's defaults may differ."""


@frozen
class Tables:
    """The tables of one record type."""

    main: Table
    """One row per record, one column per field."""
    keys: Table | None
    """One row per lookup key of a record; None if the record type declares no lookups."""

    def __iter__(self) -> Iterator[Table]:
        yield self.main
        if self.keys is not None:
            yield self.keys


def build_tables(record_type: RecordType[Any], prefix: str, metadata: MetaData) -> Tables:
    """Derive the tables of a record type.

    Raises:
        RegistrationError: A name is longer than an engine allows.
    """
    name = table_name(prefix, record_type.table)
    keys = keys_table_name(prefix, record_type.table)
    names = [keys if record_type.lookups else name, *record_type.field_map]
    if too_long := [each for each in names if len(each) > IDENTIFIER_LENGTH]:
        raise RegistrationError(f"longer than {IDENTIFIER_LENGTH} characters: {', '.join(too_long)}")
    return Tables(
        main=_main_table(record_type, name, metadata),
        keys=_keys_table(keys, metadata) if record_type.lookups else None,
    )


def versions_table(prefix: str) -> Table:
    """The table in which the migrations note the revision: as Alembic makes it, but kept like all others."""
    name = version_table_name(prefix)
    column = Column("version_num", String(32), nullable=False)
    primary = PrimaryKeyConstraint("version_num", name=f"{name}_pkc")
    return Table(name, MetaData(), column, primary, **TABLE_OPTIONS)


def column_length(record_type: RecordType[Any], stored: StoredField) -> int:
    """Greatest length of a text field in characters, 0 for unlimited; the key has its own."""
    return KEY_LENGTH if stored.name == record_type.key else stored.length


def _main_table(record_type: RecordType[Any], name: str, metadata: MetaData) -> Table:
    columns = [
        Column(
            stored.name,
            short_text(KEY_LENGTH) if stored.name == record_type.key else column_type(stored),
            nullable=stored.nullable,
        )
        for stored in record_type.fields
    ]
    uniques = [UniqueConstraint(*fields, name=unique_name(name, fields)) for fields in record_type.unique]
    indexes = [Index(index_name(name, fields), *fields) for fields in record_type.indexes]
    primary = PrimaryKeyConstraint(record_type.key, name=primary_name(name))
    return Table(name, metadata, *columns, primary, *uniques, *indexes, **TABLE_OPTIONS)


def _keys_table(name: str, metadata: MetaData) -> Table:
    # The primary key in this order makes a search, exact or by prefix, one range of it.
    return Table(
        name,
        metadata,
        Column("lookup", short_text(NAME_LENGTH), nullable=False),
        Column("value", short_text(LOOKUP_LENGTH), nullable=False),
        Column("record_key", short_text(KEY_LENGTH), nullable=False),
        PrimaryKeyConstraint("lookup", "value", "record_key", name=primary_name(name)),
        Index(index_name(name, ("record_key",)), "record_key"),
        **TABLE_OPTIONS,
    )
