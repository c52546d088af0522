"""Each decision about a process as a whole: what is kept, what is noted, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.errors import NotFound, Refused
from loyaltycore.kernel.criteria import EVERYTHING, And, Or, key_starts
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.processes import Audience, Process, ProcessKind, ProcessStep, StepState, StepTemplate
from loyaltycore.processes.rules.completing import (
    OfferCheck,
    OfferVerdict,
    check_offer,
    close_process,
    complete_offer,
)
from loyaltycore.processes.rules.process import ProcessState, open_step_key, process_keys
from loyaltycore.processes.rules.search import template_keys, templates_with
from loyaltycore.processes.rules.starting import Age, Start, require_startable, start_process
from loyaltycore.processes.rules.template import OpenMandatory
from loyaltycore.processes.rules.working import finish_step, narrowed, require_executable, skip_step
from tests.domain.processes.workshop import NOON, started, step_of, template_of

TEMPLATE = template_of(step_of("a", mandatory=True), step_of("b"), step_of("c", pre_step=True))
PROCESS = started(TEMPLATE)
A, B, C = PROCESS.steps
LATER = NOON + timedelta(hours=1)


def with_steps(*steps: ProcessStep, **facts: Any) -> Process:
    """The process with those steps."""
    return evolve(PROCESS, steps=steps, **facts)


def in_state(step: ProcessStep, state: StepState, **facts: Any) -> ProcessStep:
    """A step in another state."""
    return evolve(step, state=state, **facts)


def stray(key: str, state: StepState = StepState.OPEN) -> ProcessStep:
    """A step that no template has."""
    return ProcessStep(key, "task", key.upper(), state=state)


READY = with_steps(A, B, in_state(C, StepState.DONE))


def refused(ask: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the facts of a refusal."""
    with pytest.raises(Refused) as refusal:
        ask()
    return refusal.value.code, dict(refusal.value.facts)


def test_a_start_copies_the_template_and_marks_it() -> None:
    """The process begins with copies of all steps, agrees with the template as saved, and is noted with the remark."""
    template = evolve(
        template_of(
            StepTemplate("a", "task", "First", "why", mandatory=True, pre_step=True, settings={"k": "v"})
        ),
        version=4,
    )
    step = ProcessStep("a", "task", "First", "why", mandatory=True, pre_step=True, settings={"k": "v"})
    process = Process(
        "p1", "c1", "supply", ProcessKind.OTHER, "Supply", "berlin", ProcessState.OPEN, (step,), 5, NOON, "anna",
        comment="asked",
    )  # fmt: skip
    used = evolve(template, used=True)
    assert start_process(template, "c1", Start("p1", "berlin", "anna", NOON, "asked")) == Decision(
        process,
        add=(process,),
        save=(used,),
        notes=(
            Note("process_template.used", template, used),
            Note("process.started", after=process, comment="asked"),
        ),
    )


def test_a_second_start_leaves_the_template_alone() -> None:
    """It is marked already, so the process agrees with its version as it is."""
    start = Start("p1", "", "anna", NOON, asked={"email": None})
    decision = start_process(evolve(TEMPLATE, used=True, version=4), "c1", start)
    assert (decision.save, decision.result.template_version) == ((), 4)
    assert (decision.result.comment, decision.result.asked) == ("", {"email": None})


@pytest.mark.parametrize(
    ("facts", "age", "code", "more"),
    [
        ({"hidden": True}, Age(40), "process_template.hidden", {}),
        ({"branch_id": "bonn"}, Age(40), "process_template.other_branch", {"branch": "bonn"}),
        (
            {"audience": Audience.CHILD},
            Age(40),
            "process_template.other_age",
            {"audience": "child", "age": 40},
        ),
        (
            {"audience": Audience.ADULT},
            Age(None),
            "process_template.other_age",
            {"audience": "adult", "age": None},
        ),
    ],
)
def test_what_cannot_be_started_carries_its_facts(
    facts: dict[str, Any], age: Age, code: str, more: dict[str, object]
) -> None:
    """The template, and what of it does not fit."""
    found = refused(lambda: require_startable(template_of(**facts), "berlin", age))
    assert found == (code, {"template": "supply", **more})


