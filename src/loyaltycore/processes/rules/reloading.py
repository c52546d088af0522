"""Reloading: bringing the changes of a template to running processes.

Steps that are done stay exactly as they are, and so do skipped ones until the template says that they must be done.
Open steps become what the template says now: new steps come in where the template has them, open steps take over the
template's words and flags, and open steps that the template no longer has become inactive until it has them again.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.processes.rules.process import Process, ProcessStep, StepState
from loyaltycore.processes.rules.starting import copied
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.processes.rules.working import is_other, narrowed

RELOADED: Final = "process.reloaded"


@frozen(kw_only=True)
class ReloadReport:
    """What a reload did."""

    examined: int = 0
    """Open processes that did not agree with the template yet."""
    changed: int = 0
    """Those whose steps changed."""
    steps_added: int = 0
    steps_changed: int = 0
    """Open steps with other words, flags or settings."""
    steps_deactivated: int = 0
    """Open steps that the template no longer has."""
    steps_reactivated: int = 0
    """Inactive steps that it has again."""
    steps_reopened: int = 0
    """Skipped steps that have become mandatory or pre-steps."""
    steps_moved: int = 0
    """Steps in another place: the fewest that explain the new order."""

    def __add__(self, other: ReloadReport) -> ReloadReport:
        """Both together."""
        return ReloadReport(
            examined=self.examined + other.examined,
            changed=self.changed + other.changed,
            steps_added=self.steps_added + other.steps_added,
            steps_changed=self.steps_changed + other.steps_changed,
            steps_deactivated=self.steps_deactivated + other.steps_deactivated,
            steps_reactivated=self.steps_reactivated + other.steps_reactivated,
            steps_reopened=self.steps_reopened + other.steps_reopened,
            steps_moved=self.steps_moved + other.steps_moved,
        )


def laid_down(template: ProcessTemplate) -> tuple[ProcessStep, ...]:
    """The steps of a process by its template; the same for all its processes."""
    return tuple(copied(step) for step in template.steps)


def reload_process(
    process: Process, template: ProcessTemplate, steps: tuple[ProcessStep, ...] | None = None
) -> Decision[ReloadReport]:
    """Update a process from its template; one that has ended, or agrees already, stays as it is.

    Args:
        steps: What `laid_down` returns for the template, to reload many processes from it.
    """
    if not process.is_open or process.template_version >= template.version:
        return Decision(ReloadReport())
    merged = reloaded_steps(process, laid_down(template) if steps is None else steps)
    after = evolve(process, steps=merged, template_version=template.version)
    if after.steps == process.steps:
        return Decision(ReloadReport(examined=1), save=(after,))
    report = _report(process, after)
    # Another order shows only where all steps are named.
    sides = (process, after) if report.steps_moved else narrowed(process, after)
    return Decision(report, save=(after,), notes=(Note(RELOADED, *sides),))


def reloaded_steps(process: Process, laid: tuple[ProcessStep, ...]) -> tuple[ProcessStep, ...]:
    """The steps as they are after a reload: those laid down in their order, the others after whom they followed."""
    held = {step.id: step for step in process.steps}
    wanted = [_merged(held.get(step.id), step) for step in laid]
    theirs = {step.id for step in laid}
    for position, step in enumerate(process.steps):
        if step.id not in theirs:
            wanted.insert(_place(wanted, process.steps[:position]), _left_over(step))
    return tuple(wanted)


def _merged(held: ProcessStep | None, wanted: ProcessStep) -> ProcessStep:
    # A step that stays is the same object, by which what follows sees at once that nothing changed.
    return held if held is not None and (_is_kept(held, wanted) or held == wanted) else wanted


def _is_kept(held: ProcessStep, wanted: ProcessStep) -> bool:
    # Whoever skipped a step was free to: that does not answer for one that must be done, and nothing came of it.
    must_be_done = wanted.mandatory or wanted.pre_step
    return held.state is StepState.DONE or (held.state is StepState.SKIPPED and not must_be_done)


def _left_over(step: ProcessStep) -> ProcessStep:
    return evolve(step, state=StepState.INACTIVE) if step.is_open else step


def _place(steps: list[ProcessStep], before: Sequence[ProcessStep]) -> int:
    """Directly after the step that came before; all that came before have their place already."""
    if not before:
        return 0
    return next(place for place, step in enumerate(steps) if step.id == before[-1].id) + 1


def _report(before: Process, after: Process) -> ReloadReport:
    held = {step.id: step for step in before.steps}
    differing = [step for step in after.steps if is_other(held.get(step.id), step)]
    added = sum(step.id not in held for step in differing)
    deactivated = sum(step.state is StepState.INACTIVE for step in differing)
    earlier = [held[step.id].state for step in differing if step.id in held]
    reactivated = earlier.count(StepState.INACTIVE)
    reopened = earlier.count(StepState.SKIPPED)
    return ReloadReport(
        examined=1,
        changed=1,
        steps_added=added,
        steps_changed=len(differing) - added - deactivated - reactivated - reopened,
        steps_deactivated=deactivated,
        steps_reactivated=reactivated,
        steps_reopened=reopened,
        steps_moved=_moved(before.steps, after.steps),
    )


def _moved(before: Sequence[ProcessStep], after: Sequence[ProcessStep]) -> int:
    """How many steps have to be moved to bring the old ones into their new order: all but a longest run in order."""
    place = {step.id: position for position, step in enumerate(before)}
    ends: list[int] = []
    """The least place at which a run of each length can end."""
    for step in after:
        if step.id in place:
            at = bisect(ends, place[step.id])
            ends[at : at + 1] = [place[step.id]]
    return len(before) - len(ends)
