"""A database is set up, kept and refused as its revision says, and the host's own tables are left alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, inspect, text

from loyaltycore.capabilities import core_record_types
from loyaltycore.errors import SchemaError, SchemaTooNew, SchemaTooOld, StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore_sql import SqlStorage, migrating, migrations, schema
from loyaltycore_sql.layouts import Layouts
from tests.adapters.sql.helpers import statements
from tests.adapters.sql.samples import COUNTERS, THINGS, Counter
from tests.bounded import PATIENCE, at_once, line_with, running
from tests.engines import ODD, bare_database

CORE = Registry(core_record_types())
MIGRATIONS = Path(migrations.__file__).parent
SECOND = """
from alembic import op
from sqlalchemy import BigInteger, Column, text

revision = "9000"
down_revision = "{head}"

def upgrade():
    op.add_column("loyalty_cursors", Column("extra", BigInteger(), nullable=True))
"""
BROKEN = SECOND + '    op.execute(text("no sql at all"))\n'


@contextmanager
def opened(url: str, **options: Any) -> Iterator[SqlStorage]:
    """A storage that is closed at the end."""
    storage = SqlStorage(url, **options)
    try:
        yield storage
    finally:
        storage.close()


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    """A connection behind the adapter's back; what it does is kept."""
    with opened(url) as storage, storage._database.engine.begin() as connection:
        yield connection


@contextmanager
def later_library(monkeypatch: pytest.MonkeyPatch, folder: Path, revision: str = SECOND) -> Iterator[None]:
    """A later version of the library that knows one revision more."""
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "rev_9000.py").write_text(revision.replace("{head}", schema.head()))
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "SCRIPTS", str(scripts))
        patch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9000"))
        yield


def table_names(url: str) -> set[str]:
    """The tables that are there."""
    with looking(url) as connection:
        return set(inspect(connection).get_table_names())


def revision(url: str) -> str:
    """The revision that the database carries."""
    with looking(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM loyalty_schema_version")).scalar_one())


def shape(connection: Connection) -> dict[str, object]:
    """Everything that the engine knows about our tables, in its own words; in which order columns stand tells nothing."""
    names = [name for name in inspect(connection).get_table_names() if name != "loyalty_schema_version"]
    match connection.dialect.name:
        case "sqlite":
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'loyalty_schema_version'")
            )
            return {row.name: _in_order((row.sql or "").replace('"', "")) for row in rows}
        case "mariadb":
            made = {name: connection.execute(text(f"SHOW CREATE TABLE {name}")).one()[1] for name in names}
            return {name: _in_order(statement) for name, statement in made.items()}
        case _:
            columns = connection.execute(
                text(
                    "SELECT table_name, column_name, data_type, character_maximum_length, collation_name, is_nullable"
                    " FROM information_schema.columns WHERE table_schema = current_schema()"
                    " AND table_name <> 'loyalty_schema_version' ORDER BY table_name, column_name"
                )
            )
            indexes = connection.execute(
                text(
                    "SELECT indexname, regexp_replace(indexdef, ' ON [^.]*[.]', ' ON ') FROM pg_indexes"
                    " WHERE schemaname = current_schema() AND tablename <> 'loyalty_schema_version'"
                )
            )
            return {
                "columns": [tuple(row) for row in columns],
                "indexes": sorted(tuple(row) for row in indexes),
            }


def _in_order(statement: str) -> list[str]:
    """The lines of a CREATE TABLE, sorted: columns and constraints by name."""
    return sorted(line.strip(" \t,") for line in statement.splitlines())


def test_an_empty_database_is_set_up(bare: str) -> None:
    """The first `bind` makes all tables and notes the newest revision."""
    with opened(bare) as storage:
        storage.bind(CORE)
    assert revision(bare) == schema.head()
    expected = {table.name for target in Layouts(CORE, "loyalty_") for table in target.tables}
    assert table_names(bare) == expected | {"loyalty_schema_version"}


def test_binding_again_changes_nothing(bare: str) -> None:
    """Further calls of `bind` and `upgrade` only look."""
    with opened(bare) as storage:
        storage.bind(CORE)
        with statements(storage) as seen:
            storage.bind(CORE)
            assert storage.upgrade() == schema.head()
    assert not [
        statement for statement, _ in seen if statement.startswith(("CREATE", "INSERT", "UPDATE", "ALTER"))
    ]


