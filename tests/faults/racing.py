"""Rivals in threads and in processes of their own, all at once."""

from __future__ import annotations

import os
import random
import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from loyaltycore.errors import Conflict, StorageBusy
from tests.faults.effort import patience, wait_for
from tests.faults.prefork import Prefork

R = TypeVar("R")

THREADS = 8
PROCESSES = 2


def tell(line: str) -> None:
    """Say a figure or a seed: shown with ``-s`` or ``-rP``, and beside every failure."""
    sys.stdout.write(f"{line}\n")


def seeded() -> random.Random:
    """Chance from a fresh seed, which is said aloud; ``LOYALTYCORE_FAULTS_SEED`` names one instead."""
    seed = int(os.environ.get("LOYALTYCORE_FAULTS_SEED", secrets.randbelow(2**32)))
    tell(f"seed {seed}")
    return random.Random(seed)  # noqa: S311  repeatable on purpose


def until_done(work: Callable[[], R]) -> R:
    """Run a whole block again as long as it loses a race, as a caller of `desk.transaction()` has to."""
    for _ in patience("a block that is run again"):
        try:
            return work()
        except (Conflict, StorageBusy):
            continue
    raise AssertionError("unreachable")


def gate(folder: Path, number: int) -> None:
    """Say that this rival is ready, and wait until all of them may go."""
    (folder / f"ready-{number}").touch()
    wait_for((folder / "go").exists, "the start", pause=0.001)


def race(
    prefork: Prefork, folder: Path, thread: Callable[[int], R], process: tuple[Any, ...]
) -> tuple[list[R], list[Any]]:
    """Let `THREADS` threads and `PROCESSES` processes start together; answers what each of them returned.

    Args:
        prefork: Forks the processes.

        folder: An empty folder by which they find together.

        thread: What a thread does, given its number, from 0.

        process: The function of a child and its first arguments; after them come the folder and the process's number,
            counted on from the threads'.
    """
    numbers = range(THREADS, THREADS + PROCESSES)
    children = [prefork.start(*process, str(folder), number) for number in numbers]
    _await_ready(folder, PROCESSES)

    def begin(number: int) -> R:
        gate(folder, number)
        return thread(number)

    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(begin, number) for number in range(THREADS)]
        _await_ready(folder, THREADS + PROCESSES)
        (folder / "go").touch()
        done = [future.result() for future in running]
    return done, [child.result() for child in children]


def _await_ready(folder: Path, count: int) -> None:
    wait_for(lambda: len(list(folder.glob("ready-*"))) >= count, f"{count} rivals", pause=0.001)
