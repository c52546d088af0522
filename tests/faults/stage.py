"""Where verbs meet perils: a filled database, what an undisturbed run makes of it, and what a disturbed one left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from loyaltycore_sql import SqlStorage
from tests.engines import bare_database
from tests.faults.perils import AFTER, Peril, PerilousStorage
from tests.faults.scene import Facts, build_scene
from tests.faults.snapshots import Rows, Snapshots
from tests.faults.verbs.verb import FIRST, SECOND, THIRD, Act, Verb, open_verb


@frozen
class Rehearsal:
    """How a verb goes when nothing disturbs it."""

    verb: Verb
    start: Rows
    """The state in which it begins."""
    calls: tuple[str, ...]
    """The calls that it makes on the storage."""
    chain: tuple[Rows, ...]
    """What is stored at the beginning and after each of its commits, in a form to compare."""
    final: Rows
    """What is stored when it was repeated afterwards."""

    @property
    def commits(self) -> tuple[int, ...]:
        """Which of the calls are commits."""
        return tuple(number for number, call in enumerate(self.calls) if call == "commit")

    def left_by(self, number: int, side: str) -> Rows:
        """What must be stored when everything ended before or after a call."""
        kept = sum(1 for commit in self.commits if commit < number or (commit == number and side == AFTER))
        return self.chain[kept]


class Stage:
    """A filled database of one engine."""

    def __init__(self, engine: str, url: str, storage: SqlStorage) -> None:
        self.engine = engine
        self.url = url
        self.facts: Facts = build_scene(storage)
        """What is in the scene."""
        self.snapshots = Snapshots(url)
        self._filled = self.snapshots.take()
        self._storage = storage
        self._rehearsed: Rehearsal | None = None
        self._present: Rows | None = None  # what is known to be stored

    def rehearse(self, verb: Verb) -> Rehearsal:
        """Let a verb run undisturbed, and again."""
        self.snapshots.restore(self._filled)
        self._play(verb.first, FIRST)
        start = self.snapshots.take()
        chain = [self.compared(start)]
        storage = PerilousStorage(self._storage)
        run = open_verb(storage, self.facts, SECOND)
        storage.arm(None)
        storage.on_commit = lambda: chain.append(self.compared(self.snapshots.take()))
        verb.act(run)
        calls = tuple(storage.calls)
        if verb.repeatable:
            self.repeat(verb)
        final = self.compared(self.snapshots.take(), verb)
        self._present, self._rehearsed = None, Rehearsal(verb, start, calls, tuple(chain), final)
        return self._rehearsed

    def perform(self, rehearsal: Rehearsal, peril: Peril | None = None) -> Any:
        """Let the verb run from its beginning, with a peril ahead."""
        self.begin(rehearsal)
        return self._play(rehearsal.verb.act, SECOND, peril)

    def begin(self, rehearsal: Rehearsal) -> None:
        """Put back the state in which the verb begins."""
        if self._present is not rehearsal.start:
            self.snapshots.restore(rehearsal.start)
        self._present = None

    def touched(self) -> None:
        """Say that somebody else has changed what is stored."""
        self._present = None
        self.snapshots.forget()

    def repeat(self, verb: Verb) -> Any:
        """Do again what a caller does again after a crash."""
        self._present = None
        return self._play(verb.repeat, THIRD)

    def now(self, verb: Verb | None = None) -> Rows:
        """What is stored, in a form to compare; with a verb, without the columns in which its repetition may differ."""
        rows = self.snapshots.take()
        if self._rehearsed is not None and rows == self._rehearsed.start and verb is None:
            self._present = self._rehearsed.start
            return self._rehearsed.chain[0]
        return self.compared(rows, verb)

    def compared(self, rows: Rows, verb: Verb | None = None) -> Rows:
        """Some rows in a form to compare."""
        return self.snapshots.compared(rows, without=verb.without if verb else ())

    def _play(self, act: Act, process: int, peril: Peril | None = None) -> Any:
        storage = PerilousStorage(self._storage)
        run = open_verb(storage, self.facts, process)
        storage.arm(peril)
        return act(run)


@contextmanager
def open_stage(engine: str) -> Iterator[Stage]:
    """A stage on an empty database."""
    # Not the database that other tests of this process empty.
    with bare_database(engine) as url:
        storage = SqlStorage(url, migrate=True)
        stage = Stage(engine, url, storage)
        try:
            yield stage
        finally:
            stage.snapshots.close()
            storage.close()


def difference(found: Rows, expected: Rows) -> dict[str, tuple[Any, Any]]:
    """The tables that differ; empty where all is as expected."""
    return {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]}
