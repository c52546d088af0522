"""A storage with the sample record types on every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import REGISTRY
from tests.engines import ENGINES, bare_database


@pytest.fixture(scope="session", params=ENGINES)
def shared(request: pytest.FixtureRequest) -> Iterator[SqlStorage]:
    """One storage per engine, for tests that keep nothing."""
    with bare_database(request.param) as url:
        storage = SqlStorage(url, pool_size=8)
        storage.bind(REGISTRY)
        yield storage
        storage.close()


@pytest.fixture
def sql(shared: SqlStorage) -> Iterator[SqlStorage]:
    """The same storage for tests that keep something; it is emptied afterwards."""
    yield shared
    layouts = shared._layouts
    assert layouts is not None
    with shared._database.engine.begin() as connection:
        for table in (table for target in layouts for table in target.tables):
            connection.execute(delete(table))


@pytest.fixture(params=ENGINES)
def bare(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database that holds nothing, on every engine."""
    with bare_database(request.param) as url:
        yield url
