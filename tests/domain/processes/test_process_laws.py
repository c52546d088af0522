"""Laws of processes: locks, completion, reload."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.errors import Refused
from loyaltycore.processes import (
    OfferVerdict,
    OpenMandatory,
    Process,
    ProcessState,
    ProcessStep,
    ProcessTemplate,
    ReloadReport,
    StepState,
)
from loyaltycore.processes.rules.completing import check_offer, close_process, complete_offer
from loyaltycore.processes.rules.process import process_keys
from loyaltycore.processes.rules.reloading import laid_down, reload_process, reloaded_steps
from loyaltycore.processes.rules.working import finish_step, require_executable, skip_step
from tests.domain.processes.workshop import (
    NOON,
    kept,
    processes,
    started,
    step_of,
    template_of,
    templates,
)

KEPT = {StepState.DONE, StepState.SKIPPED}


def _kept_by(template: ProcessTemplate, step: ProcessStep) -> bool:
    """Whether a reload leaves a step as it is: done, or skipped and still free to be."""
    theirs = {each.id: each for each in template.steps}.get(step.id)
    must_be_done = theirs is not None and (theirs.mandatory or theirs.pre_step)
    return step.state is StepState.DONE or (step.state is StepState.SKIPPED and not must_be_done)


def _refusal(process: Process, key: str, *, redoable: bool = False) -> str:
    try:
        require_executable(process, process.step(key), redoable=redoable)
    except Refused as refusal:
        return refusal.code
    return ""


@given(process=processes(), redoable=st.booleans())
def test_no_step_is_executable_while_another_pre_step_is_open(*, process: Process, redoable: bool) -> None:
    """F113, F114: while a pre-step is open no other step can be worked on, except the pre-steps themselves."""
    waiting = {step.id for step in process.steps if step.pre_step and step.is_open}
    for step in process.steps:
        if waiting - {step.id} and not step.pre_step:
            assert _refusal(process, step.id, redoable=redoable) in {
                "process_step.locked",
                "process_step.inactive",
            }
        if step.pre_step:
            assert _refusal(process, step.id, redoable=redoable) != "process_step.locked"


@given(process=processes(), redoable=st.booleans())
def test_what_is_executable_is_exactly_what_the_rules_allow(*, process: Process, redoable: bool) -> None:
    """A step can be done where it is active, nothing locks it, and it is not done yet or may be done again."""
    for step in process.steps:
        locked = not step.pre_step and any(each.pre_step and each.is_open for each in process.steps)
        again = step.state is not StepState.DONE or redoable
        allowed = step.state is not StepState.INACTIVE and not locked and again
        assert (_refusal(process, step.id, redoable=redoable) == "") == allowed


@pytest.mark.parametrize(("mandatory", "pre_step"), list(product([False, True], repeat=2)))
def test_the_two_flags_of_a_step_are_independent(*, mandatory: bool, pre_step: bool) -> None:
    """F109, F113, F115: mandatory alone blocks the offer, pre-step alone locks the others, in all four combinations."""
    process = started(template_of(step_of("a", mandatory=mandatory, pre_step=pre_step), step_of("b")))
    verdict = check_offer(process, OpenMandatory.BLOCK).verdict
    assert (verdict is OfferVerdict.BLOCKED) == mandatory
    assert (_refusal(process, "b") == "process_step.locked") == pre_step
    assert [step.id for step in process.locked_by("b")] == (["a"] if pre_step else [])
    done = kept(finish_step(process, process.step("a"), {}, "anna", NOON), process)
    assert check_offer(done, OpenMandatory.BLOCK).verdict is OfferVerdict.OK
    assert _refusal(done, "b") == ""


@given(processes(), st.sampled_from(OpenMandatory))
def test_an_offer_is_completed_exactly_when_the_policy_allows(
    process: Process, policy: OpenMandatory
) -> None:
    """F110, F111, F112: open mandatory steps of any number warn or block, as one policy says for all of them."""
    waiting = [step.id for step in process.steps if step.mandatory and step.state is StepState.OPEN]
    check = check_offer(process, policy)
    assert [step.id for step in check.open_mandatory] == waiting
    if waiting and policy is OpenMandatory.BLOCK:
        assert check.verdict is OfferVerdict.BLOCKED
        with pytest.raises(Refused) as refusal:
            complete_offer(process, policy, "anna", NOON)
        assert refusal.value.code == "offer.mandatory_steps_open"
        assert list(refusal.value.facts["steps"]) == waiting
        return
    assert check.verdict is (OfferVerdict.WARNING if waiting else OfferVerdict.OK)
    completed = complete_offer(process, policy, "anna", NOON).result
    assert completed.state is ProcessState.COMPLETED
    assert [step.id for step in completed.open_mandatory] == waiting


@given(processes())
def test_only_what_nothing_depends_on_is_skipped(process: Process) -> None:
    """A step is skipped where it is open, unlocked, and neither mandatory nor a pre-step."""
    for step in process.steps:
        locked = any(each.pre_step and each.is_open for each in process.steps)
        allowed = step.state in {StepState.OPEN, StepState.SKIPPED} and not (
            step.mandatory or step.pre_step or locked
        )
        try:
            after = skip_step(process, step, "anna", NOON, "").result
        except Refused:
            assert not allowed
        else:
            assert allowed
            assert after.step(step.id).state is StepState.SKIPPED


@given(processes(), templates(), st.sampled_from([ProcessState.COMPLETED, ProcessState.CLOSED]))
def test_nothing_changes_in_a_process_that_has_ended(
    process: Process, template: ProcessTemplate, state: ProcessState
) -> None:
    """F118: no step is done, skipped or reloaded in a process that has ended, and it does not end twice."""
    ended = evolve(process, state=state)
    assert reload_process(ended, evolve(template, version=9)).save == ()
    for step in ended.steps:
        assert _refusal(ended, step.id, redoable=True) == "process.ended"
        with pytest.raises(Refused, match="has ended"):
            skip_step(ended, step, "anna", NOON, "")
    with pytest.raises(Refused, match="has ended"):
        close_process(ended, "anna", NOON, "")
    with pytest.raises(Refused, match="has ended"):
        complete_offer(ended, OpenMandatory.WARN, "anna", NOON)
    assert process_keys(ended) == {"open_step": ()}


@given(processes(), templates())
def test_a_reload_brings_the_template_in_and_loses_nothing(
    process: Process, template: ProcessTemplate
) -> None:
    """F117: every step of the template is there in its order, what was done or may be skipped is there unchanged."""
    newer = evolve(template, version=process.template_version + 1)
    after = kept(reload_process(process, newer), process)
    assert after.template_version == newer.version
    wanted = [step.id for step in newer.steps]
    assert [step.id for step in after.steps if step.id in wanted] == wanted
    assert {step.id for step in after.steps} == {step.id for step in process.steps} | set(wanted)
    for step in process.steps:
        if _kept_by(newer, step):
            assert after.step(step.id) == step
    for step in after.steps:
        if step.state not in KEPT:
            assert step.is_open == (step.id in wanted)
    for step in newer.steps:
        if after.step(step.id).is_open:
            assert (after.step(step.id).mandatory, after.step(step.id).pre_step) == (
                step.mandatory,
                step.pre_step,
            )


@given(processes(), templates())
def test_a_reload_is_idempotent(process: Process, template: ProcessTemplate) -> None:
    """F117: twice is the same as once, also where nobody remembers that it was done."""
    newer = evolve(template, version=process.template_version + 1)
    after = kept(reload_process(process, newer), process)
    assert reload_process(after, newer).save == ()
    assert reloaded_steps(after, laid_down(newer)) == after.steps


@given(processes(), templates())
def test_a_reload_leaves_what_is_its_own_behind_what_it_followed(
    process: Process, template: ProcessTemplate
) -> None:
    """A step that the template does not have stays directly behind the step that came before it."""
    after = [step.id for step in reloaded_steps(process, laid_down(template))]
    before = [step.id for step in process.steps]
    theirs = {step.id for step in template.steps}
    for position, key in enumerate(before):
        if key not in theirs:
            place = after.index(key)
            assert after[place - 1 : place] == before[position - 1 : position] if position else place == 0


@given(processes(), templates())
def test_a_reload_counts_what_it_did(process: Process, template: ProcessTemplate) -> None:
    """F117: the report counts steps by what became of them, found here by comparing before and after."""
    newer = evolve(template, version=process.template_version + 1)
    report = reload_process(process, newer).result
    old = {step.id: step for step in process.steps}
    new = {step.id: step for step in reloaded_steps(process, laid_down(newer))}
    inactive, skipped = StepState.INACTIVE, StepState.SKIPPED
    both = [(old[key], new[key]) for key in old]
    assert report == ReloadReport(
        examined=1,
        changed=process.steps != tuple(new.values()),
        steps_added=len(new.keys() - old.keys()),
        steps_deactivated=sum(a.state is not inactive and b.state is inactive for a, b in both),
        steps_reactivated=sum(a.state is inactive and b.state is not inactive for a, b in both),
        steps_reopened=sum(a.state is skipped and b.state is StepState.OPEN for a, b in both),
        steps_changed=sum(a != b and a.state is b.state for a, b in both),
        steps_moved=len(old) - _longest_run([list(new).index(key) for key in old]),
    )


def _longest_run(places: list[int]) -> int:
    """The length of the longest run that stands in order, by trying all of them."""
    runs = (run for size in range(len(places), 0, -1) for run in combinations(places, size))
    return next((len(run) for run in runs if list(run) == sorted(run)), 0)


@given(processes(), templates())
def test_a_template_that_has_a_step_again_brings_it_back(process: Process, template: ProcessTemplate) -> None:
    """A reload from a template without steps and one from the old template end where the old one alone would."""
    newer = evolve(template, version=process.template_version + 1)
    once = kept(reload_process(process, newer), process)
    bare = kept(reload_process(once, evolve(newer, steps=(), version=newer.version + 1)), once)
    assert not bare.open_steps
    back = kept(reload_process(bare, evolve(newer, version=newer.version + 2)), bare)
    assert {step.id: step for step in back.steps} == {step.id: step for step in once.steps}


def test_an_open_step_takes_over_the_template_and_a_done_one_does_not() -> None:
    """F117: what is done keeps even the words under which it was done."""
    process = started(template_of(step_of("a"), step_of("b")))
    process = kept(finish_step(process, process.step("a"), {"said": "x"}, "anna", NOON), process)
    newer = template_of(step_of("a", mandatory=True), step_of("b", mandatory=True), version=2)
    after = kept(reload_process(process, newer), process)
    assert after.step("a") == process.step("a")
    assert after.step("b").mandatory
