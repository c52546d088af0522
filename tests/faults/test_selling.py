"""Verbs in a transaction of the host: they do what they do alone, and a process that dies leaves both or neither."""

from __future__ import annotations

from functools import partial

import pytest

from tests.engines import ENGINES
from tests.faults.effort import THOROUGH
from tests.faults.prefork import KILLED, Prefork
from tests.faults.selling import Counting
from tests.faults.stage import Stage, difference
from tests.faults.verbs import BY_NAME, VERBS
from tests.faults.verbs.verb import SECOND, THIRD, Verb, open_verb

INSIDE = [verb for verb in VERBS if verb.command and verb.repeatable and verb.units == 1]
"""The rest are several units of work, or reach beyond the database."""

SAMPLE = ("customer created", "card ordered", "worn card replaced", "card ordered by a step", "invoice paid")
"""What every engine is asked; the rest differs by the verb alone."""


@pytest.fixture
def host(stage: Stage) -> Counting:
    """The host's end of that database, with nothing sold."""
    counting = Counting(stage.url)
    counting.clear()
    return counting


def _on_engines(names: tuple[str, ...], for_all: tuple[str, ...]) -> pytest.MarkDecorator:
    """All the verbs on SQLite, and some on the servers."""
    pairs = [
        pytest.param(engine, BY_NAME[name], id=f"{engine}-{name}")
        for engine in ENGINES
        for name in (names if engine == "sqlite" or THOROUGH else for_all)
    ]
    return pytest.mark.parametrize(("stage", "verb"), pairs, indirect=["stage"])


@_on_engines(tuple(verb.name for verb in INSIDE), SAMPLE)
def test_a_verb_does_the_same_inside(stage: Stage, host: Counting, verb: Verb) -> None:
    """Table by table; and under the same key, in another transaction of the host or alone, it does nothing more."""
    rehearsal = stage.rehearse(verb)
    stage.begin(rehearsal)
    first = host.sell(partial(open_verb, stage._storage, stage.facts, SECOND), verb.act)
    assert not difference(stage.now(verb), rehearsal.final)
    again = host.sell(partial(open_verb, stage._storage, stage.facts, THIRD), verb.repeat)
    assert not difference(stage.now(verb), rehearsal.final)
    assert again == first
    assert stage.repeat(verb) == first
    assert not difference(stage.now(verb), rehearsal.final)


def _moments(stage: Stage, points: int) -> list[int]:
    """At which to die: the servers are spared the many that lie between two statements."""
    if stage.engine == "sqlite" or THOROUGH:
        return [*range(points)]
    return [0, points // 2, points - 2, points - 1]


@_on_engines(("card ordered", "invoice paid"), ("card ordered",))
def test_a_death_leaves_both_or_neither(stage: Stage, host: Counting, forking: Prefork, verb: Verb) -> None:
    """Killed before every statement, before the host's commit and after it; then the host does all of it again."""
    rehearsal = stage.rehearse(verb)
    stage.begin(rehearsal)
    host.sell(partial(open_verb, stage._storage, stage.facts, SECOND), verb.act)
    points, done = host.points, stage.now()
    assert points > 4
    for point in _moments(stage, points):
        host.clear()
        stage.begin(rehearsal)
        child = forking.start("sell", stage.url, dict(stage.facts), verb.name, point)
        assert child.ended() == KILLED
        stage.touched()
        was_kept = point == points - 1
        assert host.sold == was_kept, point
        assert not difference(stage.now(), done if was_kept else rehearsal.chain[0]), point
        host.sell(partial(open_verb, stage._storage, stage.facts, THIRD), verb.repeat)
        stage.touched()
        assert host.sold
        assert not difference(stage.now(verb), rehearsal.final), point
