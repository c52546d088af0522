"""Sorting more lines than memory holds."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from tempfile import TemporaryFile
from typing import Final

LINES_AT_ONCE: Final = 100_000


def in_order(lines: Iterable[str], at_once: int = LINES_AT_ONCE) -> Iterator[str]:
    """Lines by code point, those that are the same once: portions are sorted in memory and merged from temporary files.

    Args:
        lines: Without line breaks.
        at_once: How many are in memory.
    """
    left = iter(lines)
    portion = sorted(islice(left, at_once))
    with ExitStack() as files:
        runs: list[Iterable[str]] = []
        while portion:
            if not runs and len(portion) < at_once:
                runs.append([f"{line}\n" for line in portion])
                break
            run = files.enter_context(TemporaryFile("w+", encoding="utf-8", newline="\n"))
            run.writelines(f"{line}\n" for line in portion)
            run.seek(0)
            runs.append(run)
            portion = sorted(islice(left, at_once))
        before = None
        for line in heapq.merge(*runs):
            if line != before:
                yield line[:-1]
            before = line
