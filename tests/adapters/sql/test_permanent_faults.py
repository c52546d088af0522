"""What no later try can mend is told from what may pass: only the latter is busy or unreachable."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import URL, NullPool, create_engine

from loyaltycore import Loyalty
from loyaltycore.errors import StorageBusy, StorageError, StorageUnreachable
from loyaltycore.work import running
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import REGISTRY, Counter
from tests.engines import fresh_database, server, somebody

NOBODY: Final = 65534


Use = Callable[[SqlStorage], object]


def write(storage: SqlStorage) -> None:
    """Let a verb write something."""
    Loyalty(storage).session("anna").customers.create(last_name="Mustermann")


USES: Final = (SqlStorage.upgrade, lambda storage: storage.bind(REGISTRY), write)


def assert_permanent(url: str, *words: str, uses: Sequence[Use] = USES) -> None:
    """Setting up, binding and using it fail at once, with an error that is no invitation to try again."""
    for use in uses:
        with closing(SqlStorage(url, timeout=30)) as storage:
            begun = time.monotonic()
            with pytest.raises(StorageError) as caught:
                use(storage)
            assert not isinstance(caught.value, StorageBusy), repr(caught.value)
            assert time.monotonic() - begun < running.ENOUGH
            assert all(word in str(caught.value) for word in words), str(caught.value)


def assert_passing(url: str) -> None:
    """It fails with the error that invites to try again."""
    with closing(SqlStorage(url, timeout=1)) as storage, pytest.raises(StorageUnreachable):
        storage.bind(REGISTRY)


def a_folder(path: Path) -> None:
    path.mkdir()


def noise(path: Path) -> None:
    path.write_bytes(os.urandom(8192))


def a_few_letters(path: Path) -> None:
    path.write_text("Kundennummer;Name")


def a_torn_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
        connection.commit()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + os.urandom(4000) + whole[4100:])


def a_later_format(path: Path) -> None:
    a_torn_database(path)
    path.write_bytes(b"SQLite format 9\0" + path.read_bytes()[16:])


@pytest.mark.parametrize("make", [a_folder, noise, a_few_letters, a_torn_database, a_later_format])
def test_a_file_that_is_no_database(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Whatever else lies in the place of a database is left as it is."""
    path = tmp_path / "shop.db"
    make(path)
    before = None if path.is_dir() else path.read_bytes()
    assert_permanent(f"sqlite:///{path}")
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize(
    ("place", "word"), [("no/such/shop.db", "no folder"), ("file/shop.db", "no folder"), (".", "folder")]
)
def test_a_place_where_no_file_can_be(place: str, word: str, tmp_path: Path) -> None:
    """A folder that is missing, or is none, is named."""
    (tmp_path / "file").touch()
    assert_permanent(f"sqlite:///{tmp_path}/{place}", word, str(tmp_path))


@pytest.mark.parametrize("query", ["mode=ro", "mode=rw", "vfs=none", "immutable=1"])
def test_a_file_that_may_only_be_read(query: str, tmp_path: Path) -> None:
    """An address that forbids to make or to change the file is taken at its word, and makes no file either."""
    if query == "immutable=1":
        sqlite3.connect(tmp_path / "shop.db").close()
    assert_permanent(f"sqlite:///file:{tmp_path}/shop.db?{query}&uri=true")
    assert not query.startswith("mode") or not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("locked", "mode"), [("shop.db", 0o400), ("shop.db", 0o000), (".", 0o500), (".", 0o000)]
)
def test_a_file_that_this_user_may_not_use(locked: str, mode: int) -> None:
    """Rights that are missing are missing for good, on the file or on its folder."""
    with fresh_database("sqlite") as url:
        folder = Path(url.removeprefix("sqlite:///")).parent
        with unprivileged(folder, folder / locked, mode):
            assert_permanent(url.replace("fresh.db", "shop.db"), uses=[write])


@contextmanager
def unprivileged(folder: Path, locked: Path, mode: int) -> Iterator[None]:
    """Be somebody who owns the folder, but is not root, while one path has a mode."""
    is_root = os.geteuid() == 0
    (folder / "fresh.db").rename(folder / "shop.db")
    for path in (folder, *folder.iterdir()) if is_root else ():
        os.chown(path, NOBODY, NOBODY)
    before = locked.stat().st_mode
    locked.chmod(mode)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        locked.chmod(before)


