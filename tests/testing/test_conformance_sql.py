"""The SQL storage keeps the contract of the storage port on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.storage import StorageCapabilities, StorageConformance
from loyaltycore_sql import SqlStorage
from tests.testing.databases import count_rows, emptied


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