def test_a_new_process_has_no_history() -> None:
    """No end, no result, nothing done, and the first version of itself."""
    assert (PROCESS.comment, PROCESS.ended_at, PROCESS.ended_by, PROCESS.end_reason) == ("", None, "", "")
    assert (PROCESS.version, PROCESS.is_open) == (1, True)
    bare = ProcessStep("a", "task", "A")
    assert (bare.description, bare.mandatory, bare.pre_step, bare.settings) == ("", False, False, {})
    assert (bare.state, bare.done_at, bare.done_by, bare.result) == (StepState.OPEN, None, "", {})


def test_a_finished_step_is_kept_with_what_came_of_it() -> None:
    """The note shows the one step that differs, before and after; doing it again has a word of its own."""
    done = in_state(A, StepState.DONE, done_at=LATER, done_by="ben", result={"said": "x"})
    decision = finish_step(READY, A, {"said": "x"}, "ben", LATER)
    after = with_steps(done, *READY.steps[1:])
    note = Note("process.step_done", with_steps(A), with_steps(done))
    assert decision == Decision(after, save=(after,), notes=(note,))
    again = finish_step(after, done, {"said": "y"}, "ben", LATER)
    assert [each.action for each in again.notes] == ["process.step_redone"]


def test_a_skipped_step_says_who_and_why() -> None:
    """It is kept and noted with the reason; skipped again, nothing happens."""
    skipped = in_state(B, StepState.SKIPPED, done_at=LATER, done_by="ben")
    after = with_steps(A, skipped, READY.steps[2])
    note = Note("process.step_skipped", with_steps(B), with_steps(skipped), "not needed")
    assert skip_step(READY, B, "ben", LATER, "not needed") == Decision(after, save=(after,), notes=(note,))
    assert skip_step(after, skipped, "ben", LATER, "again") == Decision(after)


DONE = in_state(B, StepState.DONE, done_by="ben")


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    ("process", "step", "code", "facts"),
    [
        (evolve(READY, state=ProcessState.CLOSED), B, "process.ended", {"state": "closed"}),
        (READY, in_state(B, StepState.INACTIVE), "process_step.inactive", {"step": "b"}),
        (PROCESS, B, "process_step.locked", {"step": "b", "waits_for": ("c",), "names": ("C",)}),
        (READY, DONE, "process_step.already_done", {"step": "b", "done_by": "ben"}),
    ],
)
def test_what_cannot_be_worked_on_says_why(
    process: Process, step: ProcessStep, code: str, facts: dict[str, object], *, skip: bool
) -> None:
    """An ended process, a step without a template, one that waits and one that is done: to do or to skip."""

    def ask() -> object:
        if skip:
            return skip_step(process, step, "ben", LATER, "")
        return require_executable(process, step, redoable=False)

    assert refused(ask) == (code, {"process": "p1", **facts})


def test_what_may_be_done_again_is_executable_when_done() -> None:
    """And one that was skipped can be done after all."""
    require_executable(READY, DONE, redoable=True)
    require_executable(READY, in_state(B, StepState.SKIPPED), redoable=False)


@pytest.mark.parametrize(("step", "mandatory", "pre_step"), [(A, True, False), (C, False, True)])
def test_what_others_rely_on_is_not_skipped(step: ProcessStep, *, mandatory: bool, pre_step: bool) -> None:
    """The refusal says whether the step is mandatory or a pre-step."""
    assert refused(lambda: skip_step(READY, step if mandatory else C, "ben", LATER, "")) == (
        "process_step.not_skippable",
        {"process": "p1", "step": step.id, "mandatory": mandatory, "pre_step": pre_step},
    )


def test_a_step_is_found_by_its_id() -> None:
    """Or the error names what was looked for; a lock is that of the open pre-steps."""
    assert PROCESS.step("b") is B
    with pytest.raises(NotFound) as caught:
        PROCESS.step("z")
    assert (caught.value.kind, caught.value.key) == ("process_step", "z")
    assert (PROCESS.locked_by("b"), PROCESS.locked_by("c"), READY.locked_by("b")) == ((C,), (), ())


def test_what_is_open_is_told_in_order() -> None:
    """Everything that is open, and of it what is mandatory."""
    assert READY.open_steps == (A, B)
    assert READY.open_mandatory == (A,)
    assert with_steps(in_state(A, StepState.SKIPPED), B).open_mandatory == ()


