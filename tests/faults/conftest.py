"""What the fault tests share: an engine at a time, and a process that forks children."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.engines import ENGINES, fresh_database
from tests.faults.prefork import Prefork
from tests.faults.stage import Stage, open_stage

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
def stages() -> Iterator[Callable[[str], Stage]]:
    """The filled database of an engine, made when it is first asked for."""
    with ExitStack() as stack:
        yield cache(lambda engine: stack.enter_context(open_stage(engine)))


@pytest.fixture
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Stage]) -> Stage:
    """A filled database on the engine that the test names."""
    return stages(request.param)


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
