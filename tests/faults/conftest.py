"""What the fault tests share: an engine at a time, and a process that forks children."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.engines import ENGINES, fresh_database
from tests.faults.prefork import Prefork

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # no fork, and no SIGKILL


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine."""
    name: str = request.param
    return name


@pytest.fixture
def url(engine: str) -> Iterator[str]:
    """A database of this engine with empty tables."""
    with fresh_database(engine) as address:
        yield address


@pytest.fixture(scope="session")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefork]:
    """A process that forks children, for the whole run."""
    with Prefork(tmp_path_factory.mktemp("children")) as running:
        yield running


@pytest.fixture
def prefork(url: str, forking: Prefork) -> Iterator[Prefork]:
    """The same for one test: whatever is left of its children is killed before the database goes."""
    yield forking
    forking.end_all()
