"""A storage in a copy of its process: it uses nothing of the original, whose work goes on undisturbed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.request import urlopen

import pytest

from loyaltycore import Desk, Loyalty, NotFound, StorageError, StorageUnreachable
from loyaltycore.testing.processes import Say, forked
from loyaltycore_sql import SqlStorage
from tests.bounded import PATIENCE, join, running, start
from tests.engines import ENGINES, fresh_database

CHILDREN = 3
CUSTOMERS = 20
READS = 50


@pytest.fixture(autouse=True)
def _nothing_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child may throw away what it has inherited of the application."""
    monkeypatch.setattr(gc, "freeze", lambda: None)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with tables."""
    with fresh_database(request.param) as address:
        yield address


@pytest.fixture
def loyalty(url: str) -> Iterator[Loyalty]:
    """A house that was built before anything is forked."""
    storage = SqlStorage(url, timeout=5)
    yield Loyalty(storage)
    storage.close()


def customers_of(desk: Desk) -> dict[str, str]:
    """New customers: the last name of each id."""
    made = [desk.customers.create(last_name=f"Name {number}") for number in range(CUSTOMERS)]
    return {each.id: each.last_name for each in made}


def read(desk: Desk, names: dict[str, str]) -> None:
    """Read customers at random, each of which must be the one that was asked for."""
    chance = random.Random(os.getpid())  # noqa: S311  no secret
    for key in chance.choices(list(names), k=READS):
        found = desk.customers.get(key)
        assert (found.id, found.last_name) == (key, names[key])


def trade(loyalty: Loyalty, names: dict[str, str]) -> str:
    """Write and read as a worker does; answers the id of the new customer."""
    desk = loyalty.session(f"process {os.getpid()}")
    fresh = desk.customers.create(last_name="Born in a child").id
    read(desk, {**names, fresh: "Born in a child"})
    return fresh


@contextmanager
def children(work: Callable[[], str]) -> Iterator[list[str]]:
    """Let copies of this process work during the block; afterwards, what each of them answered."""

    def report(say: Say) -> None:
        say(work())
        # What the child has inherited and no longer needs is thrown away as it would be in a long life.
        gc.collect()

    answers: list[str] = []
    with ExitStack() as stack:
        started = [stack.enter_context(forked(report)) for _ in range(CHILDREN)]
        yield answers
        for child in started:
            answers += child.lines()


def test_a_house_that_was_only_built_works_in_children(loyalty: Loyalty) -> None:
    """Each child of a process that built a house writes and reads, and so does the process."""
    with children(lambda: trade(loyalty, {})) as answers:
        mine = trade(loyalty, {})
    assert len({mine, *answers}) == CHILDREN + 1
    assert sum(1 for _ in loyalty.session("anna").customers.find().items) == CHILDREN + 1


def test_a_house_that_was_used_answers_nobody_else(loyalty: Loyalty) -> None:
    """Processes that share the past of a house read at the same time, and each reads what it asked for."""
    names = customers_of(loyalty.session("anna"))
    with children(lambda: trade(loyalty, names)) as answers:
        trade(loyalty, names)
    assert len(set(answers)) == CHILDREN
    read(loyalty.session("anna"), names)


def test_a_child_of_a_child_starts_afresh_again(loyalty: Loyalty) -> None:
    """A child that has worked may fork, too."""
    names = customers_of(loyalty.session("anna"))

    def work() -> str:
        trade(loyalty, names)
        with children(lambda: trade(loyalty, names)) as answers:
            trade(loyalty, names)
        return str(len(answers))

    with children(work) as answers:
        pass
    assert answers == [str(CHILDREN)] * CHILDREN


def test_a_child_does_not_join_the_block_it_was_forked_in(loyalty: Loyalty, url: str) -> None:
    """A block belongs to the process that opened it: a child neither joins, commits nor rolls it back."""
    desk = loyalty.session("anna")
    before = desk.customers.create(last_name="Before").id

    def work(say: Say) -> None:
        if url.startswith("sqlite"):
            # Its locks do not survive a fork: nothing is safer than to say so.
            with pytest.raises(StorageError, match="was forked during a transaction"):
                desk.customers.get(before)
        else:
            assert desk.customers.get(before).last_name == "Before"
            with pytest.raises(NotFound):
                desk.customers.get(kept)
        with pytest.raises(StorageError, match="another process"):
            block.__exit__(None, None, None)
        gc.collect()
        say("done")

    block = desk.transaction()
    block.__enter__()
    kept = desk.customers.create(last_name="Of the block").id
    with forked(work) as child:
        assert child.lines() == ["done"]
    block.__exit__(None, None, None)
    assert desk.customers.get(kept).last_name == "Of the block"


def test_a_process_may_fork_while_its_threads_work(loyalty: Loyalty) -> None:
    """Whatever other threads hold at the moment of a fork, the child works, and so do the threads."""
    names = customers_of(loyalty.session("anna"))
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                trade(loyalty, names)
        except BaseException as error:  # noqa: BLE001  the test looks at it
            failures.append(error)

    threads = [start(work) for _ in range(3)]
    try:
        for _ in range(3):
            with children(lambda: trade(loyalty, names)) as answers:
                pass
            assert len(set(answers)) == CHILDREN
    finally:
        stop.set()
        join(*threads)
    assert failures == []


@pytest.mark.parametrize("driver", ["pymysql", "psycopg"])
def test_a_fork_waits_for_who_connects(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that connects may hold a lock of the library that encrypts, which nobody would free in a child."""
    at_it, may_go = threading.Event(), threading.Event()

    def connect(*_: object, **__: object) -> NoReturn:
        at_it.set()
        may_go.wait(5)
        raise ConnectionRefusedError

    if driver == "pymysql":
        monkeypatch.setattr("pymysql.connect", connect)
        storage = SqlStorage("mariadb://shop@127.0.0.1/shop", timeout=1)
    else:
        monkeypatch.setattr("loyaltycore_sql.bounds.BoundedConnection.connect", connect)
        storage = SqlStorage("postgresql://shop@127.0.0.1/shop", timeout=1)

    def work() -> None:
        with pytest.raises(StorageUnreachable):
            Loyalty(storage)

    connecting = start(work)
    assert at_it.wait(5)
    threading.Timer(0.2, may_go.set).start()
    with forked(lambda say: say(str(may_go.is_set()))) as child:
        assert child.lines() == ["True"]
    join(connecting)


