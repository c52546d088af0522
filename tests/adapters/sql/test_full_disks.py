"""A disk that is full is named as such, nothing is kept by half, and with new room the work goes on.

Real disks that really fill up: small ones in memory, which only root can make.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import pytest
from attrs import frozen
from sqlalchemy import NullPool, create_engine, event, make_url, text

from loyaltycore.capabilities import core_record_types
from loyaltycore.errors import StorageFull
from loyaltycore.kernel.criteria import HasKey, Query
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import PARTS, THINGS, Part, Thing
from tests.engines import ENGINES, ODD, bare_database, server

EVERYTHING = Registry((*core_record_types(), THINGS, PARTS))
SIZES = {"sqlite": 2400, "postgresql": 6000, "mariadb": 24_000}
"""KiB: a third of it for the tables, a third for what is added to them, a third in reserve."""


@frozen
class Disk:
    """A small disk with a ballast that can be thrown off."""

    folder: Path
    size: int
    """In KiB."""

    def load(self, part: float = 1.0) -> None:
        """Take a part of the room that there is, or all of it."""
        room = shutil.disk_usage(self.folder).free
        with (self.folder / "ballast").open("ab") as stream:
            stream.write(b"x" * int(room * part))

    def unload(self) -> None:
        """Give the room back."""
        (self.folder / "ballast").unlink()


Make = Callable[[int], Disk]


@pytest.fixture
def disk() -> Iterator[Make]:
    """Makes a disk of so many KiB."""
    mounted: list[Path] = []

    def make(size: int) -> Disk:
        folder = Path(tempfile.mkdtemp(prefix="loyaltycore-disk-"))
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "loyaltycore", str(folder)]
        if (
            shutil.which("mount") is None
            or subprocess.run(command, capture_output=True, check=False, timeout=60).returncode
        ):
            folder.rmdir()
            pytest.skip("only root can make a disk")
        mounted.append(folder)
        folder.chmod(0o755)  # servers run as users of their own
        return Disk(folder, size)

    yield make
    for folder in mounted:
        subprocess.run([str(shutil.which("umount")), "--lazy", str(folder)], check=True, timeout=60)
        folder.rmdir()


@contextmanager
def database_on(disk: Disk, engine: str) -> Iterator[str]:
    """The address of an empty database on that disk."""
    match engine:
        case "sqlite":
            yield f"sqlite:///{disk.folder}/shop.db"
        case "postgresql":
            with _tablespace(disk) as name, bare_database(engine) as url:
                options = f"{make_url(url).query['options']} -cdefault_tablespace={name}"
                placed = make_url(url).update_query_dict({"options": options})
                yield placed.render_as_string(hide_password=False)
        case "mariadb":
            with _linked_folder(disk) as name:
                yield server(ODD).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _tablespace(disk: Disk) -> Iterator[str]:
    name = f"loyaltycore_{token_hex(6)}"
    engine = create_engine(server("postgresql"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        owner = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        if not owner.is_dir():
            pytest.skip("the server of PostgreSQL is on another machine")
        folder = disk.folder / "tables"
        folder.mkdir()
        os.chown(folder, owner.stat().st_uid, owner.stat().st_gid)
        connection.execute(text(f"CREATE TABLESPACE {name} LOCATION '{folder}'"))
        try:
            yield name
        finally:
            connection.execute(text(f"DROP TABLESPACE {name}"))


@contextmanager
def _linked_folder(disk: Disk) -> Iterator[str]:
    """MariaDB keeps a database in a folder, which may lie elsewhere."""
    name = f"loyaltycore_{token_hex(6)}"
    data = Path(str(server(ODD).query["unix_socket"])).parent / "data"
    folder = disk.folder / name
    folder.mkdir()
    for each in (disk.folder, folder):
        os.chown(each, data.stat().st_uid, data.stat().st_gid)
    (data / name).symlink_to(folder)
    yield name
    engine = create_engine(server(ODD), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))


def fill(storage: SqlStorage) -> list[str]:
    """Add things with their parts until there is no room; answers the keys of those that were acknowledged."""
    kept: list[str] = []
    for number in range(1000):
        key = f"t{number:03}"
        thing = Thing(key, note=os.urandom(8000).hex(), words=(key,))
        try:
            with storage.transaction() as tx:
                tx.add(thing, Part(code=key, thing_id=key))
        except StorageFull:
            return kept
        kept.append(key)
    raise AssertionError("it never filled up")


def assert_whole(storage: SqlStorage, kept: list[str]) -> None:
    """Records, lookup keys and parts of exactly these are there."""
    with storage.transaction(read_only=True) as tx:
        assert [thing.id for thing in tx.find(Thing, Query())] == kept
        assert [thing.id for thing in tx.find(Thing, Query(HasKey("word", "t", prefix=True)))] == kept
        assert [part.code for part in tx.find(Part, Query())] == kept


@pytest.mark.parametrize("engine", ENGINES)
def test_a_disk_fills_up_at_work(engine: str, disk: Make) -> None:
    """What was acknowledged is there as a whole and nothing else is; reading goes on, and writing too once there is room."""
    small = disk(SIZES[engine])
    with database_on(small, engine) as url, closing(SqlStorage(url)) as storage:
        storage.bind(EVERYTHING)
        small.load(0.5)
        kept = fill(storage)
        assert kept
        assert_whole(storage, kept)
        with pytest.raises(StorageFull), storage.transaction() as tx:
            tx.add(*(Thing(f"u{number}", note=os.urandom(8000).hex()) for number in range(100)))
        small.unload()
        with storage.transaction() as tx:
            tx.add(Thing("t999", words=("t999",)), Part(code="t999"))
        assert_whole(storage, [*kept, "t999"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_full_disk_at_the_start(engine: str, disk: Make) -> None:
    """Setting up where there is no room says so, and where there is room again it is done as if nothing had been."""
    small = disk(SIZES[engine])
    with database_on(small, engine) as url:
        small.load()
        with closing(SqlStorage(url)) as storage, pytest.raises(StorageFull):
            storage.bind(EVERYTHING)
        small.unload()
        with closing(SqlStorage(url)) as storage:
            storage.bind(EVERYTHING)
            assert_whole(storage, [])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_full_disk_in_the_morning(engine: str, disk: Make) -> None:
    """A process that starts on a full disk can read, or says that there is no room; as soon as there is, it can write."""
    small = disk(SIZES[engine])
    with database_on(small, engine) as url:
        with closing(SqlStorage(url)) as storage:
            storage.bind(EVERYTHING)
        small.load()
        with closing(SqlStorage(url)) as storage:
            with suppress(StorageFull):
                storage.bind(EVERYTHING)
                assert_whole(storage, [])
            small.unload()
            storage.bind(EVERYTHING)
            with storage.transaction() as tx:
                tx.add(Thing("t999", words=("t999",)), Part(code="t999"))
            assert_whole(storage, ["t999"])


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """A database of SQLite that has reached its own limit is full, too."""
    with closing(SqlStorage(f"sqlite:///{tmp_path}/shop.db", pool_size=1, max_overflow=0)) as storage:
        storage.bind(EVERYTHING)
        storage.close()

        @event.listens_for(storage._database.engine, "connect")
        def limit(connection: object, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages}")

        pages = 200
        kept = fill(storage)
        assert_whole(storage, kept)
        storage.close()
        pages = 10_000
        with storage.transaction() as tx:
            tx.add(Thing("t999", words=("t999",)), Part(code="t999"))
        assert_whole(storage, [*kept, "t999"])
