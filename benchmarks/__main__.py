"""Run the benchmarks and write their table: ``python -m benchmarks [part ...]``."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import calendars, imports, outbox, search, storage
from benchmarks.timing import Result

PARTS: dict[str, Callable[[], Iterator[Result]]] = {
    "calendar": calendars.run,
    "import": imports.run,
    "storage": storage.run,
    "outbox": outbox.run,
    "search": search.run,
}
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "benchmarks.md"
HEAD = """# Benchmarks

Made by `python -m benchmarks` on {day} with Python {python} on {cores}. Every figure stands beside a peer or the bare
driver that was measured in the same run, in turns; only the ratios mean something elsewhere.

| what | ours | beside it | ratio | promised | |
|---|---|---|---|---|---|
"""


def main() -> int:
    """Run all parts, or the named ones; only a whole run is written to the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="only these parts")
    chosen = parser.parse_args().part or list(PARTS)
    lines, kept = [], True
    for part in chosen:
        for result in PARTS[part]():
            line = _line(result)
            print(line, flush=True)
            lines.append(line)
            kept = kept and result.kept
    if len(chosen) == len(PARTS):
        PAGE.write_text(_head() + "\n".join(lines) + "\n", "utf-8")
    return 0 if kept else 1


def _head() -> str:
    import os

    cores = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return HEAD.format(day=datetime.now(UTC).date(), python=platform.python_version(), cores=cores)


def _line(result: Result) -> str:
    mark = "kept" if result.kept else "MISSED"
    mark = "" if result.target == "-" else mark
    return f"| {result.subject} | {result.ours} | {result.peer} | {result.ratio} | {result.target} | {mark} |"


if __name__ == "__main__":
    sys.exit(main())
