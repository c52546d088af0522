"""The SQL storage keeps the contract of the storage port on every engine, and agrees with the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from hypothesis import settings

from loyaltycore.records.catalogue import core_record_types
from loyaltycore.records.registry import Registry
from loyaltycore.testing.machine import DEFAULT_SETTINGS, storage_machine
from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.storage import StorageCapabilities, StorageConformance
from loyaltycore_sql import SqlStorage
from tests.testing.databases import count_rows, emptied

CORE = Registry(core_record_types())
FEW_STORIES = settings(DEFAULT_SETTINGS, max_examples=8)
"""A story on a server takes a quarter of a second: its tables are emptied first."""


class Sql:
    """The hooks, for any engine."""

    engine: ClassVar[str]
    capabilities = StorageCapabilities()

    @contextmanager
    def open(self) -> Iterator[SqlStorage]:
        with emptied(self.engine, REGISTRY) as storage:
            yield storage

    @contextmanager
    def reopen(self, storage: SqlStorage) -> Iterator[SqlStorage]:
        another = SqlStorage(storage.url)
        yield another
        another.close()

    def peek(self, storage: SqlStorage, table: str) -> int:
        return count_rows(storage.url, table)


class TestSqlite(Sql, StorageConformance):
    engine = "sqlite"


class TestPostgresql(Sql, StorageConformance):
    engine = "postgresql"


class TestMariadb(Sql, StorageConformance):
    engine = "mariadb"


TestSqliteMachine = storage_machine(partial(emptied, "sqlite", CORE), settings=FEW_STORIES)
TestPostgresqlMachine = storage_machine(partial(emptied, "postgresql", CORE), settings=FEW_STORIES)
TestMariadbMachine = storage_machine(partial(emptied, "mariadb", CORE), settings=FEW_STORIES)
