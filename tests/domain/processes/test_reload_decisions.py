"""Each decision of a reload: what becomes of each step, what is counted, and what is noted."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore.kernel.decisions import Decision
from loyaltycore.processes import Process, StepState
from loyaltycore.processes.rules.process import ProcessState
from loyaltycore.processes.rules.reloading import ReloadReport, laid_down, reload_process
from tests.domain.processes.test_process_decisions import (
    PROCESS,
    TEMPLATE,
    A,
    B,
    C,
    in_state,
    stray,
    with_steps,
)
from tests.domain.processes.workshop import NOON, step_of, template_of


def test_a_reload_counts_what_it_did() -> None:
    """Each step in exactly one column, and the note shows the steps that differ."""
    template = evolve(template_of(step_of("n"), step_of("a"), step_of("b"), step_of("c")), version=9)
    held = with_steps(
        A,
        in_state(B, StepState.INACTIVE, name="Old"),
        in_state(C, StepState.DONE),
        stray("x"),
        stray("y", StepState.SKIPPED),
    )
    decision = reload_process(held, template)
    assert decision.result == ReloadReport(
        examined=1, changed=1, steps_added=1, steps_changed=1, steps_deactivated=1, steps_reactivated=1
    )
    (after,) = decision.save
    assert [(each.id, each.state.value) for each in after.steps] == [
        ("n", "open"), ("a", "open"), ("b", "open"), ("c", "done"), ("x", "inactive"), ("y", "skipped"),
    ]  # fmt: skip
    assert after.template_version == 9
    (note,) = decision.notes
    assert (note.action, note.subject.id) == ("process.reloaded", "p1")
    assert [each.id for each in note.before.steps] == ["a", "b", "x"]
    assert [each.id for each in note.after.steps] == ["n", "a", "b", "x"]


def test_a_step_without_a_template_stays_behind_whom_it_followed() -> None:
    """At the head where it was first, else directly behind its neighbour, wherever that one went."""
    template = evolve(template_of(step_of("b"), step_of("a")), version=9)
    held = with_steps(stray("x"), stray("y"), A, stray("z"), B)
    (after,) = reload_process(held, template).save
    assert [each.id for each in after.steps] == ["x", "y", "b", "a", "z"]


def test_another_order_is_counted_and_noted_with_all_steps() -> None:
    """As few steps as explain the order are counted, and both sides of the note name every step in its order."""
    template = evolve(template_of(step_of("c"), step_of("a"), step_of("b")), version=9)
    decision = reload_process(with_steps(A, B, C), template)
    assert decision.result == ReloadReport(
        examined=1, changed=1, steps_moved=1, steps_changed=decision.result.steps_changed
    )
    (note,) = decision.notes
    assert [each.id for each in note.before.steps] == ["a", "b", "c"]
    assert [each.id for each in note.after.steps] == ["c", "a", "b"]


@pytest.mark.parametrize("flags", [{"mandatory": True}, {"pre_step": True}])
def test_a_skipped_step_that_must_be_done_is_open_again(flags: dict[str, bool]) -> None:
    """Skipping answered for a step that nothing depended on; nobody has left out what must be done."""
    skipped = in_state(stray("x"), StepState.SKIPPED, done_at=NOON, done_by="anna")
    decision = reload_process(with_steps(skipped), evolve(template_of(step_of("x", **flags)), version=9))
    (after,) = decision.save
    assert decision.result == ReloadReport(examined=1, changed=1, steps_reopened=1)
    assert (after.steps[0].state, after.steps[0].done_at, after.steps[0].done_by) == (
        StepState.OPEN,
        None,
        "",
    )
    still = reload_process(with_steps(skipped), evolve(template_of(step_of("x")), version=9))
    assert (still.result, still.save[0].steps) == (ReloadReport(examined=1), (skipped,))


def test_a_process_that_agrees_takes_the_version_over() -> None:
    """Nothing is noted where no step differs; it was examined, not changed."""
    newer = evolve(TEMPLATE, version=9)
    after = evolve(PROCESS, template_version=9)
    assert reload_process(PROCESS, newer) == Decision(ReloadReport(examined=1), save=(after,))
    assert reload_process(PROCESS, newer, laid_down(newer)) == reload_process(PROCESS, newer)
    assert reload_process(PROCESS, newer, (A,)).result.steps_deactivated == 2


@pytest.mark.parametrize(
    "process", [evolve(PROCESS, state=ProcessState.CLOSED), evolve(PROCESS, template_version=9)]
)
def test_what_has_ended_or_agrees_is_not_reloaded(process: Process) -> None:
    """It is not even counted as examined."""
    newer = evolve(TEMPLATE, steps=(), version=9)
    assert reload_process(process, newer) == Decision(ReloadReport())


def test_reports_add_up_column_by_column() -> None:
    """Each column by itself."""
    one = ReloadReport(
        examined=1,
        changed=2,
        steps_added=3,
        steps_changed=4,
        steps_deactivated=5,
        steps_reactivated=6,
        steps_reopened=7,
        steps_moved=8,
    )
    ten = ReloadReport(
        examined=10,
        changed=20,
        steps_added=30,
        steps_changed=40,
        steps_deactivated=50,
        steps_reactivated=60,
        steps_reopened=70,
        steps_moved=80,
    )
    assert one + ten == ReloadReport(
        examined=11,
        changed=22,
        steps_added=33,
        steps_changed=44,
        steps_deactivated=55,
        steps_reactivated=66,
        steps_reopened=77,
        steps_moved=88,
    )
    assert one + ReloadReport() == one
