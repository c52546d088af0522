"""A Django project that shares its database with the library, built from the page and run for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from loyaltycore_sql.connections import parse_url
from tests.engines import ENGINES
from tests.joining.django_site import Project, start_project, whole_database

INSIDE = [Path(__file__).with_name(name) for name in ("inside_django.py", "inside_django_alone.py")]
"""What runs inside the project, with Django's own runner."""
CONTRACT = Path(__file__).with_name("conformance_django.py")
"""What runs inside the project, with pytest."""


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    with whole_database(request.param) as url:
        yield url


def on(*engines: str) -> pytest.MarkDecorator:
    """Where something is tried: each project takes seconds to start."""
    return pytest.mark.parametrize("address", engines, indirect=True)


@pytest.fixture
def project(address: str, tmp_path: Path) -> Project:
    """A project of which nothing is in the database yet."""
    return start_project(tmp_path, address)


def _contents(url: str) -> dict[str, Any]:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")).all()))  # noqa: S608  our own names
            for name in names
        }


@on("postgresql")
def test_a_test_run_leaves_the_real_database_alone(project: Project, address: str) -> None:
    """Whether it is empty or in use: the tests of the page pass, and nothing is written beside the test database."""
    assert "Ran 1 test" in project.manage("test")
    assert _contents(address) == {}
    project.manage("migrate")
    before = _contents(address)
    assert "loyalty_customers" in before
    assert "shop_sale" in before
    assert "Ran 1 test" in project.manage("test", "--parallel", "1")
    assert _contents(address) == before


@on(*ENGINES)
def test_what_holds_on_sqlalchemy_holds_inside_django(project: Project) -> None:
    """One commit, failures, savepoints, keys, races: with Django's own test cases."""
    expected = 0
    for path in INSIDE:
        code = path.read_text("utf-8")
        project.write(f"shop/test_{path.stem}.py", code)
        expected += code.count("    def test_")
    project.write("shop/tests.py", "")
    assert f"Ran {expected} tests" in project.manage("test")


@on("postgresql")
def test_the_storage_keeps_its_contract(project: Project) -> None:
    """Alone, outside `atomic`, it is a storage like any other: the conformance suite finds nothing wrong."""
    project.write("conformance.py", CONTRACT.read_text("utf-8"))
    said = project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "conformance.py")
    passed = re.search(r"(\d+) passed", said)
    assert passed
    assert int(passed[1]) > 60


@on("sqlite")
def test_inspectdb_shows_the_hosts_tables_alone(project: Project) -> None:
    """With the filter of the page; without it, everything."""
    project.manage("migrate")
    assert "class LoyaltyCustomers" in project.manage("inspectdb")
    shown = project.manage("inspect_ours")
    assert "class ShopSale" in shown
    assert "class Loyalty" not in shown
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run")


@on("postgresql", "sqlite")
def test_migrating_back_and_forth_leaves_the_librarys_tables(project: Project, address: str) -> None:
    """They stay when the migration that made them is undone, and are taken up again when it is done again."""
    project.manage("migrate")
    before = {name: rows for name, rows in _contents(address).items() if name.startswith("loyalty_")}
    project.manage("migrate", "shop", "zero")
    assert {name: rows for name, rows in _contents(address).items() if name.startswith("loyalty_")} == before
    project.manage("migrate")
    assert "shop_sale" in _contents(address)
