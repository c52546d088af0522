"""Two who write at the same moment, in the orders that make a difference, and what is left of either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final, Protocol

from attrs import frozen

from loyaltycore.errors import Conflict, LoyaltyError, NotFound, Refused
from loyaltycore.ports.storage import Storage
from loyaltycore_sql import SqlStorage
from tests.bounded import PATIENCE, join, start
from tests.engines import bare_database
from tests.faults.optimistic import OptimisticStorage
from tests.faults.perils import AFTER, BEFORE, Peril, PerilousStorage
from tests.faults.scene import Facts, add_double, build_scene
from tests.faults.snapshots import Snapshots
from tests.faults.verbs.verb import SECOND, THIRD, Act, open_verb

DONE: Final = "done"

_READING: Final = frozenset({"get", "find", "count", "end", "commit"})
_ID: Final = re.compile(r"id-\d{8}")
_WHILE: Final = 0.1
"""Seconds for which one lets the other work, who may have to wait for the first."""


class Ring(Protocol):
    """Where they meet."""

    storage: Storage
    facts: Facts
    patience: float
    """Seconds for which one lets the other work, who may have to wait for the first."""

    def moment(self) -> Any:
        """What is stored."""

    def restore(self, moment: Any) -> None:
        """Put a former moment back."""

    def compared(self, without: tuple[str, ...]) -> Any:
        """What is stored, in a form to compare: ids as their rank, since a try may use some up."""


class MemoryRing:
    """Lets everybody in at any point."""

    patience = PATIENCE

    def __init__(self) -> None:
        self.storage = OptimisticStorage()
        facts = build_scene(self.storage)
        self.facts = {**facts, "erica": add_double(self.storage, facts)}

    def moment(self) -> Any:
        """What is stored."""
        return self.storage.rows

    def restore(self, moment: Any) -> None:
        """Put a former moment back."""
        self.storage.rows = moment

    def compared(self, without: tuple[str, ...]) -> Any:
        """What is stored, but what only counts who was there."""
        texts = {
            table: [
                json.dumps({name: row[name] for name in row if name not in without}, sort_keys=True)
                for row in rows.values()
            ]
            for table, rows in self.storage.rows.items()
            if table != "presences"
        }
        found = sorted({each for rows in texts.values() for row in rows for each in _ID.findall(row)})
        ranks = {each: f"#{rank}" for rank, each in enumerate(found)}
        return {
            table: sorted(_ID.sub(lambda match: ranks[match[0]], row) for row in rows)
            for table, rows in texts.items()
            if rows
        }


class SqlRing:
    """Lets in whomever the engine lets in."""

    patience = _WHILE

    def __init__(self, url: str, storage: SqlStorage) -> None:
        self.storage = storage
        facts = build_scene(storage)
        self.facts = {**facts, "erica": add_double(storage, facts)}
        self.snapshots = Snapshots(url)

    def moment(self) -> Any:
        """What is stored."""
        return self.snapshots.take()

    def restore(self, moment: Any) -> None:
        """Put a former moment back."""
        self.snapshots.restore(moment)

    def compared(self, without: tuple[str, ...]) -> Any:
        """What is stored."""
        return self.snapshots.compared(self.snapshots.take(), without=without)


@contextmanager
def open_ring(kind: str) -> Iterator[Ring]:
    """A ring in memory, or on an engine."""
    if kind == "memory":
        yield MemoryRing()
        return
    with bare_database(kind) as url:
        storage = SqlStorage(url, migrate=True)
        ring = SqlRing(url, storage)
        try:
            yield ring
        finally:
            ring.snapshots.close()
            storage.close()


@frozen
class Outcome:
    """What became of the two, and what is stored."""

    first: str
    """``done``, or why it was refused."""
    second: str
    stored: Any


@frozen
class Duel:
    """Two acts that begin at one moment. Each has ids of its own, whoever comes first."""

    ring: Ring
    begin: Any
    """The moment."""
    first: Act
    second: Act
    without: tuple[str, ...] = ()
    """Columns that are not compared."""

    def calls(self) -> tuple[str, ...]:
        """What the first one calls when it is alone; the storage is as it leaves it."""
        return self._calls(self.first, SECOND)

    def outcomes(self) -> Iterator[tuple[Outcome, tuple[Outcome, ...]]]:
        """What becomes of both, in each way in which they meet, and what may become of them.

        That is what becomes of them if one is over before the other begins; these come, too. At each one the storage is as
        it was left.
        """
        serial: list[Outcome] = []
        for begin, write, commit in _some(tuple(_units(self.calls()))):
            apart: list[Outcome] = []
            for number, side in ((begin, BEFORE), (commit, AFTER)):
                apart.append(self._met(number, side, apart=True))
                yield apart[-1], (apart[-1],)
            serial += apart
            for number in self._points(write, commit):
                yield self._met(number, BEFORE), tuple(apart)
        for _, write, commit in _some(tuple(_units(self._calls(self.second, THIRD)))):
            for number in self._points(write, commit):
                yield self._met(number, BEFORE, swapped=True), tuple(serial)

    def alone(self, *, second: bool = False) -> Any:
        """What is stored if one of them is alone."""
        self._calls(*((self.second, THIRD) if second else (self.first, SECOND)))
        return self.ring.compared(self.without)

    def _points(self, write: int, commit: int) -> tuple[int, ...]:
        # Where a unit sees one moment from its beginning, and waits for nobody, its reads are all the same.
        return (commit,) if isinstance(self.ring, MemoryRing) else (write, commit)

    def _calls(self, act: Act, process: int) -> tuple[str, ...]:
        self.ring.restore(self.begin)
        storage = PerilousStorage(self.ring.storage)
        self._act(act, storage, process)
        return tuple(storage.calls)

    def _met(self, number: int, side: str, *, swapped: bool = False, apart: bool = False) -> Outcome:
        """What becomes of both if the other one comes before or after a call of the one.

        Args:
            apart: Whether nothing is open at that call, so that nobody has to wait.
        """
        self.ring.restore(self.begin)
        one, other = (self.first, SECOND), (self.second, THIRD)
        if swapped:
            one, other = other, one
        said: list[str] = []
        rivals: list[Thread] = []

        def come() -> None:
            rivals.append(
                start(lambda: said.append(self._act(other[0], PerilousStorage(self.ring.storage), other[1])))
            )
            rivals[0].join(PATIENCE if apart else self.ring.patience)

        own = self._act(one[0], PerilousStorage(self.ring.storage), one[1], Peril(number, side, come))
        join(*rivals)
        both = (said[0], own) if swapped else (own, said[0])
        return Outcome(*both, self.ring.compared(self.without))

    def _act(self, act: Act, storage: PerilousStorage, process: int, peril: Peril | None = None) -> str:
        run = open_verb(storage, self.ring.facts, process)
        storage.arm(peril)
        try:
            act(run)
        except LoyaltyError as error:
            return _refusal(error)
        return DONE


def _refusal(error: LoyaltyError) -> str:
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, Conflict | NotFound):
        return type(error).__name__
    raise error


def _units(calls: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    """Where the units that write begin, write for the first time, and are committed."""
    begin, write = 0, 0
    for number, call in enumerate(calls):
        if call == "begin":
            begin, write = number, 0
        elif call == "commit" and write:
            yield begin, write, number
        elif call not in _READING and not write:
            write = number


def _some(units: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, int, int], ...]:
    """The first and the last."""
    return units if len(units) < 2 else (units[0], units[-1])
