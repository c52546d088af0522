"""Nothing that a test waits for can hold up the run for ever."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from tests.bounded import join, line_with, running, start
from tests.test_house import _modules, _name

DEAF: Final = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"


def test_a_process_is_ended_politely() -> None:
    """At the end of the block it is asked to end, whatever the block does."""
    with (
        pytest.raises(ZeroDivisionError),
        running([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
    ):
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGTERM


def test_a_process_that_does_not_end_is_killed() -> None:
    """It is gone then, and the test has failed."""
    command = [sys.executable, "-c", DEAF]
    with (
        pytest.raises(AssertionError, match=r"did not end within 0\.2 s"),
        running(command, patience=0.2, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert line_with("", process.stdout) == "up\n"
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("code", "said"), [("print(1); print(2)", "1\n2"), ("", "without a word"), (DEAF, "still")]
)
def test_words_that_never_come(code: str, said: str) -> None:
    """Who ends without saying them, or says nothing more, is not waited for."""
    with (
        pytest.raises(AssertionError, match=said),
        running([sys.executable, "-c", code], patience=0.2, stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            line_with("ready", process.stdout, 10 if code != DEAF else 1)
        finally:
            process.kill()


def test_a_thread_that_does_not_end() -> None:
    """It is given up."""
    over = Event()
    thread = start(over.wait, 20)
    begun = time.monotonic()
    with pytest.raises(AssertionError, match="still at work"):
        join(thread, patience=0.1)
    assert time.monotonic() - begun < 10
    over.set()
    join(thread)


UNBOUNDED: Final = {"join", "wait", "communicate"}
"""Methods that wait as long as it takes, unless they are told how long."""


def _unbounded(tree: ast.Module) -> Iterator[int]:
    """The lines where something is waited for without an end."""
    awaited = {node.value for node in ast.walk(tree) if isinstance(node, ast.Await)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in awaited:
            continue
        name = ast.unparse(node.func)
        told = [*node.args, *node.keywords]
        if name == "subprocess.run":
            told = [keyword for keyword in node.keywords if keyword.arg == "timeout"]
        elif name.rpartition(".")[2] not in UNBOUNDED or "." not in name:
            continue
        if not told:
            yield node.lineno


def test_every_wait_has_an_end() -> None:
    """Processes, threads, events and barriers are waited for with a bound, or by the helpers that have one."""
    found = [
        f"{_name(path)}:{line}"
        for path in _modules("tests", "examples")
        for line in _unbounded(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []
    code = (
        "thread.join()\nsubprocess.run(x)\nbarrier.wait()\n', '.join(x)\nwait()\nsubprocess.run(x, timeout=1)"
    )
    assert list(_unbounded(ast.parse(code))) == [1, 2, 3]


def test_processes_are_started_by_who_ends_them() -> None:
    """`Popen` as a context manager waits without an end, so few modules use it, and those end what they start."""
    users = {
        _name(path)
        for path in _modules("tests", "examples")
        if "Popen(" in path.read_text("utf-8") and path != Path(__file__)
    }
    assert users == {
        "examples/order_cards/servers.py",
        "tests/adapters/email/servers.py",
        "tests/bounded.py",
        "tests/cluster/hiring.py",
        "tests/embedding/test_celery.py",
        "tests/faults/prefork.py",
        "tests/odd_mariadb.py",
        "tests/testing/test_conformance_redis.py",
    }
