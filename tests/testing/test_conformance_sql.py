"""The SQL storage keeps the contract of the storage port on every engine, and agrees with the one in memory."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from hypothesis import settings

from loyaltycore.capabilities import core_record_types
from loyaltycore.storing.registry import Registry
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
    nowhere: ClassVar[str]
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

    @contextmanager
    def open_unreachable(self) -> Iterator[SqlStorage]:
        with socket.socket() as nobody_listens:
            nobody_listens.bind(("127.0.0.1", 0))
            port = nobody_listens.getsockname()[1]
            storage = SqlStorage(self.nowhere.format(port=port), timeout=1)
            yield storage
            storage.close()

    def peek(self, storage: SqlStorage, table: str) -> int:
        return count_rows(storage.url, table)


class TestSqlite(Sql, StorageConformance):
    engine = "sqlite"
    nowhere = "sqlite:////no/such/folder/shop.db"


class TestPostgresql(Sql, StorageConformance):
    engine = "postgresql"
    nowhere = "postgresql://shop@127.0.0.1:{port}/shop"


class TestMariadb(Sql, StorageConformance):
    engine = "mariadb"
    nowhere = "mariadb://shop@127.0.0.1:{port}/shop"


TestSqliteMachine = storage_machine(partial(emptied, "sqlite", CORE), settings=FEW_STORIES)
TestPostgresqlMachine = storage_machine(partial(emptied, "postgresql", CORE), settings=FEW_STORIES)
TestMariadbMachine = storage_machine(partial(emptied, "mariadb", CORE), settings=FEW_STORIES)