def test_revisions_and_record_types_agree(bare: str) -> None:
    """Alembic finds no difference between the newest revision and the tables that the record types ask for."""
    with opened(bare) as storage:
        storage.upgrade()
        layouts = Layouts(CORE, "loyalty_")
        options = {"version_table": "loyalty_schema_version"}
        with storage._database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, layouts.metadata) == []
            connection.rollback()


def test_revisions_make_the_very_same_tables(bare: str) -> None:
    """What the revisions make and what the record types ask for is one, down to collations and names of indexes."""
    engine = bare.partition(":")[0].partition("+")[0]
    with opened(bare) as storage:
        storage.upgrade()
    with looking(bare) as connection:
        migrated = shape(connection)
    with bare_database(engine) as other, looking(other) as connection:
        Layouts(CORE, "loyalty_").metadata.create_all(connection)
        assert shape(connection) == migrated


def test_prefixes_stay_apart(bare: str) -> None:
    """Two libraries with prefixes of their own share one database."""
    for prefix in ("one_", "two_"):
        with opened(bare, prefix=prefix) as storage:
            storage.bind(Registry((*core_record_types(), COUNTERS)))
            with storage.transaction() as tx:
                assert tx.count(Counter, Query()) == 0
                tx.add(Counter(prefix))
    assert {"one_customers", "two_customers", "one_counters", "two_counters"} <= table_names(bare)


def test_tables_of_the_host_survive(bare: str) -> None:
    """What the host application has in the database stays as it is."""
    with looking(bare) as connection:
        for name in ("customers", "alembic_version", "invoices"):
            connection.execute(text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, version_num VARCHAR(32))"))
            connection.execute(text(f"INSERT INTO {name} VALUES (7, 'mine')"))  # noqa: S608  our own names
    with opened(bare) as storage:
        storage.bind(CORE)
        storage.upgrade()
    with looking(bare) as connection:
        for name in ("customers", "alembic_version", "invoices"):
            assert connection.execute(text(f"SELECT * FROM {name}")).all() == [(7, "mine")]  # noqa: S608  our own names


def test_a_newer_database_is_refused(bare: str) -> None:
    """A revision that this library does not know is refused by `bind` and `upgrade`, and nothing is touched."""
    with opened(bare) as storage:
        storage.upgrade()
    with looking(bare) as connection:
        connection.execute(text("UPDATE loyalty_schema_version SET version_num = '9999'"))
        before = shape(connection)
    for migrate in (True, False):
        with opened(bare, migrate=migrate) as storage:
            for use in (lambda storage: storage.bind(Registry((COUNTERS,))), SqlStorage.upgrade):
                with pytest.raises(SchemaTooNew) as caught:
                    use(storage)
                assert (caught.value.found, caught.value.known) == ("9999", schema.head())
    with looking(bare) as connection:
        assert shape(connection) == before


def test_an_older_database_waits_for_its_migration(
    bare: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An older revision is refused and left alone until it is migrated; the older library then refuses it."""
    now = schema.head()
    with opened(bare) as storage:
        storage.bind(CORE)
    with later_library(monkeypatch, tmp_path):
        with opened(bare) as storage, pytest.raises(SchemaTooOld) as caught:
            storage.bind(CORE)
        assert (caught.value.found, caught.value.wanted) == (now, "9000")
        assert revision(bare) == now
        with opened(bare, migrate=True) as storage:
            storage.bind(CORE)
        assert revision(bare) == "9000"
        with opened(bare) as storage:
            assert storage.upgrade() == "9000"
            storage.bind(CORE)
    with opened(bare) as storage, pytest.raises(SchemaTooNew):
        storage.bind(CORE)


def test_a_migration_that_fails_leaves_the_revision(
    bare: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A migration that breaks off is not noted as done."""
    with opened(bare) as storage:
        storage.bind(CORE)
    with later_library(monkeypatch, tmp_path, BROKEN), opened(bare, migrate=True) as storage:
        for _ in range(2):
            with pytest.raises(StorageError):
                storage.bind(CORE)
    assert revision(bare) == schema.head()


def test_setting_up_goes_on_where_it_was_cut_short(bare: str) -> None:
    """A database in which some tables are missing and no revision is noted is set up all the same."""
    with opened(bare) as storage:
        storage.upgrade()
        with looking(bare) as connection:
            whole = shape(connection)
            connection.execute(text("DELETE FROM loyalty_schema_version"))
            connection.execute(text("DROP TABLE loyalty_customers_keys"))
            connection.execute(text("DROP TABLE loyalty_outbox"))
        storage.bind(CORE)
    with looking(bare) as connection:
        assert shape(connection) == whole
    assert revision(bare) == schema.head()


def test_threads_that_set_up_at_once(bare: str) -> None:
    """Several storages of one process that find an empty database set it up once."""

    def bind(_: int) -> None:
        with opened(bare) as storage:
            storage.bind(Registry((*core_record_types(), THINGS, COUNTERS)))

    assert at_once(4, bind) == [None] * 4
    assert revision(bare) == schema.head()


def test_who_comes_while_it_is_set_up() -> None:
    """A step on the way, which MariaDB shows, is not taken for an old database: the end is waited for."""
    with (
        bare_database(ODD) as url,
        opened(url) as first,
        opened(url) as second,
        ThreadPoolExecutor() as pool,
    ):
        with first._schema._changing() as connection:
            migrating.run_revisions(connection, first.prefix, migrations.REVISIONS[0])
            connection.commit()  # as the next change of a table does
            late = pool.submit(second.bind, CORE)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.5)
            migrating.run_revisions(connection, first.prefix)
        late.result()
        assert revision(url) == schema.head()


