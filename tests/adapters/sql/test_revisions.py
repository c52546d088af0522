"""Published revisions do for ever what they did, and a start that finds nothing to migrate does not load Alembic."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from loyaltycore.capabilities import core_record_types
from loyaltycore_sql import SqlStorage, migrations
from loyaltycore_sql.migrating import SCRIPTS
from loyaltycore_sql.migrations import REVISIONS, TABLES
from loyaltycore_sql.migrations.derived_0002 import Derived, derive
from tests.adapters.sql.shapes import made_by, recorded
from tests.engines import ENGINES, bare_database

FOLDER = Path(migrations.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
FIXED = ("loyaltycore_sql.migrations", "loyaltycore_sql.naming")
"""What revisions may import of ours: it says of itself that it never changes."""


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_revision_makes_what_it_was_recorded_to_make(engine: str, revision: str) -> None:
    """Tables, columns with types, collations and order, keys and indexes are those of the day it was published."""
    with bare_database(engine) as url:
        assert made_by(url, revision) == recorded(engine, revision)


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.name} imports by a relative name"
            yield node.module or ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_revisions_import_nothing_that_goes_on_changing(module: Path) -> None:
    """A revision builds no record, asks no record type and calls no rule of the library: it names all of it itself."""
    ours = {name for name in _imported(module) if name.partition(".")[0].startswith("loyaltycore")}
    assert not {name for name in ours if not name.startswith(FIXED)}


def test_the_revisions_known_without_alembic_are_all() -> None:
    """The constant lists what Alembic finds, as one chain from the first revision to the newest."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    found = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [script.revision for script in reversed(found)] == list(REVISIONS)
    assert [script.down_revision for script in found] == [*reversed(REVISIONS[:-1]), None]


HOME = '{"city":"Köln","country":"DE","kind":"residence","postal_code":"50667","street":"Domkloster 4"}'
SHELL = '{"city":"Weiß-Süd","country":"AT","kind":"second_residence","postal_code":"1010","street":""}'
DELIVERY = '{"city":"O\'Brien","country":"IE","kind":"delivery","postal_code":"D01","street":"Quay 1"}'
BILLING = '{"city":"Bonn","country":"DE","kind":"billing","postal_code":"53111","street":"Markt 1"}'
NOTHING = {
    "custom": "{}",
    "birthday": "",
    "postal_code": "",
    "country": "",
    "has_post": False,
    "mobile": "",
    "landline": "",
}


@pytest.mark.parametrize(
    ("birth_date", "phones", "addresses", "columns", "city_keys"),
    [
        (None, "[]", "[]", {}, ()),
        (date(972, 2, 29), "[]", "[]", {"birthday": "02-29"}, ()),
        (
            None,
            '[{"kind":"fax","number":"+491"},{"kind":"landline","number":"+492"},{"kind":"mobile","number":"+493"},'
            '{"kind":"mobile","number":"+494"}]',
            "[]",
            {"mobile": "+493", "landline": "+492"},
            (),
        ),
        (None, "[]", f"[{BILLING}]", {}, ()),
        (
            None,
            "[]",
            f"[{SHELL}]",
            {"postal_code": "1010", "country": "AT"},
            ("weiss sud", "weiss sued"),
        ),
        (
            None,
            "[]",
            f"[{BILLING},{SHELL},{HOME}]",
            {"postal_code": "50667", "country": "DE", "has_post": True},
            ("weiss sud", "weiss sued", "koln", "koeln"),
        ),
        (
            None,
            "[]",
            f"[{HOME},{DELIVERY}]",
            {"postal_code": "D01", "country": "IE", "has_post": True},
            ("koln", "koeln", "obrien"),
        ),
    ],
    ids=["nothing", "birthday", "phones", "billing", "incomplete", "complete", "delivery"],
)
def test_what_revision_0002_derives(
    birth_date: date | None,
    phones: str,
    addresses: str,
    columns: dict[str, object],
    city_keys: tuple[str, ...],
) -> None:
    """The rules of that day, told by examples."""
    assert derive(birth_date, phones, addresses) == Derived({**NOTHING, **columns}, city_keys)


START = """
import sys
from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import COUNTERS, Counter
with_host_types = Registry((*core_record_types(), COUNTERS))
for migrate in (False, True):
    storage = SqlStorage(sys.argv[1], migrate=migrate)
    storage.upgrade()
    storage.bind(with_host_types)
    with storage.transaction() as tx:
        assert tx.get(Customer, "nobody") is None
        tx.add(Counter(f"{migrate}"))
    storage.close()
print([name for name in sys.modules if name.partition(".")[0] in {"alembic", "mako"}])
"""


def test_alembic_is_loaded_only_to_migrate(bare: str) -> None:
    """Tables that are up to date are looked at, a host's are made, and transactions run, all without Alembic."""
    storage = SqlStorage(bare)
    storage.upgrade()
    storage.close()
    done = subprocess.run(
        [sys.executable, "-c", START, bare], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_revisions_make_the_tables_of_the_library() -> None:
    """A record type that is added gets a revision, and its table is not taken for one of the host application."""
    assert sorted(TABLES) == sorted(record_type.table for record_type in core_record_types())
