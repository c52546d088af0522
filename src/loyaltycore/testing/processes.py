"""A second process: a copy of the test's own that reports in lines and may be killed at any moment."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, TypeAlias

import pytest

Say: TypeAlias = Callable[[str], None]
"""Reports one line from a child."""

PATIENCE: Final = 60
"""Seconds after which a process that says nothing is given up."""

_ANEW: Final = "it is a copy of this one, in which a hook must open files and connections of its own"
_CHUNK: Final = 65_536


class Child:
    """A process that was started by `forked`, seen by the one that started it."""

    def __init__(self, pid: int, source: int) -> None:
        self._pid = pid
        self._source = source
        self._waiting = b""
        self._ended = False

    def line(self) -> str | None:
        """The next line that it said; None once it has ended.

        Raises:
            AssertionError: It said nothing for too long, or failed; the message is its traceback.
        """
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self._waiting:
            ready, _, _ = select.select([self._source], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"the other process said nothing for {PATIENCE} seconds: {_ANEW}"
            chunk = os.read(self._source, _CHUNK)
            if not chunk:
                # What is left was cut off when it died.
                return None
            self._waiting += chunk
        first, _, self._waiting = self._waiting.partition(b"\n")
        said, failure = json.loads(first)
        assert not failure, f"the other process failed:\n{failure}"
        return str(said)

    def lines(self) -> list[str]:
        """All its remaining lines."""
        return list(iter(self.line, None))

    def kill(self) -> None:
        """End it on the spot; if it has ended by itself, nothing happens."""
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._ended = True


@contextmanager
def forked(work: Callable[[Say], None]) -> Iterator[Child]:
    """Do some work in a separate process, and kill it at the end of the block.

    The process is a copy of this one, with everything that the author's hooks use. If the system cannot do that, the
    test is skipped.
    """
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot make a copy of a process")
    source, target = os.pipe()
    with warnings.catch_warnings():
        # Python warns where there are threads: their locks stay locked in the copy. They are none of ours.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(source)
        _live(work, target)
    os.close(target)
    child = Child(pid, source)
    try:
        yield child
    finally:
        child.kill()
        os.close(source)


def _live(work: Callable[[Say], None], target: int) -> NoReturn:
    """Work, report, and leave without running the exit handlers of the test's own process."""
    # What was inherited is the other process's to close.
    gc.freeze()

    def say(text: str, failure: str = "") -> None:
        os.write(target, json.dumps([text, failure]).encode() + b"\n")

    try:
        work(say)
    except BaseException:  # noqa: BLE001  the test's own process raises it
        say("", traceback.format_exc())
    finally:
        os._exit(0)


def die_beyond(size: int) -> None:
    """Have this process killed in the middle of a write, when a file grows beyond that many bytes."""
    import resource  # noqa: PLC0415  where there is no fork there is no such module

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    # One byte: nothing is left behind, not even by a system that hands what is left to a program.
    resource.setrlimit(resource.RLIMIT_CORE, (min(1, most) if most >= 0 else 1, most))
    # Python ignores this signal, so that a write only fails.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
