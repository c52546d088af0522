"""What it means to create a template, to change it, and to arrange its steps.

Nothing here reaches a running process: that is what reloading is for.
"""

from __future__ import annotations

from attrs import evolve

from loyaltycore.errors import Fault, InvalidInput, Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.processes.rules.template import ProcessTemplate, StepTemplate
from loyaltycore.processes.rules.template_form import MOST_STEPS


def create_template(
    template: ProcessTemplate, taken: ProcessTemplate | None, namesake: ProcessTemplate | None
) -> Decision[ProcessTemplate]:
    """Enter a new template.

    Args:
        template: What `read_template` returned, with its first steps.
        taken: The template that has this key already.
        namesake: The template that has this name already.

    Raises:
        Refused: ``process_template.exists`` or ``process_template.name_taken``.
    """
    if taken is not None:
        raise Refused(
            "process_template.exists",
            f"there is a process template {template.id!r} already",
            remedy="choose another key, or change the template",
            template=template.id,
        )
    _require_name_free(template, namesake)
    note = Note("process_template.created", after=template)
    return Decision(template, add=(template,), notes=(note,))


def change_template(
    before: ProcessTemplate, after: ProcessTemplate, namesake: ProcessTemplate | None
) -> Decision[ProcessTemplate]:
    """Save a changed template; nothing happens if nothing differs.

    Raises:
        Refused: ``process_template.name_taken``.
    """
    _require_name_free(after, namesake)
    return _keep(before, after, "process_template.changed")


def add_step(
    template: ProcessTemplate, step: StepTemplate, position: int | None
) -> Decision[ProcessTemplate]:
    """Add a step to a template.

    Args:
        step: As it was read.
        position: Its place, from 0; None for the end.

    Raises:
        InvalidInput: There is no such position, or the template is full.
        Refused: ``template_step.exists`` or ``template_step.other_type``.
    """
    _require_same_type(template, step)
    if any(each.id == step.id for each in template.steps):
        raise Refused(
            "template_step.exists",
            f"the template has a step {step.id!r} already",
            remedy="choose another key, or change the step",
            template=template.id,
            step=step.id,
        )
    if len(template.steps) >= MOST_STEPS:
        raise InvalidInput([Fault("steps", "too_many", f"must not be more than {MOST_STEPS}")])
    place = len(template.steps) if position is None else _read_position(position, len(template.steps))
    steps = (*template.steps[:place], step, *template.steps[place:])
    return _keep(template, evolve(template, steps=steps), "process_template.step_added")


def change_step(template: ProcessTemplate, step: StepTemplate) -> Decision[ProcessTemplate]:
    """Replace the step that has the same id."""
    steps = tuple(step if each.id == step.id else each for each in template.steps)
    return _keep(template, evolve(template, steps=steps), "process_template.step_changed")


def move_step(template: ProcessTemplate, step_id: str, position: int) -> Decision[ProcessTemplate]:
    """Move a step to a position, from 0; the others keep their order.

    Raises:
        NotFound: There is no such step.
        InvalidInput: There is no such place.
    """
    step = template.step(step_id)
    place = _read_position(position, len(template.steps) - 1)
    others = [each for each in template.steps if each.id != step.id]
    steps = (*others[:place], step, *others[place:])
    return _keep(template, evolve(template, steps=steps), "process_template.step_moved")


def shift_step(template: ProcessTemplate, step_id: str, places: int) -> Decision[ProcessTemplate]:
    """Move a step up (negative) or down by this many places; at the end of the list it stays.

    Raises:
        NotFound: There is no such step.
    """
    wanted = template.steps.index(template.step(step_id)) + places
    return move_step(template, step_id, min(max(wanted, 0), len(template.steps) - 1))


def remove_step(template: ProcessTemplate, step_id: str) -> Decision[ProcessTemplate]:
    """Remove a step from a template.

    Raises:
        NotFound: There is no such step.
    """
    gone = template.step(step_id)
    steps = tuple(step for step in template.steps if step.id != gone.id)
    # Only processes remember a step, so the key of one that no process ever had is free.
    retired = {**template.retired, gone.id: gone.type} if template.used else template.retired
    return _keep(template, evolve(template, steps=steps, retired=retired), "process_template.step_removed")


def set_hidden(template: ProcessTemplate, *, hidden: bool) -> Decision[ProcessTemplate]:
    """Stop a template from being started, or allow it again."""
    action = "process_template.hidden" if hidden else "process_template.shown"
    return _keep(template, evolve(template, hidden=hidden), action)


def delete_template(template: ProcessTemplate) -> Decision[None]:
    """Delete a template from which no process was ever started.

    Raises:
        Refused: ``process_template.in_use``.
    """
    if template.used:
        raise Refused(
            "process_template.in_use",
            "processes were started from this template",
            remedy="hide it",
            template=template.id,
        )
    note = Note("process_template.deleted", before=template)
    return Decision(None, remove=(template,), notes=(note,))


def require_visible(template: ProcessTemplate, branch_id: str) -> None:
    """Make sure that a branch can see, and so change, a template; the head office (empty) sees all.

    Raises:
        Refused: ``process_template.other_branch``.
    """
    if not template.is_visible_in(branch_id):
        raise Refused(
            "process_template.other_branch",
            "the process template belongs to another branch",
            remedy="work on it there, or in the head office",
            template=template.id,
            branch=template.branch_id,
        )


def _require_same_type(template: ProcessTemplate, step: StepTemplate) -> None:
    before = template.retired.get(step.id, step.type)
    if before != step.type:
        raise Refused(
            "template_step.other_type",
            f"the key belongs to a step that was taken out, of the type {before!r}",
            remedy="choose another key",
            template=template.id,
            step=step.id,
            type=before,
        )


def _require_name_free(template: ProcessTemplate, namesake: ProcessTemplate | None) -> None:
    if namesake is not None and namesake.id != template.id:
        raise Refused(
            "process_template.name_taken",
            f"another process template is called {template.name!r}",
            remedy="choose another name",
            template=namesake.id,
        )


def _read_position(position: object, most: int) -> int:
    if type(position) is not int or not 0 <= position <= most:
        raise InvalidInput([Fault("position", "out_of_range", f"must be an integer between 0 and {most}")])
    return position


def _keep(before: ProcessTemplate, after: ProcessTemplate, action: str) -> Decision[ProcessTemplate]:
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note(action, before, after),))