def test_sqlite_keeps_what_a_child_wrote_after_its_parent_ended(tmp_path: object) -> None:
    """A parent that closes its connections does not take away the log in which its child writes."""
    url = f"sqlite:///{tmp_path}/shop.db"
    storage = SqlStorage(url)
    loyalty = Loyalty(storage)
    loyalty.session("anna").customers.create(last_name="Before")
    closed, may_go = os.pipe()

    def work(say: Say) -> None:
        desk = loyalty.session("child")
        desk.customers.create(last_name="First")
        say("ready")
        os.read(closed, 1)
        say(desk.customers.create(last_name="Second").id)

    with forked(work) as child:
        assert child.line() == "ready"
        loyalty.session("anna").customers.create(last_name="Meanwhile")
        storage.close()
        os.write(may_go, b".")
        (key,) = child.lines()
    os.close(closed)
    os.close(may_go)
    assert Loyalty(SqlStorage(url)).session("anna").customers.get(key).last_name == "Second"
    with sqlite3.connect(f"{tmp_path}/shop.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_database_in_memory_is_copied() -> None:
    """A child has a database in memory as it was at the fork, and neither process sees what the other writes."""
    loyalty = Loyalty(SqlStorage("sqlite:///:memory:"))
    names = customers_of(loyalty.session("anna"))
    with children(lambda: trade(loyalty, names)) as answers:
        pass
    assert len(set(answers)) == CHILDREN
    assert sum(1 for _ in loyalty.session("anna").customers.find().items) == CUSTOMERS


def _serve(url: str, names: dict[str, str], _number: int) -> str:
    """Work in a pool whose processes import this module afresh, or have it already."""
    return trade(_HOUSES.get(url) or _HOUSES.setdefault(url, Loyalty(SqlStorage(url))), names)


_HOUSES: dict[str, Loyalty] = {}
"""At module level, as an application has it."""


@pytest.mark.parametrize(
    ("method", "tasks"),
    # A process that is spawned imports everything anew.
    [("fork", 10), ("spawn", 4)],
)
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_pools_of_processes_work(loyalty: Loyalty, url: str, method: str, tasks: int) -> None:
    """Pools that are forked early, as Celery does it, and renew their workers serve every task."""
    names = customers_of(loyalty.session("anna"))
    _HOUSES[url] = loyalty
    with multiprocessing.get_context(method).Pool(min(CHILDREN, tasks // 2), maxtasksperchild=2) as pool:
        ids = pool.map_async(partial(_serve, url, names), range(tasks), chunksize=1).get(timeout=100)
        pool.close()
        join(start(pool.join))
    del _HOUSES[url]
    assert len(set(ids)) == tasks
    read(loyalty.session("anna"), dict.fromkeys(ids, "Born in a child"))


APPLICATION = """
from urllib.parse import parse_qs

from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage

loyalty = Loyalty(SqlStorage({url!r}, timeout=5))
USED = list(loyalty.session("start").customers.find().items) if {use} else []


def app(environ, start_response):
    asked = parse_qs(environ["QUERY_STRING"])["id"][0]
    desk = loyalty.session("web")
    desk.customers.create(last_name="Asked")
    found = desk.customers.get(asked)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{{found.id}} {{found.last_name}}".encode()]
"""


@contextmanager
def gunicorn(folder: Path) -> Iterator[str]:
    """Serve the application as its users do, loaded before the workers are forked; answers the address."""
    log = folder / "log"
    command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "3", "--threads", "2", "shop:app"]
    with (
        log.open("wb") as written,
        running(
            [*command, "--bind=127.0.0.1:0"], cwd=folder, stdout=written, stderr=subprocess.STDOUT
        ) as server,
    ):
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"Listening at: (\S+)", log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield found[1]
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.mark.parametrize("use", [False, True], ids=["built", "used"])
def test_preloaded_workers_answer_every_request(
    loyalty: Loyalty, url: str, tmp_path: Path, *, use: bool
) -> None:
    """Under `gunicorn --preload`, every request gets the customer that it asks for, from every worker."""
    names = customers_of(loyalty.session("anna"))
    (tmp_path / "shop.py").write_text(APPLICATION.format(url=url, use=use))
    with gunicorn(tmp_path) as address, ThreadPoolExecutor(6) as pool:

        def ask(key: str) -> str:
            with urlopen(f"{address}/?id={key}", timeout=60) as answer:  # noqa: S310  a server of the test
                return str(answer.read().decode())

        asked = list(names) * 3
        answers = list(pool.map(ask, asked))
    assert answers == [f"{key} {names[key]}" for key in asked]
