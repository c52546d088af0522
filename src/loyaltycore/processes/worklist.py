"""What is still to be done in the open processes."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.kernel.criteria import Criterion, has_key, key_starts, stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process, ProcessState, ProcessStep, open_step_key
from loyaltycore.processes.rules.template import StepTemplate
from loyaltycore.processes.templates import template_here
from loyaltycore.storing.registry import KEY_LENGTH
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import query
from loyaltycore.work.service import Service


@frozen
class OpenSteps:
    """What is still to be done in a process."""

    process: Process
    steps: tuple[ProcessStep, ...]
    """The open steps asked for, in order."""


@frozen
class StepCount:
    """In how many processes a step is still to be done."""

    step: StepTemplate
    """The step, as its template has it now."""
    open: int
    """The number of open processes in which it is open."""


class Worklist(Service):
    """The open steps of the customers' processes."""

    @query
    def open_steps(
        self,
        *,
        template: str | None = None,
        step: str | None = None,
        mandatory_only: bool = False,
        limit: int = 50,
        after: str = "",
    ) -> Page[OpenSteps]:
        """The open processes in which something is still to be done, oldest first.

        Args:
            template: Only processes of this template; None for all. Then a page may be shorter than its limit, even
                empty, before the end.
            step: Only those in which this step of the template is open; None for any.
            mandatory_only: Whether only mandatory steps count; again a page may be shorter.
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page, for the same question.

        Raises:
            NotFound: There is no such template.
            InvalidInput: Names every fault of every argument.
            Refused: ``process_template.other_branch``.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
            strict = faults.flag("mandatory_only", mandatory_only)
            if step is not None and template is None:
                faults.note("template", "required", "must say whose step it is")
            wanted = None if step is None else faults.text("step", step, limit=KEY_LENGTH)
        key = None if template is None else template_here(self.session, self.unit, template).id
        page = find_page(self.unit, Process, _waiting(key, wanted), portion)
        found = tuple(OpenSteps(process, _open(process, wanted, strict=strict)) for process in page.items)
        return Page(tuple(each for each in found if each.steps), page.next)

    @query
    def count_open_steps(self, template: str) -> tuple[StepCount, ...]:
        """For each step of a template, count the open processes in which it is still to be done.

        Raises:
            NotFound: There is no such template.
            Refused: ``process_template.other_branch``.
        """
        kind = template_here(self.session, self.unit, template)
        return tuple(
            StepCount(step, self.unit.count(Process, has_key("open_step", open_step_key(kind.id, step.id))))
            for step in kind.steps
        )


def _waiting(template: str | None, step: str | None) -> Criterion:
    if template is None:
        return stored("state") == ProcessState.OPEN
    if step is None:
        return key_starts("open_step", open_step_key(template))
    return has_key("open_step", open_step_key(template, step))


def _open(process: Process, step: str | None, *, strict: bool) -> tuple[ProcessStep, ...]:
    return tuple(
        each for each in process.open_steps if step in {None, each.id} and (each.mandatory or not strict)
    )
