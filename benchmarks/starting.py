"""Importing the library, beside importing what it is built on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from benchmarks.timing import Result, at_most, children, duel

PEERS = "import attrs, cattrs, dateutil.relativedelta"
OURS = {
    "import loyaltycore": 2.0,
    "from loyaltycore import Loyalty": 2.0,
}
OPENING = """
from loyaltycore import Loyalty
from loyaltycore.memory import MemoryStorage
desk = Loyalty(MemoryStorage()).session("anna")
desk.customers, desk.cards
"""
HEAVY = (
    "sqlalchemy",
    "alembic",
    "requests",
    "urllib3",
    "jinja2",
    "holidays",
    "phonenumbers",
    "email_validator",
)
ROUNDS = 25

Start = Callable[[str], None]


def run() -> Iterator[Result]:
    """Whole interpreters, started in turns; what an empty one takes is taken off."""
    with tempfile.TemporaryDirectory() as cache:
        start = _starter(cache)
        empty = min(_duel(lambda: start("pass"), lambda: start("pass")))
        for code, limit in OURS.items():
            ours, peers = _duel(lambda code=code: start(code), lambda: start(PEERS))
            yield at_most(f"`{code}`, beside attrs, cattrs and dateutil", ours - empty, peers - empty, limit)
        ours, peers = _duel(lambda: start(OPENING), lambda: start(PEERS))
        yield at_most("the same until customers and cards are open, in memory", ours - empty, peers - empty)
    yield _nothing_heavy()


def _duel(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    return duel(ours, peer, ROUNDS, clock=children)


def _starter(cache: str) -> Start:
    """Starts interpreters that find everything compiled, as an installed library is, also where none may be written."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache

    def start(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)

    return start


def _nothing_heavy() -> Result:
    """What is loaded once every public name and both capabilities are."""
    code = f"from loyaltycore import *\n{OPENING}\nimport sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    found = [name for name in HEAVY if name in loaded]
    return Result(
        "database, HTTP, template and metadata libraries loaded by all that",
        str(len(found)),
        "-",
        ", ".join(found) or "none",
        "none",
        not found,
    )
