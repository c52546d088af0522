"""Importing the library: beside importing what it is built on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.timing import Result, at_most, duel

PEERS = "import attrs, cattrs, dateutil.relativedelta"
HEAVY = (
    "sqlalchemy",
    "alembic",
    "requests",
    "urllib3",
    "jinja2",
    "holidays",
    "reportlab",
    "phonenumbers",
    "email_validator",
)


def run() -> Iterator[Result]:
    """Whole interpreters, started in turns."""
    ours, peers = duel(lambda: _start("import loyaltycore"), lambda: _start(PEERS), 15)
    bare, again = duel(lambda: _start("pass"), lambda: _start("pass"), 15)
    empty = min(bare, again)
    yield at_most("import loyaltycore, beside attrs, cattrs and dateutil", ours - empty, peers - empty, 2)
    loaded = subprocess.run(
        [sys.executable, "-c", "import loyaltycore, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    found = [name for name in HEAVY if name in loaded]
    yield Result(
        "optional libraries loaded by the import",
        str(len(found)),
        "-",
        ", ".join(found) or "none",
        "none",
        not found,
    )


def _start(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
