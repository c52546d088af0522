"""On an engine that the host has made, and has not set up for the library, the SQL storage keeps the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, create_engine

from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance
from loyaltycore.testing.storage_checks.ends import EndChecks
from loyaltycore.testing.storage_checks.lasting import LastingChecks
from loyaltycore.testing.storage_checks.racing import RaceChecks
from loyaltycore.testing.storage_checks.units import UnitChecks
from loyaltycore.testing.suite import judge, listed_tests
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


class Sqlite(HostEngine):
    engine = "sqlite"
    nowhere = "sqlite:////no/such/folder/shop.db"
    options: ClassVar = {}


class Postgresql(HostEngine):
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


@pytest.mark.parametrize("kind", [Sqlite, Postgresql])
def test_units_of_work(kind: type[HostEngine]) -> None:
    """Where the engine's own settings are the usual ones, how a unit begins, ends and races is all that differs."""
    conformance = type(kind.__name__, (kind, StorageConformance), {})
    own = {name for checks in (UnitChecks, EndChecks, RaceChecks, LastingChecks) for name in vars(checks)}
    for verdict in judge(conformance, [each.name for each in listed_tests(conformance) if each.name in own]):
        assert verdict.outcome in {"kept", "skipped"}, f"{verdict.test}: {verdict.detail}"