@pytest.mark.parametrize("make", [noise, a_torn_database])
def test_a_file_that_goes_bad_at_work(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A verb says so at its first try, instead of trying for ten seconds."""
    path = tmp_path / "shop.db"
    with closing(SqlStorage(f"sqlite:///{path}")) as storage:
        desk = Loyalty(storage).session("anna")
        desk.customers.create(last_name="Mustermann")
        storage.close()
        path.unlink()
        make(path)
        begun = time.monotonic()
        with pytest.raises(StorageError) as caught:
            desk.customers.create(last_name="Mustermann")
    assert not isinstance(caught.value, StorageBusy)
    assert time.monotonic() - begun < running.ENOUGH


def test_no_file_can_be_opened_at_the_moment(tmp_path: Path) -> None:
    """Where nothing is in the way but the system's limit of open files, it may pass."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with closing(SqlStorage(f"sqlite:///{tmp_path}/shop.db")) as storage:
        storage.bind(REGISTRY)
        storage.close()
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
        try:
            with pytest.raises(StorageUnreachable), storage.transaction(read_only=True):
                pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with storage.transaction() as tx:
            tx.add(Counter("a"))


HOSTS = ["x" * 70, "a..b", "no host", "\N{LATIN SMALL LETTER SHARP S}" * 70]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("engine", ["postgresql", "mariadb", "cluster"])
def test_a_name_that_no_host_can_have(engine: str, host: str) -> None:
    """A name of the wrong form is wrong for good."""
    if engine == "cluster":
        if " " in host:
            pytest.skip("refused with the address")
        assert_permanent(f"mariadb://anna@{host},{host}2/shop")
    else:
        assert_permanent(f"{engine}://anna@{host}/shop")


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_a_name_that_nobody_has(engine: str) -> None:
    """The resolver says which of the two it is: nobody has this name, or it could not be found out."""
    url = f"{engine}://anna@no-such-host.invalid/shop"
    with pytest.raises(socket.gaierror) as caught:
        socket.getaddrinfo("no-such-host.invalid", 1)
    if caught.value.errno == socket.EAI_NONAME:
        assert_permanent(url)
    else:
        assert_passing(url)


def shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_what_a_server_does_not_know(engine: str) -> None:
    """A database, a user and a password that the server does not know stay unknown."""
    url = server(engine)
    assert_permanent(shown(url.set(database="loyaltycore_nowhere")), "loyaltycore_nowhere")
    assert_permanent(shown(url.set(username="loyaltycore_nobody", password="wrong")), "loyaltycore_nobody")


def test_what_answers_is_another_server() -> None:
    """At the port speaks something else; a server that waits to be spoken to, as PostgreSQL does, only seems silent."""
    there = server("mariadb")
    assert_permanent(f"postgresql://anna@{there.host}:{there.port}/shop")


POSTGRESQL_OPTIONS = [
    {"sslmode": "require"},
    {"sslmode": "verify-full", "sslrootcert": "/no/such/file"},
    {"sslmode": "none at all"},
    {"options": "-cno_such_setting=1"},
    {"no_such_option": "1"},
]


@pytest.mark.parametrize("options", POSTGRESQL_OPTIONS, ids=str)
def test_what_postgresql_cannot_give(options: dict[str, str]) -> None:
    """An option that the server or the driver refuses is refused again."""
    assert_permanent(shown(server("postgresql").update_query_dict(options)))


TURNED_AWAY = [
    ("postgresql", ["CREATE ROLE {name} NOLOGIN"], ""),
    (
        "postgresql",
        [
            "CREATE ROLE {name} LOGIN",
            "CREATE DATABASE {name}",
            "REVOKE CONNECT ON DATABASE {name} FROM PUBLIC",
        ],
        "own",
    ),
    ("postgresql", ["CREATE ROLE {name} LOGIN", "CREATE DATABASE {name} ALLOW_CONNECTIONS false"], "own"),
    ("mariadb", ["CREATE USER {account} IDENTIFIED BY 'secret' ACCOUNT LOCK"], ""),
    ("mariadb", ["CREATE USER {account} IDENTIFIED BY 'secret' PASSWORD EXPIRE"], ""),
    ("mariadb", ["CREATE USER {account} IDENTIFIED BY 'another'"], ""),
    ("mariadb", ["CREATE USER {account} IDENTIFIED BY 'secret'"], ""),
    ("mariadb", ["CREATE USER {account} IDENTIFIED BY 'secret' REQUIRE X509"], ""),
]
PUT_OFF = [
    ("postgresql", ["CREATE ROLE {name} LOGIN CONNECTION LIMIT 0"]),
    ("postgresql", ["CREATE ROLE {name} LOGIN", "CREATE DATABASE {name} CONNECTION LIMIT 0"]),
    (
        "mariadb",
        [
            "CREATE USER {account} IDENTIFIED BY 'secret' WITH MAX_CONNECTIONS_PER_HOUR 1",
            "GRANT ALL ON *.* TO {account}",
        ],
    ),
]


@pytest.mark.parametrize(("engine", "rights", "database"), TURNED_AWAY, ids=lambda value: str(value)[:60])
def test_a_user_whom_the_server_turns_away(engine: str, rights: list[str], database: str) -> None:
    """Who may not come in now may not come in later, until an administrator changes it."""
    with somebody(engine, *rights) as url:
        assert_permanent(shown(url.set(database=url.username) if database else url))


@pytest.mark.parametrize(("engine", "rights"), PUT_OFF, ids=lambda value: str(value)[:60])
def test_a_user_whom_the_server_puts_off(engine: str, rights: list[str]) -> None:
    """Where too many are in already, there may be a place later."""
    with somebody(engine, *rights) as url:
        own = engine == "postgresql" and "DATABASE" in rights[-1]
        address = shown(url.set(database=url.username) if own else url)
        if engine == "mariadb":
            create_engine(address, poolclass=NullPool).connect().close()
        assert_passing(address)


@pytest.mark.parametrize(
    "place", ["postgresql://127.0.0.1:1/x", "mariadb://127.0.0.1:1/x", "postgresql:///x?host=/no"]
)
def test_a_server_that_is_not_up(place: str) -> None:
    """A port at which nobody listens, and a socket that is not there, may come to life."""
    assert_passing(place)
