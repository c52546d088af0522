"""A crash before and after every call that a verb makes on the storage, and around every commit.

After each one the database holds exactly what was committed until then, table by table; and doing the same again under
the same key ends in exactly the state that an undisturbed run has made.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from tests.engines import ENGINES
from tests.faults.effort import THOROUGH
from tests.faults.perils import AFTER, BEFORE, SIDES, Crashed, Peril, lose_the_answer
from tests.faults.snapshots import Rows
from tests.faults.stage import Stage, difference
from tests.faults.verbs import BY_NAME, VERBS
from tests.faults.verbs.verb import Verb

SAMPLE = (
    "outbox delivered",
    "wish to cancel delivered",
    "customer created",
    "card ordered",
    "appointment booked",
)
"""What the servers are asked; what a crash leaves of the others differs by the verb alone."""


def _on_engines(verbs: Iterable[Verb]) -> pytest.MarkDecorator:
    """All of them on SQLite, and some on the servers."""
    pairs = [
        pytest.param(engine, verb, id=f"{engine}-{verb.name}")
        for engine in ENGINES
        for verb in verbs
        if engine == "sqlite" or THOROUGH or verb.name in SAMPLE
    ]
    return pytest.mark.parametrize(("stage", "verb"), pairs, indirect=["stage"])


def _sides(call: str) -> tuple[str, ...]:
    """Between two calls nothing happens: the crash behind the first of them is that before the second."""
    return SIDES if THOROUGH or call == "commit" else (BEFORE,)


@_on_engines(VERBS)
def test_a_crash_leaves_the_old_state_or_the_new_one(stage: Stage, verb: Verb) -> None:
    """Before and after every call: never a mixture; and the same call again ends in the very state of an undisturbed run."""
    rehearsal = stage.rehearse(verb)
    seen: list[Rows] = []
    assert rehearsal.commits
    assert len(rehearsal.chain) == len(rehearsal.commits) + 1
    assert verb.units in {0, sum(before != after for before, after in pairwise(rehearsal.chain))}
    for number, call in enumerate(rehearsal.calls):
        for side in _sides(call):
            with pytest.raises(Crashed):
                stage.perform(rehearsal, Peril(number, side))
            where = f"{side} call {number} ({call})"
            expected = rehearsal.left_by(number, side)
            assert not difference(stage.now(), expected), where
            # From one state a repetition always comes to the same end: once is enough.
            if expected not in seen and (verb.repeatable or expected == rehearsal.chain[0]):
                seen.append(expected)
                stage.repeat(verb)
                assert not difference(stage.now(verb), rehearsal.final), f"again after a crash {where}"


@pytest.mark.parametrize("stage", ENGINES, indirect=True)
def test_what_is_done_is_written_down(stage: Stage) -> None:
    """After every commit of a worker: a print order is done exactly where the vendor's answer stands in the order."""
    columns = stage.snapshots.columns
    told_by_state = set()
    for rows in stage.rehearse(BY_NAME["outbox delivered"]).chain:
        messages = [dict(zip(columns("loyalty_outbox"), row, strict=True)) for row in rows["loyalty_outbox"]]
        orders = [
            dict(zip(columns("loyalty_card_orders"), row, strict=True)) for row in rows["loyalty_card_orders"]
        ]
        waiting = {
            m["about_key"] for m in messages if m["kind"] == "card_print.submit" and m["state"] == "pending"
        }
        assert waiting == {order["id"] for order in orders if not order["vendor_revision"]}
        told_by_state.add(len(waiting))
    assert told_by_state == {0, 1}


@_on_engines([verb for verb in VERBS if verb.repeatable])
@pytest.mark.usefixtures("no_pauses")
def test_an_unanswered_commit_is_found_out(stage: Stage, verb: Verb) -> None:
    """Every commit in turn happens unheard, or is lost: the verb finds out by itself, and acts once."""
    rehearsal = stage.rehearse(verb)
    for number in rehearsal.commits:
        for side in (BEFORE, AFTER):
            result = stage.perform(rehearsal, Peril(number, side, lose_the_answer))
            if verb.command:
                assert not difference(stage.now(verb), rehearsal.final), (number, side)
            repeated = stage.repeat(verb)
            assert not difference(stage.now(verb), rehearsal.final), (number, side)
            if verb.command and verb.units == 1:  # else a report says what was left to do
                assert result == repeated
