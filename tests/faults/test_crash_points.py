"""A crash before and after every call that a verb makes on the storage, and around every commit.

After each one the database holds exactly what was committed until then, table by table; and doing the same again under
the same key ends in exactly the state that an undisturbed run has made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import loyaltycore.services
from tests.engines import ENGINES
from tests.faults.perils import AFTER, BEFORE, SIDES, Crashed, Peril, lose_the_answer
from tests.faults.stage import Rehearsal, Stage, difference, open_stage
from tests.faults.verbs import VERBS, Verb


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A filled database on each engine."""
    with open_stage(request.param) as opened:
        yield opened


@pytest.fixture(params=VERBS, ids=lambda verb: verb.name)
def verb(request: pytest.FixtureRequest) -> Verb:
    """Every verb that writes."""
    found: Verb = request.param
    return found


@pytest.fixture
def rehearsal(stage: Stage, verb: Verb) -> Rehearsal:
    """How the verb goes undisturbed."""
    return stage.rehearse(verb)


def test_no_verb_is_left_out() -> None:
    """A command that is added to a service is added here."""
    folder = Path(loyaltycore.services.__file__).parent
    text = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    named = set(re.findall(r'@command\("([^"]+)"\)|run_command\([^,]+, "([^"]+)"', text))
    assert {one or other for one, other in named} == {verb.command for verb in VERBS} - {""}


def test_a_crash_leaves_the_old_state_or_the_new_one(stage: Stage, rehearsal: Rehearsal) -> None:
    """Before and after every call: never a mixture; and the same call again ends in the very state of an undisturbed run."""
    verb = rehearsal.verb
    assert rehearsal.commits
    assert len(rehearsal.chain) == len(rehearsal.commits) + 1
    for number, call in enumerate(rehearsal.calls):
        for side in SIDES:
            with pytest.raises(Crashed):
                stage.perform(rehearsal, Peril(number, side))
            where = f"{side} call {number} ({call})"
            expected = rehearsal.left_by(number, side)
            assert not difference(stage.now(), expected), where
            if verb.repeatable or expected == rehearsal.chain[0]:
                stage.repeat(verb)
                assert not difference(stage.now(verb), rehearsal.final), f"again after a crash {where}"


def test_an_unanswered_commit_is_found_out(
    stage: Stage, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every commit in turn happens unheard, or is lost: the verb finds out by itself, and acts once."""
    monkeypatch.setattr("loyaltycore.services.running.pause", lambda _: None)
    verb = rehearsal.verb
    if not verb.repeatable:
        pytest.skip("a block of the caller's is run again by the caller")
    for number in rehearsal.commits:
        for side in (BEFORE, AFTER):
            result = stage.perform(rehearsal, Peril(number, side, lose_the_answer))
            if verb.command:
                assert not difference(stage.now(verb), rehearsal.final), (number, side)
            repeated = stage.repeat(verb)
            assert not difference(stage.now(verb), rehearsal.final), (number, side)
            if verb.command and verb.command != "customers.import":
                assert result == repeated
