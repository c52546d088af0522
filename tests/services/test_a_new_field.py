"""A new field of a customer costs one line and a migration: proved on a copy of the library that gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from loyaltycore_sql.schema import head

ROOT: Final = Path(__file__).parents[2]
DECLARED_IN: Final = "src/loyaltycore/customers/rules/customer.py"
REVISIONS: Final = "adapters/loyaltycore_sql/migrations/versions"

LAST_LINE: Final = "    version: int = 1\n"
LINE: Final = '    shoe_size: str = text("Shoe size", "Person", length=5, headers=("Schuhgröße",))\n'

REVISION: Final = """
from alembic import op
from sqlalchemy import Column, column, table

from loyaltycore_sql.migrations.ddl import add_columns, prefix, text
from loyaltycore_sql.naming import table_name

revision = "new_field"
down_revision = "HEAD"


def upgrade():
    add_columns("customers", Column("shoe_size", text(5), nullable=False), fill=fill)


def fill():
    op.execute(table(table_name(prefix(), "customers"), column("shoe_size")).update().values(shoe_size=""))
"""

PROOF: Final = """
import sys

import loyaltycore
from loyaltycore import Capability, InvalidInput, Loyalty
from loyaltycore.kernel.settings import Option
from loyaltycore.memory import MemoryStorage
from loyaltycore.selections import FieldCondition
from loyaltycore_sql import SqlStorage

root, url = sys.argv[1:]
assert loyaltycore.__file__.startswith(root), loyaltycore.__file__

watch = Option("shop.shoe_size", False, "Ask for the shoe size.", watches=("shoe_size",))
loyalty = Loyalty(SqlStorage(url) if url else MemoryStorage(), capabilities=[Capability(name="shop", options=(watch,))])
loyalty.session("anna").settings.change(watch, True)
desk = loyalty.session("anna")
customers, completeness = desk.customers, desk.completeness

# The form: created with it, changed, and too long a text is refused.
erika = customers.create(last_name="Mustermann", shoe_size=" 38 ")
assert customers.get(erika.id).shoe_size == "38"
erika = customers.change(erika.id, shoe_size="39")
assert customers.get(erika.id).shoe_size == "39"
change = desk.activities.of_customer(erika.id).items[0].changes[0]
assert (change.field, change.before, change.after) == ("shoe_size", "38", "39"), change
try:
    customers.change(erika.id, shoe_size="123456")
except InvalidInput as error:
    assert [(fault.field, fault.code) for fault in error.faults] == [("shoe_size", "too_long")]
else:
    raise AssertionError("six characters were taken")

# Completeness: an option of the host marks it while it is empty, and an answer fills it.
field = next(each for each in completeness.fields if each.key == "shoe_size")
assert (field.label, field.group) == ("Shoe size", "Person")
assert completeness.of(erika.id).gaps == ()
max_ = customers.create(last_name="Max")
assert [gap.label for gap in completeness.of(max_.id).gaps] == ["Shoe size"]
assert [each.customer.id for each in completeness.gaps().items] == [max_.id]
completeness.answer(max_.id, shoe_size="44")
assert completeness.gaps().items == ()

# Import: the column is found by header, name and label.
for n, header in enumerate(("Schuhgröße", "shoe_size", "SHOE SIZE"), start=1):
    report = customers.import_file([f"Nachname;{header}\\nIda{n};4{n}\\n".encode()])
    assert (report.added, report.ignored_columns) == (1, ()), report

# Selections: compared, and said in words.
found = desk.selections.stream(FieldCondition("shoe_size", "at_least", "41"))
assert sorted(each.shoe_size for each in found) == ["41", "42", "43", "44"]
empty = FieldCondition("shoe_size", "is_empty")
assert desk.selections.count(empty) == 0
explained = desk.selections.explain(erika.id, empty)
assert (explained.words, explained.because) == ("shoe size is empty", "Shoe size: 39"), explained
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the library with one field more."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("src", "adapters"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    declared = root / DECLARED_IN
    before, line, after = declared.read_text("utf-8").partition(LAST_LINE)
    assert line
    declared.write_text(before + LINE + line + after, "utf-8")
    return root


@pytest.mark.parametrize("storage", ["memory", "sqlite"])
def test_a_new_field_costs_a_line_and_a_migration(copy: Path, storage: str) -> None:
    """Form, completeness, selections and import know it; a database needs its column, and memory nothing."""
    url = ""
    if storage == "sqlite":
        (copy / REVISIONS / "rev_new_field.py").write_text(REVISION.replace("HEAD", head()), "utf-8")
        url = f"sqlite:///{copy / 'shop.db'}"
    path = os.pathsep.join([str(copy / "src"), str(copy / "adapters")])
    run = subprocess.run(
        [sys.executable, "-c", PROOF, str(copy), url],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
