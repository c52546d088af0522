"""The same crashes with real deaths: a process is killed with SIGKILL around its calls on the storage, or anywhere.

A sample: some verbs of every sort, and every kind of call. The crashes at every single point are in
`test_crash_points`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines import ENGINES
from tests.faults.effort import FACTOR, wait_for
from tests.faults.perils import SIDES
from tests.faults.prefork import KILLED, Prefork
from tests.faults.racing import seeded, tell
from tests.faults.stage import Rehearsal, Stage, difference
from tests.faults.verbs import BY_NAME

ANYWHERE = 12 * FACTOR
KINDS = {"begin", "get", "find", "count", "add", "save", "remove", "end", "commit"}
WITH_ALL_KINDS = ("vendor's event taken in", "worn card replaced", "outbox delivered", "traces pruned")
SAMPLE = (
    "customer created",
    "customers imported in two units",
    "open processes reloaded in two units",
    "card ordered by a step",
    "card service removed",
    "card ordered",
    "order at the vendor cancelled",
    "several verbs in one block",
    "wish to cancel delivered",
    "caught up with the vendor",
)


@pytest.fixture(params=ENGINES)
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Stage]) -> Stage:
    """A filled database on each engine."""
    return stages(request.param)


@pytest.fixture
def children(forking: Prefork) -> Iterator[Prefork]:
    """A process that forks children; none of them outlives the test."""
    yield forking
    forking.end_all()


def _kill(stage: Stage, children: Prefork, rehearsal: Rehearsal, number: int, side: str) -> None:
    """Let a process die around a call; what was committed until then is stored, and repeating comes to the end."""
    verb = rehearsal.verb
    stage.begin(rehearsal)
    child = children.start("perform", stage.url, dict(stage.facts), verb.name, number, side)
    assert child.ended() == KILLED
    stage.touched()
    where = f"{side} call {number} ({rehearsal.calls[number]})"
    assert not difference(stage.now(), rehearsal.left_by(number, side)), where
    if verb.repeatable:
        stage.repeat(verb)
        assert not difference(stage.now(verb), rehearsal.final), f"again after a kill {where}"


@pytest.mark.parametrize("name", SAMPLE)
def test_a_killed_process_leaves_the_old_state_or_the_new_one(
    stage: Stage, children: Prefork, name: str
) -> None:
    """Killed on either side of the last commit: never a mixture, and repeating it comes to its end."""
    rehearsal = stage.rehearse(BY_NAME[name])
    for side in SIDES:
        _kill(stage, children, rehearsal, rehearsal.commits[-1], side)


def test_a_process_dies_around_every_kind_of_call(stage: Stage, children: Prefork) -> None:
    """Before and after the beginning, each verb of the transaction, the end and the commit: never a mixture."""
    left = set(KINDS)
    for name in WITH_ALL_KINDS:
        rehearsal = stage.rehearse(BY_NAME[name])
        for kind in sorted(left.intersection(rehearsal.calls)):
            for side in SIDES:
                _kill(stage, children, rehearsal, rehearsal.calls.index(kind), side)
        left -= set(rehearsal.calls)
    assert not left


def test_a_process_is_killed_anywhere(stage: Stage, children: Prefork, tmp_path: Path) -> None:
    """Killed by somebody else at any moment, in a statement or at the commit: one of the states, and then the last one."""
    generator = seeded()
    left: Counter[str] = Counter()
    rehearsals = [
        stage.rehearse(BY_NAME[name]) for name in ("card ordered", "customers imported in two units")
    ]

    def run(rehearsal: Rehearsal, seconds: float | None) -> float:
        """Let a child run for so many seconds, or to its end; answers how long it ran."""
        stage.begin(rehearsal)
        ready = tmp_path / f"ready-{left.total()}-{seconds}"
        child = children.start(
            "perform_when_ready", stage.url, dict(stage.facts), rehearsal.verb.name, str(ready)
        )
        wait_for(ready.exists, "the child", pause=0.0005)
        start = time.perf_counter()
        if seconds is None:
            child.ended()
        else:
            time.sleep(seconds)
            child.kill()
        stage.touched()
        return time.perf_counter() - start

    for rehearsal in rehearsals:
        whole = run(rehearsal, None)
        for _ in range(ANYWHERE // 2):
            run(rehearsal, generator.uniform(0, 1.2 * whole))
            found = stage.now()
            assert found in rehearsal.chain
            left[f"{rehearsal.chain.index(found)} of {len(rehearsal.commits)} units kept"] += 1
            stage.repeat(rehearsal.verb)
            assert not difference(stage.now(rehearsal.verb), rehearsal.final)
    tell(f"{stage.engine}: {dict(left)}")
