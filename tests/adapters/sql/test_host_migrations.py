"""The migrations of a host whose tables lie beside the library's: a real Alembic environment, set up as the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any, Final

import pytest
from attrs import frozen
from sqlalchemy import NullPool, create_engine, inspect

from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage, host_tables
from loyaltycore_sql.connections import parse_url
from loyaltycore_sql.migrations import TABLES
from loyaltycore_sql.naming import keys_table_name, table_name, version_table_name
from tests.adapters.sql.samples import PARTS, THINGS
from tests.docs.pages import ROOT, blocks
from tests.engines import ENGINES, bare_database
from tests.hosting import hosted

PAGE: Final = ROOT / "docs" / "how-to" / "share-a-database.md"

PLAIN: Final = """\
        context.configure(
            connection=connection, target_metadata=target_metadata
        )
"""
"""What `alembic init` writes, and the page completes."""

MODELS: Final = """
from sqlalchemy import Column, Index, MetaData, String, Table

target_metadata = MetaData()
Table("sales", target_metadata, Column("number", String(40), primary_key=True), Column("till", String(9), index=True))
"""

ANOTHER: Final = """
Table("returns", target_metadata, Column("number", String(40), primary_key=True))
"""


def _of_page() -> tuple[str, str]:
    """The lines that the page adds to `env.py`: imports, and what takes the place of `PLAIN`."""
    (block,) = [each for each in blocks(PAGE) if "context.configure" in each.code]
    imports, call = block.code.split("\n\n")
    return f"{imports}\n", indent(call, " " * 8)


@frozen
class Host:
    """A host application with Alembic, in a folder."""

    folder: Path
    url: str

    def alembic(self, *command: str, fails: bool = False) -> str:
        """Run Alembic as the host does; answers what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        return said

    def set_up(self, imports: str = "", call: str = PLAIN) -> None:
        """Write the environment.

        Args:
            imports: What its beginning gains.

            call: What takes the place of `PLAIN`.
        """
        self.alembic("init", "migrations")
        address = parse_url(self.url).render_as_string(hide_password=False).replace("%", "%%")
        ini, env = self.folder / "alembic.ini", self.folder / "migrations" / "env.py"
        ini.write_text(
            re.sub(
                r"(?m)^(sqlalchemy\.url) = .*$",
                lambda found: f"{found[1]} = {address}",
                ini.read_text("utf-8"),
            ),
            "utf-8",
        )
        written = env.read_text("utf-8").replace("target_metadata = None\n", f"{MODELS}#models\n")
        assert PLAIN in written
        env.write_text(imports + written.replace(PLAIN, call), "utf-8")

    def add_models(self, source: str) -> None:
        """Add tables to the host's models."""
        env = self.folder / "migrations" / "env.py"
        env.write_text(env.read_text("utf-8").replace("#models\n", f"{source}#models\n"), "utf-8")

    def proposed(self, name: str) -> list[str]:
        """What a new revision would do to the database: its operations."""
        self.alembic("revision", "--autogenerate", "-m", name)
        (script,) = (self.folder / "migrations" / "versions").glob(f"*_{name}.py")
        upgrade = script.read_text("utf-8").partition("def upgrade()")[2].partition("def downgrade()")[0]
        return re.findall(r"op\.(\w+)\('(\w+)'", upgrade.replace("op.f(", "").replace(")", ""))


@pytest.fixture(params=ENGINES)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A host in whose database the library has its tables, and those of a capability."""
    with bare_database(request.param) as url:
        storage = SqlStorage(url)
        loyalty = Loyalty(storage, capabilities=[hosted(records=[THINGS, PARTS])])
        loyalty.session("anna").customers.create(last_name="Mustermann")
        yield Host(tmp_path, url)
        storage.close()


def _tables(url: str) -> set[str]:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def _columns_and_indexes(url: str) -> dict[str, Any]:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        seen = inspect(connection)
        return {
            name: (
                [each["name"] for each in seen.get_columns(name)],
                sorted(map(str, seen.get_indexes(name))),
            )
            for name in seen.get_table_names()
            if name.startswith("loyalty_")
        }


def test_without_the_filter_the_hosts_next_revision_would_drop_everything(host: Host) -> None:
    """What the filter is for."""
    host.set_up()
    dropped = {table for operation, table in host.proposed("first") if operation == "drop_table"}
    assert {table_name("loyalty_", table) for table in TABLES} <= dropped


def test_a_history_of_the_host_stays_its_own(host: Host) -> None:
    """First revision, nothing to do, one more table, and all the way back: the library's tables are never touched."""
    host.set_up(*_of_page())
    before = _columns_and_indexes(host.url)
    assert version_table_name("loyalty_") in before
    assert host.proposed("first") == [("create_table", "sales"), ("create_index", "ix_sales_till")]
    host.alembic("upgrade", "head")
    host.alembic("check")
    assert host.proposed("nothing") == []
    host.alembic("upgrade", "head")
    host.add_models(ANOTHER)
    host.alembic("check", fails=True)
    assert host.proposed("another") == [("create_table", "returns")]
    host.alembic("upgrade", "head")
    host.alembic("check")
    assert {"sales", "returns"} <= _tables(host.url)
    host.alembic("downgrade", "base")
    assert not {"sales", "returns"} & _tables(host.url)
    assert _columns_and_indexes(host.url) == before
    storage = SqlStorage(host.url)
    desk = Loyalty(storage, capabilities=[hosted(records=[THINGS, PARTS])]).session("anna")
    assert [each.last_name for each in desk.customers.find(name="muster").items] == ["Mustermann"]
    storage.close()


def test_in_other_schemas_too(tmp_path: Path) -> None:
    """Where Alembic looks at all schemas, and the library has one of its own."""
    with bare_database("postgresql") as ours, bare_database("postgresql") as url:
        for address in (ours, url):
            storage = SqlStorage(address)
            Loyalty(storage)
            storage.close()
        host = Host(tmp_path, url)
        schemas = {parse_url(each).query["options"].partition("=")[2] for each in (ours, url)}
        imports, call = _of_page()
        # Other tests have schemas, too.
        imports += f"""
def of_host(name, kind, parents):
    return (kind != "schema" or name in {{None, *{schemas!r}}}) and host_tables()(name, kind, parents)

"""
        call = call.replace("include_name=host_tables()", "include_name=of_host, include_schemas=True")
        host.set_up(imports, call)
        assert {table for _, table in host.proposed("first")} == {"sales", "ix_sales_till"}


def test_every_table_of_the_library_is_left_out_and_none_of_the_host() -> None:
    """By its prefix, with all that belongs to it; in each of Alembic's ways to ask."""
    for prefix in ("loyalty_", "club_"):
        is_ours = host_tables(prefix)
        own = {
            version_table_name(prefix),
            *(make(prefix, table) for table in TABLES for make in (table_name, keys_table_name)),
        }
        for name in own:
            assert not is_ours(name)
            assert not is_ours(
                name, "table", {"schema_name": "x", "schema_qualified_table_name": f"x.{name}"}
            )
            for kind in ("column", "index", "unique_constraint", "foreign_key_constraint"):
                assert not is_ours("anything", kind, {"table_name": name, "schema_name": None})
        for name in ("sales", "alembic_version", f"my_{prefix}table", "loyalt"):
            assert is_ours(name)
            assert is_ours(f"{prefix}of_mine", "index", {"table_name": name})
        assert is_ours(None, "schema", {})
        assert is_ours(f"{prefix}schema", "schema", {})
