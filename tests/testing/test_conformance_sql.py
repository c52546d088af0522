"""The SQL storage keeps the contract of the storage port on every engine, and agrees with the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import settings

from loyaltycore.capabilities import core_record_types
from loyaltycore.storing.registry import Registry
from loyaltycore.testing.machine import DEFAULT_SETTINGS, storage_machine
from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance, Trouble
from loyaltycore.testing.suite import judge, listed_tests
from loyaltycore_sql import SqlStorage
from tests.engines import ODD
from tests.listening import nobody_listens
from tests.testing.databases import count_rows, emptied
from tests.testing.sql_troubles import WAIT, on_the_way, through, trouble_at, wire_to

CORE = Registry(core_record_types())
FEW_STORIES = settings(DEFAULT_SETTINGS, max_examples=8)
"""A story on a server takes a quarter of a second: its tables are emptied first."""
BEHIND_A_WIRE = Lacks("tried on a line that can be cut")


class Sql:
    """The hooks, for any engine."""

    engine: ClassVar[str]
    nowhere: ClassVar[str]
    capabilities = StorageCapabilities(trouble=BEHIND_A_WIRE)

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
        with nobody_listens() as port:
            storage = SqlStorage(self.nowhere.format(port=port), timeout=1)
            yield storage
            storage.close()

    def peek(self, storage: SqlStorage, table: str) -> int:
        return count_rows(storage.url, table)


class TestSqlite(Sql, StorageConformance):
    engine = "sqlite"
    nowhere = "sqlite:////no/such/folder/shop.db"
    capabilities = StorageCapabilities()

    @contextmanager
    def open(self) -> Iterator[SqlStorage]:
        with emptied(self.engine, REGISTRY, WAIT) as storage:
            yield storage

    def trouble(self, storage: SqlStorage, trouble: Trouble) -> AbstractContextManager[object] | Lacks:
        assert isinstance(storage.url, str)
        return trouble_at(storage.url, trouble) or Lacks("nothing stands between the storage and its file")


class TestPostgresql(Sql, StorageConformance):
    engine = "postgresql"
    nowhere = "postgresql://shop@127.0.0.1:{port}/shop"


class TestMariadb(Sql, StorageConformance):
    engine = "mariadb"
    nowhere = "mariadb://shop@127.0.0.1:{port}/shop"


class TestOddMariadb(Sql, StorageConformance):
    """A server whose defaults all differ from the usual ones."""

    engine = ODD
    nowhere = TestMariadb.nowhere
    capabilities = StorageCapabilities(trouble=BEHIND_A_WIRE, exhaustive=Lacks("tried on a usual server"))


class OnAWire(Sql):
    """A storage with a line to its server that can be cut; each answer takes longer on it."""

    capabilities = StorageCapabilities()

    @contextmanager
    def open(self) -> Iterator[SqlStorage]:
        with emptied(self.engine, REGISTRY) as near, wire_to(near.url) as wire:
            self.wire, self.near = wire, near.url
            storage = SqlStorage(through(wire, near.url), timeout=WAIT)
            yield storage
            storage.close()

    def trouble(self, storage: SqlStorage, trouble: Trouble) -> AbstractContextManager[object]:
        return trouble_at(self.near, trouble) or on_the_way(self.wire, trouble)


@pytest.mark.parametrize("kind", [TestPostgresql, TestMariadb])
def test_a_server_in_trouble(kind: type[Sql]) -> None:
    """On a line that breaks, and beside rivals, the storage says what has become of a unit."""
    conformance = type("OnAWire", (OnAWire, kind), {})
    names = [listed.name for listed in listed_tests(conformance) if listed.needs == "trouble"]
    for verdict in judge(conformance, names):
        assert verdict.outcome == "kept", f"{verdict.test}: {verdict.detail}"


TestSqliteMachine = storage_machine(partial(emptied, "sqlite", CORE), settings=FEW_STORIES)
TestPostgresqlMachine = storage_machine(partial(emptied, "postgresql", CORE), settings=FEW_STORIES)
TestMariadbMachine = storage_machine(partial(emptied, "mariadb", CORE), settings=FEW_STORIES)
