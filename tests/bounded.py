"""Waits that have an end: a process or a thread that does not end in time fails the test, and says so."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Barrier, Thread
from typing import IO, Any, Final, TypeVar

R = TypeVar("R")

PATIENCE: Final = 60.0
"""Seconds within which everything that the tests start answers or ends, also on a busy machine."""


@contextmanager
def running(
    command: Sequence[str], *, patience: float = PATIENCE, **options: Any
) -> Iterator[subprocess.Popen[Any]]:
    """Run a process while the block lasts, and end it then."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        end(process, patience)


def end(process: subprocess.Popen[Any], patience: float = PATIENCE) -> int:
    """Ask a process to end, wait for that, and close its pipes; answers its exit code.

    Raises:
        AssertionError: It did not end, and was killed.
    """
    process.terminate()  # nothing happens if it has ended by itself
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.wait(patience)
        raise AssertionError(
            f"killed, because it did not end within {patience:g} s: {process.args}"
        ) from error
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def line_with(words: str, stream: IO[str] | None, patience: float = PATIENCE) -> str:
    """The next line of a process that has these words.

    Raises:
        AssertionError: It ended without saying them, or says nothing more.
    """
    assert stream is not None
    said: list[str] = []

    def listen() -> None:
        while line := stream.readline():
            said.append(line)
            if words in line:
                return

    join(start(listen), patience=patience)
    assert said, "it ended without a word"
    assert words in said[-1], "".join(said)
    return said[-1]


def start(work: Callable[..., object], *arguments: Any, **keywords: Any) -> Thread:
    """Begin some work in a thread that cannot keep the test run from ending."""
    thread = Thread(target=work, args=arguments, kwargs=keywords, daemon=True)
    thread.start()
    return thread


def join(*threads: Thread, patience: float = PATIENCE) -> None:
    """Wait for the end of threads.

    Raises:
        AssertionError: One of them has not ended.
    """
    for thread in threads:
        thread.join(patience)
        assert not thread.is_alive(), f"still at work after {patience:g} s: {thread.name}"


def at_once(count: int, work: Callable[[int], R], *, patience: float = PATIENCE) -> list[R | Exception]:
    """Run work in several threads that start together; what they return, or the error they end with."""
    barrier = Barrier(count)
    ended: dict[int, R | Exception] = {}

    def begin(number: int) -> None:
        barrier.wait(PATIENCE)
        try:
            ended[number] = work(number)
        except Exception as error:  # noqa: BLE001  the test looks at it
            ended[number] = error

    join(*[start(begin, number) for number in range(count)], patience=patience)
    return [ended[number] for number in range(count)]


def all_at_once(count: int, work: Callable[[int], R], *, patience: float = PATIENCE) -> list[R]:
    """The same where none may fail: the first error is raised."""
    results = []
    for result in at_once(count, work, patience=patience):
        if isinstance(result, Exception):
            raise result
        results.append(result)
    return results