def test_only_open_steps_of_open_processes_have_keys() -> None:
    """Template and step, with a sign between them that no key holds."""
    assert process_keys(READY) == {"open_step": ("supply/a", "supply/b")}
    assert process_keys(evolve(READY, state=ProcessState.COMPLETED)) == {"open_step": ()}
    assert open_step_key("supply") == "supply/"


def test_both_sides_of_a_change_show_what_differs() -> None:
    """Steps that are equal on both sides are left out, steps of one side alone are not."""
    new = ProcessStep("n", "task", "N")
    before, after = narrowed(with_steps(A, B), with_steps(A, evolve(B, name="Other"), new))
    assert (before, after) == (with_steps(B), with_steps(evolve(B, name="Other"), new))
    copied = with_steps(evolve(A), evolve(B, name="Other"))
    assert narrowed(with_steps(A, B), copied) == (with_steps(B), with_steps(evolve(B, name="Other")))


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [(OpenMandatory.BLOCK, OfferVerdict.BLOCKED), (OpenMandatory.WARN, OfferVerdict.WARNING)],
)
def test_open_mandatory_steps_are_told_by_the_policy(policy: OpenMandatory, verdict: OfferVerdict) -> None:
    """Which steps, in order, whether they block or warn; without any the offer is good."""
    assert check_offer(READY, policy) == OfferCheck(verdict, (A,))
    assert check_offer(with_steps(in_state(A, StepState.DONE), B), policy) == OfferCheck(OfferVerdict.OK)


def test_a_blocked_offer_names_the_steps() -> None:
    """By id and by name."""
    assert refused(lambda: complete_offer(READY, OpenMandatory.BLOCK, "ben", LATER)) == (
        "offer.mandatory_steps_open",
        {"process": "p1", "steps": ("a",), "names": ("A",)},
    )


def test_completing_ends_the_process() -> None:
    """Who and when; the note is about the process alone, whose steps do not change."""
    after = evolve(READY, state=ProcessState.COMPLETED, ended_at=LATER, ended_by="ben")
    note = Note("process.completed", evolve(READY, steps=()), evolve(after, steps=()))
    assert complete_offer(READY, OpenMandatory.WARN, "ben", LATER) == Decision(
        after, save=(after,), notes=(note,)
    )


def test_closing_ends_the_process_with_a_reason() -> None:
    """The reason stands on the process and in the note."""
    after = evolve(READY, state=ProcessState.CLOSED, ended_at=LATER, ended_by="ben", end_reason="moved")
    note = Note("process.closed", evolve(READY, steps=()), evolve(after, steps=()), "moved")
    assert close_process(READY, "ben", LATER, "moved") == Decision(after, save=(after,), notes=(note,))


@pytest.mark.parametrize("state", [ProcessState.COMPLETED, ProcessState.CLOSED])
def test_a_process_ends_once(state: ProcessState) -> None:
    """Checking, completing and closing are refused with the state."""
    over = evolve(READY, state=state)
    asks: list[Callable[[], object]] = [
        lambda: check_offer(over, OpenMandatory.WARN),
        lambda: complete_offer(over, OpenMandatory.WARN, "ben", LATER),
        lambda: close_process(over, "ben", LATER, ""),
    ]
    for ask in asks:
        assert refused(ask) == ("process.ended", {"process": "p1", "state": state.value})


def test_templates_are_found_by_the_words_of_three_fields() -> None:
    """Name, abbreviation and search key, folded in both ways, each word once."""
    template = evolve(template_of(), name="Müller Set", abbreviation="MS", search_key="set")
    assert template_keys(template) == {"word": ("muller", "set", "ms", "mueller")}
    assert templates_with("") == EVERYTHING
    assert templates_with("Mü Set") == Or(
        (
            And((key_starts("word", "mu"), key_starts("word", "set"))),
            And((key_starts("word", "mue"), key_starts("word", "set"))),
        )
    )


def test_the_words_of_states_are_those_that_are_stored() -> None:
    """Databases hold these words."""
    assert [state.value for state in ProcessState] == ["open", "completed", "closed"]
    assert [state.value for state in StepState] == ["open", "done", "skipped", "inactive"]
    assert [verdict.value for verdict in OfferVerdict] == ["ok", "warning", "blocked"]
