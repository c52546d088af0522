"""Fixtures for all tests: every storage engine, and a house on each."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import none

from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from tests.house import House, build_house

# How long an example takes says something about the machine, not about a law.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")
# Where a law has run before, and only its dependencies are others.
settings.register_profile("quick", parent=settings.get_profile("house"), max_examples=20)
# For mutation testing: which example is the smallest, or was found before, does not matter there.
settings.register_profile(
    "mutation",
    parent=settings.get_profile("house"),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)

STORAGES = ("memory", "sqlite", "postgresql", "mariadb")


@given(none())
def _any_property(_: None) -> None:
    pass


def pytest_collection_finish() -> None:
    """Set aside for good what all tests are made of: nothing is gained by looking for garbage in it again and again."""
    # The first property makes Hypothesis look for what holds its random numbers, and what is set aside is not found.
    _any_property()
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what differs by engine on every engine, and the rest once, in memory."""
    if "storage" in metafunc.fixturenames and metafunc.definition.get_closest_marker("every_engine"):
        metafunc.parametrize("storage", STORAGES, indirect=True)


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """A fresh storage: in memory, or of each kind where a test is marked `every_engine`."""
    kind = getattr(request, "param", "memory")
    if kind == "memory":
        yield MemoryStorage()
        return
    from loyaltycore_sql import SqlStorage
    from tests.engines import fresh_database

    with fresh_database(kind) as url:
        sql = SqlStorage(url)
        yield sql
        sql.close()


@pytest.fixture
def house(storage: Storage) -> House:
    """A house on that storage."""
    return build_house(storage)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that lose a race or their database try again at once."""
    monkeypatch.setattr("loyaltycore.work.running.pause", lambda _: None)


@pytest.fixture
def memory_house() -> House:
    """A house in memory, for what does not depend on the storage."""
    return build_house()
