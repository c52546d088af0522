"""Customer numbers without case, and names by which people of all scripts are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Table,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)

from loyaltycore_sql.migrations.ddl import add_columns, exchange_unique, long_text, portions, prefix, text
from loyaltycore_sql.migrations.derived_0004 import derive_names, derive_words, number_key
from loyaltycore_sql.naming import keys_table_name, table_name

revision = "0004"
down_revision = "0003"

_NAMED: Final = ("kind", "last_name", "first_name", "name_extension", "company", "email", "addresses")
_WORDS: Final = ("name", "abbreviation", "search_key")
_LISTED: Final = 20


def require(connection: Connection, named: str) -> str:
    """Say what has to be mended before the revisions can run, if anything; called before the first of them.

    Args:
        connection: Nothing is changed on it.
        named: What the names of the tables begin with.
    """
    name = table_name(named, "customers")
    if not inspect(connection).has_table(name) or _is_exchanged(connection, name):
        return ""
    doubles = _doubles(
        connection, Table(name, MetaData(), *(Column(each, text(64)) for each in ("id", "number")))
    )
    if not doubles:
        return ""
    pairs = "; ".join(
        f"{number!r} of {key!r} and {other!r} of {older!r}" for number, key, other, older in doubles
    )
    number, key, *_ = (each.replace("'", "''") for each in doubles[0])
    change = f"UPDATE {name} SET number = '{number}-2' WHERE id = '{key}'"  # noqa: S608  shown to a person, never executed here
    return (
        "customer numbers that differ in case alone are one number from now on, and some customers have such numbers. "
        f"Nothing was changed. Give one customer of each pair another number, for example {change}, and upgrade again. "
        f"The first pairs, with the ids of the customers: {pairs}"
    )


def _is_exchanged(connection: Connection, name: str) -> bool:
    uniques = inspect(connection).get_unique_constraints(name)
    return any(each["column_names"] == ["number_key"] for each in uniques)


def _doubles(connection: Connection, customers: Table) -> list[tuple[str, str, str, str]]:
    """Number and id of a customer, and of an older one who has the same number in other case; the first twenty."""
    # First by hashes alone: there may be millions of numbers, and next to never two that are the same.
    seen: set[int] = set()
    suspected: set[int] = set()
    for rows in portions(connection, select(customers), customers.c.id):
        for each in (hash(number_key(row.number)) for row in rows):
            (suspected if each in seen else seen).add(each)
    return list(islice(_pairs(connection, customers, suspected), _LISTED)) if suspected else []


def _pairs(
    connection: Connection, customers: Table, suspected: set[int]
) -> Iterator[tuple[str, str, str, str]]:
    holders: dict[str, tuple[str, str]] = {}
    for rows in portions(connection, select(customers), customers.c.id):
        for row in rows:
            if hash(key := number_key(row.number)) in suspected:
                number, customer = holders.setdefault(key, (row.number, row.id))
                if customer != row.id:
                    yield row.number, row.id, number, customer


def upgrade() -> None:
    """Add the column, and derive again what has changed."""
    add_columns("customers", Column("number_key", text(120), nullable=False), fill=_derive_customers)
    exchange_unique("customers", ("number",), ("number_key",))
    _derive_templates()
    _fold_ranges()


def _derive_customers() -> None:
    bind = op.get_bind()
    customers = _table("customers", "number", "number_key", "sort_name", *_NAMED)
    keys = _keys_table("customers")
    set_number = update(customers).where(customers.c.id == bindparam("key"))
    for rows in portions(bind, select(customers), customers.c.id):
        bind.execute(set_number, [{"key": row.id, "number_key": number_key(row.number)} for row in rows])
        # What is written in ASCII is found as before.
        names = {row.id: derive_names(row) for row in rows if not _is_plain(row)}
        if names:
            bind.execute(
                set_number, [{"key": key, "sort_name": each.sort_name} for key, each in names.items()]
            )
            _exchange_keys(bind, keys, {key: each.keys for key, each in names.items()})


def _derive_templates() -> None:
    bind = op.get_bind()
    templates = _table("process_templates", *_WORDS)
    for rows in portions(bind, select(templates), templates.c.id):
        words = {row.id: {"word": derive_words(*(getattr(row, each) for each in _WORDS))} for row in rows}
        _exchange_keys(bind, _keys_table("process_templates"), words)


def _fold_ranges() -> None:
    """Give ranges of customer numbers the name that the library looks for; the last number given is never lost."""
    bind = op.get_bind()
    ranges = Table(
        table_name(prefix(), "number_ranges"),
        MetaData(),
        Column("id", text(64)),
        Column("last", BigInteger()),
        Column("version", BigInteger()),
    )
    stored = bind.execute(select(ranges).where(ranges.c.id.startswith("customers:"))).all()
    kept: dict[str, int] = {}
    for row in stored:
        key = number_key(row.id)
        kept[key] = max(row.last, kept.get(key, 0))
    for row in stored:
        if number_key(row.id) != row.id:
            bind.execute(delete(ranges).where(ranges.c.id == row.id))
    there = {row.id for row in stored}
    for key, last in kept.items():
        if key in there:
            bind.execute(update(ranges).where(ranges.c.id == key).values(last=last))
        else:
            bind.execute(insert(ranges).values(id=key, last=last, version=1))


def _is_plain(row: Any) -> bool:
    return all(getattr(row, name).isascii() for name in _NAMED)


def _exchange_keys(
    bind: Connection, keys: Table, wanted: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> None:
    lookups = sorted({lookup for each in wanted.values() for lookup in each})
    bind.execute(delete(keys).where(keys.c.lookup.in_(lookups), keys.c.record_key.in_(list(wanted))))
    rows = [
        {"lookup": lookup, "value": value, "record_key": key}
        for key, each in wanted.items()
        for lookup, values in each.items()
        for value in values
    ]
    if rows:
        bind.execute(insert(keys), rows)


def _table(table: str, *columns: str) -> Table:
    others = (Column(each, long_text()) for each in columns)
    return Table(table_name(prefix(), table), MetaData(), Column("id", text(64)), *others)


def _keys_table(table: str) -> Table:
    columns = (Column(name, long_text()) for name in ("lookup", "value", "record_key"))
    return Table(keys_table_name(prefix(), table), MetaData(), *columns)
