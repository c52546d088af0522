"""Working on the steps of a process: what may be done now, and what is stored."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.processes.rules.process import Process, ProcessStep, StepState
from loyaltycore.processes.rules.template import StepValues


def require_executable(process: Process, step: ProcessStep, *, redoable: bool) -> None:
    """Make sure that a step can be done now; a skipped step can.

    Args:
        redoable: Whether steps of this type may be done again.

    Raises:
        Refused: ``process.ended``, ``process_step.inactive``, ``process_step.locked`` or ``process_step.already_done``.
    """
    _require_workable(process, step)
    if step.state is StepState.DONE and not redoable:
        raise _already_done(process, step)


def finish_step(
    process: Process, step: ProcessStep, result: StepValues, actor: str, now: datetime
) -> Decision[Process]:
    """Mark a step as done, with its result. The caller has made sure that it can be done."""
    done = evolve(step, state=StepState.DONE, done_at=now, done_by=actor, result=result)
    action = "process.step_redone" if step.state is StepState.DONE else "process.step_done"
    return _changed(process, done, action)


def skip_step(
    process: Process, step: ProcessStep, actor: str, now: datetime, reason: str
) -> Decision[Process]:
    """Skip a step that nothing depends on; if it is skipped already, nothing happens.

    Raises:
        Refused: ``process.ended``, ``process_step.inactive``, ``process_step.locked``, ``process_step.already_done`` or
            ``process_step.not_skippable``.
    """
    _require_workable(process, step)
    if step.state is StepState.DONE:
        raise _already_done(process, step)
    if step.mandatory or step.pre_step:
        raise Refused(
            "process_step.not_skippable",
            "a step that is mandatory or a pre-step cannot be skipped",
            remedy="do the step",
            process=process.id,
            step=step.id,
            mandatory=step.mandatory,
            pre_step=step.pre_step,
        )
    if step.state is StepState.SKIPPED:
        return Decision(process)
    skipped = evolve(step, state=StepState.SKIPPED, done_at=now, done_by=actor)
    return _changed(process, skipped, "process.step_skipped", reason)


def require_open(process: Process) -> None:
    """Make sure that something can still be done in a process.

    Raises:
        Refused: ``process.ended``.
    """
    if not process.is_open:
        raise Refused(
            "process.ended",
            f"the process has ended: it is {process.state.value}",
            remedy="start a new process",
            process=process.id,
            state=process.state.value,
        )


def narrowed(before: Process, after: Process) -> tuple[Process, Process]:
    """Both sides of a change, with only the steps that differ, so that activities stay short."""
    old, new = ({step.id: step for step in process.steps} for process in (before, after))
    return (
        evolve(before, steps=tuple(step for step in before.steps if is_other(new.get(step.id), step))),
        evolve(after, steps=tuple(step for step in after.steps if is_other(old.get(step.id), step))),
    )


def is_other(one: ProcessStep | None, two: ProcessStep) -> bool:
    """Whether two steps differ; most often they are one and the same object."""
    return one is not two and one != two


def _require_workable(process: Process, step: ProcessStep) -> None:
    require_open(process)
    if step.state is StepState.INACTIVE:
        raise Refused(
            "process_step.inactive",
            "the template no longer has this step",
            remedy="none is needed",
            process=process.id,
            step=step.id,
        )
    waiting = process.locked_by(step.id)
    if waiting:
        names = tuple(each.name for each in waiting)
        raise Refused(
            "process_step.locked",
            f"the step waits for: {', '.join(names)}",
            remedy="do these steps first",
            process=process.id,
            step=step.id,
            waits_for=tuple(each.id for each in waiting),
            names=names,
        )


def _already_done(process: Process, step: ProcessStep) -> Refused:
    return Refused(
        "process_step.already_done",
        "the step is done, and cannot be done again",
        process=process.id,
        step=step.id,
        done_by=step.done_by,
    )


def _changed(process: Process, step: ProcessStep, action: str, comment: str = "") -> Decision[Process]:
    steps = tuple(step if each.id == step.id else each for each in process.steps)
    after = evolve(process, steps=steps)
    note = Note(action, *narrowed(process, after), comment)
    return Decision(after, save=(after,), notes=(note,))


def unknown_type(process: Process, step: ProcessStep) -> Refused:
    """The refusal of a step whose type no capability adds: ``process_step.unknown_type``."""
    return Refused(
        "process_step.unknown_type",
        f"no step type {step.type!r} is registered",
        remedy="register the capability that adds it: Loyalty(capabilities=[...])",
        process=process.id,
        step=step.id,
        type=step.type,
    )
