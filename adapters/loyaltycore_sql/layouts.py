"""What is prepared once per record type: tables, statements, encoder, decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Delete,
    MetaData,
    Select,
    String,
    Table,
    Update,
    bindparam,
    column,
    delete,
    select,
    table,
    update,
)

from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore_sql.criteria import Compiler, Target
from loyaltycore_sql.inserting import Inserting
from loyaltycore_sql.naming import primary_name, unique_name
from loyaltycore_sql.records import Decoder, Encoder
from loyaltycore_sql.selection import Queries
from loyaltycore_sql.statements import ContendedRow
from loyaltycore_sql.tables import Tables, build_tables
from loyaltycore_sql.translation import Uniques

T = TypeVar("T")

KEY: Final = "key_"
VERSION: Final = "version_"
KEYS: Final = "keys_"


@frozen
class KeyStatements:
    """Statements on the lookup keys of a record type."""

    insert: Inserting
    uniques: Uniques
    """Of a new record there are no lookup keys: if one is taken, the record's own key is."""
    delete: Delete
    """One pair of a record: `KEY`, ``lookup_``, ``value_``."""
    clear: Delete
    """All of a record: `KEY`."""
    select: Select[Any]
    """All of the records `KEYS`: record key, lookup, value."""


@frozen
class Layout(Generic[T]):
    """A record type as this storage keeps it."""

    record_type: RecordType[T]
    encoder: Encoder[T]
    decoder: Decoder[T]
    queries: Queries
    """Makes the statements of queries."""
    uniques: Uniques
    """Names its unique keys."""
    get: Select[Any]
    """The row with the key `KEY`."""
    lock: Select[Any]
    """The row with the key `KEY`, locked."""
    insert: Inserting
    update: Update
    """The row with the key `KEY` and the version `VERSION`, by the values that the encoder makes."""
    delete: Delete
    """The row with the key `KEY` and the version `VERSION`."""
    there: Select[Any]
    """The keys of those of the records `KEYS` that are there."""
    hold: Select[Any]
    """The same, locked so that nobody removes them."""
    claim: Select[Any]
    """The same, locked so that nobody else locks or changes them."""
    versions: Select[Any]
    """Key and version of the records `KEYS`."""
    keys: KeyStatements | None
    """None if it declares no lookups."""

    def row(self, key: str) -> ContendedRow:
        """The row of a record, to be contended for."""
        return ContendedRow(self.lock, {KEY: key})


class Layouts:
    """The layouts of a registry."""

    def __init__(self, registry: Registry, prefix: str) -> None:
        """Derive tables and statements.

        Raises:
            RegistrationError: A record type cannot be kept on every engine.
        """
        self.registry = registry
        self.metadata = MetaData()
        self._targets = {
            record_type.table: Target(record_type, build_tables(record_type, prefix, self.metadata))
            for record_type in registry
        }
        self._layouts: dict[type, Layout[Any]] = {
            target.record_type.cls: _layout(target, self._targets) for target in self._targets.values()
        }

    def __iter__(self) -> Iterator[Target]:
        return iter(self._targets.values())

    def of(self, cls: type[T]) -> Layout[T]:
        """The layout of a record class.

        Raises:
            RegistrationError: The class was never registered.
        """
        layout = self._layouts.get(cls)
        return self._layouts[self.registry.of(cls).cls] if layout is None else layout


def _layout(target: Target, targets: Mapping[str, Target]) -> Layout[Any]:
    record_type, main = target.record_type, target.tables.main
    key, version = main.c[record_type.key], main.c.version
    as_read = (key == bindparam(KEY), version == bindparam(VERSION))
    there = select(key).where(key.in_(bindparam(KEYS, expanding=True)))
    return Layout(
        record_type=record_type,
        encoder=Encoder(record_type),
        decoder=Decoder(record_type),
        queries=Queries(Compiler(targets, target, main)),
        uniques=_uniques(record_type, main),
        get=select(main).where(key == bindparam(KEY)),
        lock=select(main).where(key == bindparam(KEY)).with_for_update(),
        insert=Inserting(main),
        update=_update(main, record_type.key),
        delete=delete(main).where(*as_read),
        there=there,
        # Ordered, so that two who hold the same rows do not wait for each other. PostgreSQL lets others save them.
        hold=there.order_by(key).with_for_update(read=True, key_share=True),
        claim=there.order_by(key).with_for_update(),
        versions=select(key, version).where(key.in_(bindparam(KEYS, expanding=True))),
        keys=_key_statements(target.tables, record_type),
    )


def _update(main: Table, key: str) -> Update:
    # To columns without types SQLAlchemy hands the encoder's values on as they are.
    bare = table(main.name, *(column(each.name) for each in main.c))
    as_read = (
        bare.c[key] == bindparam(KEY, type_=String),
        bare.c.version == bindparam(VERSION, type_=BigInteger),
    )
    return update(bare).where(*as_read)


def _key_statements(tables: Tables, record_type: RecordType[Any]) -> KeyStatements | None:
    keys = tables.keys
    if keys is None:
        return None
    of_record = keys.c.record_key == bindparam(KEY)
    pair = (keys.c.lookup == bindparam("lookup_"), keys.c.value == bindparam("value_"))
    return KeyStatements(
        insert=Inserting(keys),
        uniques=Uniques(record_type.table, {primary_name(keys.name): (record_type.key,)}),
        delete=delete(keys).where(of_record, *pair),
        clear=delete(keys).where(of_record),
        select=select(keys.c.record_key, keys.c.lookup, keys.c.value).where(
            keys.c.record_key.in_(bindparam(KEYS, expanding=True))
        ),
    )


def _uniques(record_type: RecordType[Any], main: Table) -> Uniques:
    fields: dict[str, tuple[str, ...]] = {
        "PRIMARY": (record_type.key,),
        primary_name(main.name): (record_type.key,),
    }
    for unique in record_type.unique:
        fields[unique_name(main.name, unique)] = unique
    # SQLite tells the columns, not the name.
    for unique in (*record_type.unique, (record_type.key,)):
        fields[", ".join(f"{main.name}.{name}" for name in unique)] = unique
    return Uniques(record_type.table, fields)