BIND = """
import sys
from loyaltycore.capabilities import core_record_types
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
print("ready", flush=True)
sys.stdin.readline()
SqlStorage(sys.argv[1]).bind(Registry(core_record_types()))
"""


def test_processes_that_set_up_at_once(bare: str) -> None:
    """The same for processes that know nothing of one another."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-c", BIND, bare]
    with ExitStack() as stack:
        started = [stack.enter_context(running(command, text=True, **pipes)) for _ in range(4)]
        for process in started:
            line_with("ready", process.stdout)
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.communicate(timeout=PATIENCE)[1] for process in started] == [""] * 4
        assert [process.returncode for process in started] == [0] * 4
    assert revision(bare) == schema.head()


def test_record_types_of_the_host(bare: str) -> None:
    """Tables of the host's record types are made when they are absent, also later on."""
    with opened(bare) as storage:
        storage.bind(Registry((*core_record_types(), COUNTERS)))
        with storage.transaction() as tx:
            tx.add(Counter("a", 1))
        storage.bind(Registry((*core_record_types(), COUNTERS, THINGS)))
        with storage.transaction(read_only=True) as tx:
            assert tx.get(Counter, "a") == Counter("a", 1)
    assert {"loyalty_things", "loyalty_things_keys"} <= table_names(bare)


@frozen
class Grown:
    """The counter after the host gave it a field more."""

    id: str
    value: int = 0
    colour: str = ""
    version: int = 1


def test_a_table_of_the_host_that_lacks_a_column(bare: str) -> None:
    """When the host's record type has grown, `bind` says which columns its table lacks, and touches nothing."""
    with opened(bare) as storage:
        storage.bind(Registry((COUNTERS,)))
        with pytest.raises(SchemaError, match="'loyalty_counters' lacks the columns colour"):
            storage.bind(Registry((RecordType(cls=Grown, table="counters"),)))
        with storage.transaction() as tx:
            tx.add(Counter("a"))


def test_a_table_of_the_host_in_our_place(bare: str) -> None:
    """A host's table that has the name of one of ours is told by its columns, and stays as it is."""
    with looking(bare) as connection:
        connection.execute(text("CREATE TABLE loyalty_customers (id INTEGER PRIMARY KEY)"))
    with opened(bare) as storage, pytest.raises(SchemaError, match="'loyalty_customers' is there already"):
        storage.bind(CORE)
    with looking(bare) as connection:
        assert [column["name"] for column in inspect(connection).get_columns("loyalty_customers")] == ["id"]


def test_setting_up_before_binding(bare: str) -> None:
    """`upgrade` alone sets the library's own tables up, as an installer would."""
    with opened(bare) as storage:
        assert storage.upgrade() == schema.head()
    assert revision(bare) == schema.head()


def test_memory_is_set_up() -> None:
    """A database in memory has its tables in the one connection that it has."""
    with opened("sqlite:///:memory:") as storage:
        storage.bind(CORE)
        assert storage.upgrade() == schema.head()
        with storage.transaction(read_only=True) as tx:
            assert all(tx.count(record_type.cls, Query()) == 0 for record_type in CORE)
