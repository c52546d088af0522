"""Fixtures for all tests: every storage engine, and a house on each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from tests.house import House, build_house

# How long an example takes says something about the machine, not about a law.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")
# For mutation testing: which example is the smallest, or was found before, does not matter there.
settings.register_profile(
    "mutation",
    parent=settings.get_profile("house"),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)

STORAGES = ("memory", "sqlite", "postgresql", "mariadb")


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """A fresh storage of each kind; a missing server skips, and fails in CI."""
    if request.param == "memory":
        yield MemoryStorage()
        return
    from loyaltycore_sql import SqlStorage
    from tests.engines import fresh_database

    with fresh_database(request.param) as url:
        sql = SqlStorage(url)
        yield sql
        sql.close()


@pytest.fixture
def house(storage: Storage) -> House:
    """A house on each kind of storage."""
    return build_house(storage)


@pytest.fixture
def memory_house() -> House:
    """A house in memory, for what does not depend on the storage."""
    return build_house()
