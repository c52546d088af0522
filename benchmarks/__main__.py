"""Run the benchmarks and write their page: ``python -m benchmarks [part ...]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks import (
    booking,
    calendars,
    codes,
    completeness,
    duplicates,
    imports,
    ledgers,
    liability,
    limits,
    many,
    merging,
    oscar,
    outbox,
    page,
    pricing,
    privacy,
    processes,
    programs,
    search,
    selections,
    starting,
    storage,
)
from benchmarks.timing import Result

PARTS: dict[str, Callable[[], Iterator[Result]]] = {
    "calendar": calendars.run,
    "start": starting.run,
    "storage": storage.run,
    "import": imports.run,
    "outbox": outbox.run,
    "search": search.run,
    "completeness": completeness.run,
    "processes": processes.run,
    "booking": booking.run,
    "selections": selections.run,
    "programs": programs.run,
    "codes": codes.run,
    "ledgers": ledgers.run,
    "liability": liability.run,
    "limits": limits.run,
    "many": many.run,
    "pricing": pricing.run,
    "duplicates": duplicates.run,
    "merging": merging.run,
    "privacy": privacy.run,
    "oscar": oscar.run,
}


def main() -> int:
    """Run all parts, or the named ones, and put their tables on the page; the others stay as they are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="only these parts")
    kept = True
    for part in parser.parse_args().part or list(PARTS):
        lines = []
        for result in PARTS[part]():
            print(page.line(result), flush=True)
            lines.append(page.line(result))
            kept = kept and result.kept
        page.write(part, lines, datetime.now(UTC).date())
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
