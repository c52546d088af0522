"""The tasks of "Embed it" in a real worker of Celery whose processes are forked, on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage
from tests.cli.shop import wait_for
from tests.docs.pages import ROOT, blocks
from tests.engines import fresh_database
from tests.webhooks.hosts import write_blocks

pytestmark = pytest.mark.skipif(
    find_spec("celery") is None and not os.environ.get("CI"), reason="celery is not installed"
)

PAGE: Final = ROOT / "docs" / "how-to" / "embed-it.md"
BLOCKS: Final = list(blocks(PAGE))
COMMAND: Final = "celery --app tasks worker --concurrency 4"
BROKER: Final = 'broker="redis://localhost/0"'
FILES: Final = 'broker="filesystem://"'
SETUP: Final = """\

for each in ("queue", "done", "control"):
    os.makedirs(each, exist_ok=True)
app.conf.broker_transport_options = {
    "data_folder_in": "queue",
    "data_folder_out": "queue",
    "processed_folder": "done",
    "control_folder": "control",
}
loyalty.session("parent").customers.count()


def die_once(when):
    def die(args=(), **_):
        if list(args) == [f"Killed {when}"]:
            try:
                os.mkdir(f"killed {when}")
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)

    return die


signals.task_prerun.connect(die_once("before"), weak=False)
signals.task_postrun.connect(die_once("after"), weak=False)
"""
"""A broker that needs no server, a connection that the parent has used before its processes are forked, and two tasks
whose process is killed at their first try: before they begin, and after they have committed. Processes that are killed
elsewhere may take a lock of Celery's own queue with them."""
SEND: Final = """\
import json
import sys

from tasks import deliver, sign_up

for task_id, name in json.load(sys.stdin):
    sign_up.apply_async([name], task_id=task_id)
deliver.delay()
"""
CROWD: Final = 40
KILLED: Final = ("before", "after")


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database."""
    with fresh_database("postgresql") as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page, with a broker in the same folder."""
    write_blocks(BLOCKS, tmp_path)
    tasks = tmp_path / "tasks.py"
    code = tasks.read_text("utf-8")
    assert BROKER in code
    tasks.write_text(
        f"import os\nimport signal\n\nfrom celery import signals\n\n{code.replace(BROKER, FILES)}{SETUP}",
        "utf-8",
    )
    monkeypatch.setenv("SHOP_DATABASE", database)
    return tmp_path


@contextmanager
def working(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, as the page starts it."""
    log = folder / "worker.log"
    command = [sys.executable, "-m", *COMMAND.split(), "--loglevel", "INFO", "--without-gossip"]
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(command, cwd=folder, stdout=said, stderr=said) as process,
    ):
        try:
            wait_for(lambda: " ready." in log.read_text("utf-8"))
            yield process
        finally:
            end(process)


def end(worker: subprocess.Popen[bytes]) -> None:
    """End a worker with the processes that it has forked, and say if it has to be killed."""
    worker.terminate()
    try:
        worker.wait(60)
    finally:
        if worker.poll() is None:
            for each in (*children(worker.pid), worker.pid):
                os.kill(each, signal.SIGKILL)


def send(folder: Path, tasks: list[tuple[str, str]]) -> None:
    """Hand tasks over to the broker, each under its id."""
    subprocess.run(
        [sys.executable, "-c", SEND], cwd=folder, input=json.dumps(tasks).encode(), check=True, timeout=60
    )


def children(pid: int) -> list[int]:
    """The processes that a process has forked."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def test_the_command_stands_on_the_page() -> None:
    """What is run here is what people read there."""
    assert any(COMMAND in block.code.splitlines() for block in BLOCKS if block.info == "sh")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc to look for children in")
def test_tasks_in_forked_processes_are_done_once(folder: Path, database: str) -> None:
    """Tasks that come twice, and tasks whose process is killed in the middle, are done, and done once."""
    names = [*(f"Guest {number}" for number in range(CROWD)), *(f"Killed {when}" for when in KILLED)]
    sent = [(str(uuid4()), name) for name in names]
    log = folder / "worker.log"
    with Loyalty(SqlStorage(database)) as loyalty, working(folder) as worker:
        customers = loyalty.session("test").customers
        assert len(children(worker.pid)) >= 4
        send(folder, sent + sent)
        wait_for(lambda: not list((folder / "queue").glob("*.msg")))
        wait_for(lambda: log.read_text("utf-8").count(" succeeded in ") >= 2 * len(sent) + 1)
        found = Counter(customer.last_name for customer in customers.each())
    assert log.read_text("utf-8").count("exited with 'signal 9 (SIGKILL)'") == len(KILLED)
    assert found == Counter(names)
    assert "] raised unexpected" not in log.read_text("utf-8")
