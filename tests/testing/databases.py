"""Databases that are set up once per engine and emptied for each test: making tables costs more than a test does."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from sqlalchemy import Engine, NullPool, create_engine, text

from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.naming import keys_table_name, table_name
from tests.engines import bare_database

PREFIX = "loyalty_"


@contextmanager
def emptied(engine: str, registry: Registry, timeout: float = 10.0) -> Iterator[SqlStorage]:
    """A storage that is not bound yet, on a database in which the tables of these record types are empty.

    Args:
        engine: The name of the engine.
        registry: The record types.
        timeout: Seconds that the storage waits for a lock.
    """
    url = _database(engine, registry)
    with behind(url).begin() as connection:
        for name in _tables(registry):
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608  our own names
    storage = SqlStorage(url, timeout=timeout)
    try:
        yield storage
    finally:
        storage.close()


def count_rows(url: str, table: str) -> int:
    """The committed rows of a record type's table, by a connection that the storage knows nothing of."""
    with behind(url).connect() as connection:
        counted = connection.execute(text(f"SELECT count(*) FROM {table_name(PREFIX, table)}"))  # noqa: S608  our own names
        return int(counted.scalar_one())


@cache
def _database(engine: str, registry: Registry) -> str:
    stack = ExitStack()
    url = stack.enter_context(bare_database(engine))
    atexit.register(stack.close)
    storage = SqlStorage(url)
    storage.bind(registry)
    storage.close()
    return url


@cache
def behind(url: str) -> Engine:
    """An engine on it that the storage knows nothing of."""
    return create_engine(url, poolclass=NullPool)


def _tables(registry: Registry) -> Iterator[str]:
    for record_type in registry:
        yield table_name(PREFIX, record_type.table)
        if record_type.lookups:
            yield keys_table_name(PREFIX, record_type.table)
