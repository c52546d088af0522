"""How many wrong adapters the kit catches by tests that were not written for them.

`python -m tests.testing.unseen storage mailer` leaves, for each liar, the tests out that are there for it (`expected`), and
runs the others until one fails. That is nearer to what the kit does with an adapter that nobody has thought of than the
plain count, in which every liar is caught.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any, Final

from hypothesis import Phase, settings

from loyaltycore.testing.suite import judge, listed_tests
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.liar import Liar
from tests.testing.test_liars import COURTS, Court

EXAMPLES: Final = 30
"""Of each property: fewer than the kit tries by default."""


class Trier:
    """Tries the liars of one port with tests of others."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._kept: dict[str, tuple[str, ...]] = {}

    def caught_by(self, liar: Liar[object]) -> str:
        """The first test that fails and is not there for this liar, or nothing."""
        own = set(self._court.expected[liar.name].split())
        trial = self._court.trial(liar.make)
        for name in self._fitting(liar):
            if name not in own and judge(trial, [name])[0].outcome == "broken":
                return name
        return ""

    def _fitting(self, liar: Liar[object]) -> tuple[str, ...]:
        """The tests that the honest twin of a liar passes, quick ones first: some liars are in memory, and have no files."""
        made = type(liar.make())
        honest = self._court.honest
        if isinstance(honest, type) and not issubclass(made, honest):
            honest = next((base for base in (HonestStorage, HonestPrinter) if issubclass(made, base)), honest)
        name = getattr(honest, "__name__", "")
        if name not in self._kept:
            self._kept[name] = tuple(self._quick_first(self._court.trial(honest)))
        return self._kept[name]

    @staticmethod
    def _quick_first(trial: Any) -> Iterable[str]:
        taken = {}
        for listed in listed_tests(trial):
            began = time.monotonic()
            if judge(trial, [listed.name])[0].outcome == "kept":
                taken[listed.name] = time.monotonic() - began
        return sorted(taken, key=taken.__getitem__)


def tried(port: str, first: int = 0, step: int = 1) -> Iterator[tuple[str, str]]:
    """Each liar of a port, or some of them, and the test of another that catches it, or nothing."""
    trier = Trier(COURTS[port])
    for liar in COURTS[port].liars[first::step]:
        yield liar.name, trier.caught_by(liar)


def main(ports: Iterable[str], first: int, step: int) -> None:
    """Print a line for each liar, and the table for the page at the end."""
    settings.register_profile(
        "unseen",
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
    )
    settings.load_profile("unseen")
    rows = []
    for port in ports:
        found = []
        for name, test in tried(port, first, step):
            found.append((name, test))
            _say(f"{port}: {name}: {test or 'nobody'}")
        caught = sum(1 for _, test in found if test)
        rows.append(f"| {port} | {len(found)} | {caught} | {100 * caught // len(found)} % |")
    for line in ("| Port | Liars | Caught by tests of others | |", "|---|---|---|---|", *rows):
        _say(line)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("ports", nargs="*", help="by default all")
    parser.add_argument("--first", type=int, default=0, help="the place of the first liar that is tried")
    parser.add_argument(
        "--step", type=int, default=1, help="how many places lie between those that are tried"
    )
    given = parser.parse_args()
    main(given.ports or COURTS, given.first, given.step)
