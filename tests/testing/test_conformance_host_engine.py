"""On an engine that the host has made, and has not set up for the library, the SQL storage keeps the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import Engine, create_engine

from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.listening import nobody_listens
from tests.testing.databases import count_rows, emptied

OF_THE_LIBRARY = Lacks("tried with an engine of the library's own")


class HostEngine:
    """The hooks, for any engine."""

    engine: ClassVar[str]
    nowhere: ClassVar[str]
    options: ClassVar[dict[str, Any]]
    capabilities = StorageCapabilities(trouble=OF_THE_LIBRARY, exhaustive=OF_THE_LIBRARY)

    def _engine(self, url: str) -> Engine:
        return create_engine(parse_url(url), **self.options)

    @contextmanager
    def open(self) -> Iterator[SqlStorage]:
        with emptied(self.engine, REGISTRY) as storage:
            assert isinstance(storage.url, str)
            engine = self._engine(storage.url)
            yield SqlStorage(engine)
            engine.dispose()

    @contextmanager
    def reopen(self, storage: SqlStorage) -> Iterator[SqlStorage]:
        assert isinstance(storage.url, Engine)
        engine = self._engine(storage.url.url.render_as_string(hide_password=False))
        yield SqlStorage(engine)
        engine.dispose()

    @contextmanager
    def open_unreachable(self) -> Iterator[SqlStorage]:
        with nobody_listens() as port:
            engine = self._engine(self.nowhere.format(port=port))
            yield SqlStorage(engine, timeout=1)
            engine.dispose()

    def peek(self, storage: SqlStorage, table: str) -> int:
        assert isinstance(storage.url, Engine)
        return count_rows(storage.url.url.render_as_string(hide_password=False), table)


class TestSqlite(HostEngine, StorageConformance):
    engine = "sqlite"
    nowhere = "sqlite:////no/such/folder/shop.db"
    options: ClassVar = {}


class TestPostgresql(HostEngine, StorageConformance):
    engine = "postgresql"
    nowhere = "postgresql://shop@127.0.0.1:{port}/shop"
    options: ClassVar = {}


class TestMariadb(HostEngine, StorageConformance):
    engine = "mariadb"
    nowhere = "mariadb://shop@127.0.0.1:{port}/shop"
    options: ClassVar = {
        "isolation_level": "READ COMMITTED",
        "connect_args": {"init_command": "SET SESSION innodb_snapshot_isolation = OFF, sql_mode = ''"},
    }
