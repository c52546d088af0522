"""A cluster for all tests of this folder; they run where it is asked for, and say so where it is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from secrets import token_hex
from typing import Any, Final

import pytest
from attrs import frozen

from loyaltycore import Loyalty
from loyaltycore.capabilities import core_record_types
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from tests.cluster.galera import Cluster
from tests.house import COSTS, GOLD, SHOP

Figure = Callable[[str], None]

DEMAND: Final = "LOYALTYCORE_TEST_GALERA"

_FIGURES: Final = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """The cluster; where it is demanded and cannot be had, that is a failure."""
    if os.environ.get(DEMAND) != "1":
        pytest.skip(f"needs a cluster of three MariaDB nodes: set {DEMAND}=1 to have one started")
    with Cluster() as running:
        _tell(pytestconfig, f"three nodes from nothing: {running.seconds_to_start:.1f} s")
        yield running


@frozen
class Shop:
    """A database on the cluster with one branch and a card order service."""

    cluster: Cluster
    database: str
    _opened: ExitStack

    def url(self, first: int) -> str:
        """The address, with this node preferred."""
        return self.cluster.url(first, self.database)

    def at(
        self, first: int, *, wrap: Callable[[Any], Any] = lambda storage: storage, **options: Any
    ) -> Loyalty:
        """A house that prefers a node; closed after the test.

        Args:
            first: The node.

            wrap: Puts something round the storage.

            options: Of the storage.
        """
        return Loyalty(wrap(self.opened_at(self.url(first), **options)))

    def opened_at(self, url: str, **options: Any) -> SqlStorage:
        """A storage with the library's tables; closed after the test."""
        storage = SqlStorage(url, **options)
        self._opened.callback(storage.close)
        storage.bind(Registry(core_record_types()))
        return storage


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> str:
    """A database for the tests of one module: making tables on a cluster costs more than most tests do."""
    name = f"loyalty_{token_hex(4)}"
    cluster.create_database(name)
    storage = cluster.storage(1, name)
    head = Loyalty(storage).session("admin")
    head.branches.create("berlin", name="Optik Berlin", subdivision="BE", address=SHOP)
    head.cards.setup.save(provider="Kartendruck GmbH", templates=[GOLD], costs=COSTS)
    storage.close()
    return name


@pytest.fixture
def shop(cluster: Cluster, database: str) -> Iterator[Shop]:
    """The shop; after the test all nodes serve again and hold the same."""
    with ExitStack() as opened:
        yield Shop(cluster, database, opened)
    cluster.mend()
    cluster.assert_equal_contents(database)


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Figure:
    """Notes a figure for the summary at the end."""
    return lambda line: _tell(pytestconfig, line)


def _tell(config: pytest.Config, line: str) -> None:
    config.stash.setdefault(_FIGURES, []).append(line)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the figures."""
    lines = config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section("figures of the cluster")
        for line in lines:
            terminalreporter.line(line)
