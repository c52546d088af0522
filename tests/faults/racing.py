"""Rivals in threads and in processes of their own, all at once."""

from __future__ import annotations

import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from loyaltycore.errors import Conflict, StorageBusy
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
    while True:
        try:
            return work()
        except (Conflict, StorageBusy):
            continue


def gate(folder: Path, number: int) -> None:
    """Say that this rival is ready, and wait until all of them may go."""
    (folder / f"ready-{number}").touch()
    while not (folder / "go").exists():
        time.sleep(0.001)


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
    while len(list(folder.glob("ready-*"))) < PROCESSES:
        time.sleep(0.001)

    def begin(number: int) -> R:
        gate(folder, number)
        return thread(number)

    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(begin, number) for number in range(THREADS)]
        while len(list(folder.glob("ready-*"))) < THREADS + PROCESSES:
            time.sleep(0.001)
        (folder / "go").touch()
        done = [future.result() for future in running]
    return done, [child.result() for child in children]
