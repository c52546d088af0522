"""Anything that may happen to a template and to a process started from it, beside a model of a few lines."""

from __future__ import annotations

from typing import Any

from attrs import define, evolve
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyaltycore.errors import InvalidInput, NotFound, Refused
from loyaltycore.processes import OpenMandatory, Process, ProcessTemplate, StepState
from loyaltycore.processes.rules.completing import close_process, complete_offer
from loyaltycore.processes.rules.editing import (
    add_step,
    change_step,
    move_step,
    remove_step,
)
from loyaltycore.processes.rules.reloading import reload_process
from loyaltycore.processes.rules.working import finish_step, require_executable, skip_step
from tests.domain.processes.workshop import KEYS, NOON, kept, started, step_of, template_of

REDOABLE = frozenset("ace")


@define
class Mark:
    """What the model knows about a step of the process."""

    mandatory: bool
    pre_step: bool
    state: str = "open"
    said: str = ""


class ProcessMachine(RuleBasedStateMachine):
    """The rules on one side; on the other side what each step is, as a child would note it down."""

    template: ProcessTemplate
    process: Process
    marks: dict[str, Mark]
    ended: Process | None

    @initialize(policy=st.sampled_from(OpenMandatory))
    def start(self, policy: OpenMandatory) -> None:
        self.template = template_of(
            step_of("a", pre_step=True), step_of("b"), open_mandatory=policy, used=True
        )
        self.process = started(self.template)
        self.marks = {"a": Mark(mandatory=False, pre_step=True), "b": Mark(mandatory=False, pre_step=False)}
        self.ended = None

    @rule(key=st.sampled_from(KEYS), mandatory=st.booleans(), pre_step=st.booleans(), place=st.integers(0, 5))
    def add(self, key: str, *, mandatory: bool, pre_step: bool, place: int) -> None:
        self._edit(add_step, step_of(key, mandatory=mandatory, pre_step=pre_step), place)

    @rule(key=st.sampled_from(KEYS), mandatory=st.booleans(), pre_step=st.booleans())
    def change(self, key: str, *, mandatory: bool, pre_step: bool) -> None:
        self._edit(change_step, step_of(key, mandatory=mandatory, pre_step=pre_step))

    @rule(key=st.sampled_from(KEYS), place=st.integers(0, 5))
    def move(self, key: str, place: int) -> None:
        self._edit(move_step, key, place)

    @rule(key=st.sampled_from(KEYS))
    def take_out(self, key: str) -> None:
        self._edit(remove_step, key)

    @rule()
    def reload(self) -> None:
        self.process = kept(reload_process(self.process, self.template), self.process)
        if self.ended:
            return
        theirs = {step.id: step for step in self.template.steps}
        for key, step in theirs.items():
            must_be_done = step.mandatory or step.pre_step
            again = {"open", "inactive", "skipped"} if must_be_done else {"open", "inactive"}
            if key not in self.marks or self.marks[key].state in again:
                self.marks[key] = Mark(step.mandatory, step.pre_step)
        for key, mark in self.marks.items():
            if key not in theirs and mark.state == "open":
                mark.state = "inactive"
        order = [step.id for step in self.process.steps if step.id in theirs]
        assert order == [step.id for step in self.template.steps]

    @rule(key=st.sampled_from(KEYS), said=st.sampled_from(["x", "y"]))
    def execute(self, key: str, said: str) -> None:
        mark = self.marks.get(key)
        if mark is None:
            return
        allowed = self._is_workable(mark) and (mark.state != "done" or key in REDOABLE)
        step = self.process.step(key)
        try:
            require_executable(self.process, step, redoable=key in REDOABLE)
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.process = kept(finish_step(self.process, step, {"said": said}, "anna", NOON), self.process)
            mark.state, mark.said = "done", said

    @rule(key=st.sampled_from(KEYS))
    def skip(self, key: str) -> None:
        mark = self.marks.get(key)
        if mark is None:
            return
        allowed = (
            self._is_workable(mark) and mark.state != "done" and not mark.mandatory and not mark.pre_step
        )
        try:
            after = kept(skip_step(self.process, self.process.step(key), "anna", NOON, ""), self.process)
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.process, mark.state = after, "skipped"

    # Ending is rare, so that most of a run happens in an open process.
    @precondition(lambda self: self.process.version > 6)
    @rule(with_offer=st.booleans())
    def end(self, *, with_offer: bool) -> None:
        policy = self.template.open_mandatory
        waiting = any(mark.mandatory and mark.state == "open" for mark in self.marks.values())
        allowed = not self.ended and not (with_offer and waiting and policy is OpenMandatory.BLOCK)
        try:
            if with_offer:
                after = kept(complete_offer(self.process, policy, "anna", NOON), self.process)
            else:
                after = kept(close_process(self.process, "anna", NOON, ""), self.process)
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.process = self.ended = after

    @invariant()
    def the_steps_are_what_was_noted_down(self) -> None:
        if not hasattr(self, "process"):
            return
        held = {
            step.id: Mark(step.mandatory, step.pre_step, step.state.value, str(step.result.get("said", "")))
            for step in self.process.steps
        }
        assert len(held) == len(self.process.steps)
        assert held == self.marks

    @invariant()
    def what_has_ended_stays(self) -> None:
        if getattr(self, "ended", None):
            assert self.process == self.ended

    def _is_workable(self, mark: Mark) -> bool:
        locked = not mark.pre_step and any(
            other.pre_step and other.state == "open" for other in self.marks.values()
        )
        return not self.ended and mark.state != "inactive" and not locked

    def _edit(self, rule_of: Any, *args: Any) -> None:
        try:
            decision = rule_of(self.template, *args)
        except (Refused, NotFound, InvalidInput):
            return
        before, self.template = self.template, kept(decision, self.template)
        after = self.template
        assert evolve(before, steps=after.steps, retired=after.retired, version=after.version) == after


TestProcess = ProcessMachine.TestCase
TestProcess.settings = settings(max_examples=60, stateful_step_count=30)


def test_the_machine_knows_every_state() -> None:
    """The model's words are those of the rules: a state that is added has to be added here."""
    assert {state.value for state in StepState} == {"open", "done", "skipped", "inactive"}
