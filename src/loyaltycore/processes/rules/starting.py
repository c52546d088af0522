"""Starting a process: whom it may be for, and what it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from attrs import evolve, field, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.processes.rules.process import Process, ProcessState, ProcessStep
from loyaltycore.processes.rules.template import Audience, ProcessTemplate, StepTemplate

GROWN_UP: Final = 18
"""The age from which a customer is an adult, in years."""


@frozen
class Age:
    """What is known about a customer's age."""

    years: int | None
    """On the day of the start; None if no birth date is known."""
    is_company: bool = False
    """A company has no age and counts as an adult."""

    @property
    def audience(self) -> Audience | None:
        """What the customer counts as; None if unknown."""
        if self.is_company:
            return Audience.ADULT
        if self.years is None:
            return None
        return Audience.ADULT if self.years >= GROWN_UP else Audience.CHILD


@frozen
class Start:
    """Who starts a process, where, when and why."""

    process_id: str
    branch_id: str
    """Where; empty for the head office."""
    actor: str
    now: datetime
    comment: str = ""
    asked: Mapping[str, date | None] = field(factory=dict, hash=False)
    """What the customer is to be asked for, see `Process`."""


def age_on(today: date, born: date | None, *, is_company: bool = False) -> Age:
    """The age on a day; people born on 29 February grow older on 1 March of a common year."""
    if born is None:
        return Age(None, is_company)
    had_no_birthday_yet = (today.month, today.day) < (born.month, born.day)
    return Age(today.year - born.year - had_no_birthday_yet, is_company)


def is_for(template: ProcessTemplate, age: Age) -> bool:
    """Whether a template is meant for customers of an age; if it depends on an unknown age, it is not."""
    return template.audience in {Audience.EVERYBODY, age.audience}


def require_startable(template: ProcessTemplate, branch_id: str, age: Age) -> None:
    """Make sure that a process may be started from a template.

    Raises:
        Refused: ``process_template.hidden``, ``process_template.other_branch`` or ``process_template.other_age``.
    """
    if template.hidden:
        raise Refused(
            "process_template.hidden",
            "the process template is hidden",
            remedy="show it again",
            template=template.id,
        )
    if template.branch_id not in {"", branch_id}:
        raise Refused(
            "process_template.other_branch",
            "the process template belongs to another branch",
            remedy="start the process there",
            template=template.id,
            branch=template.branch_id,
        )
    if not is_for(template, age):
        raise Refused(
            "process_template.other_age",
            f"the process template is for customers of another age: {template.audience.value}",
            remedy="enter the birth date" if age.audience is None else "choose another template",
            template=template.id,
            audience=template.audience.value,
            age=age.years,
        )


def start_process(template: ProcessTemplate, customer_id: str, start: Start) -> Decision[Process]:
    """Start a process with a copy of the template's steps; later changes of the template do not reach it."""
    # The first process marks its template, which is thereby saved and grows a version.
    marked = () if template.used else (evolve(template, used=True),)
    used = tuple(Note("process_template.used", template, each) for each in marked)
    process = Process(
        id=start.process_id,
        customer_id=customer_id,
        template=template.id,
        kind=template.kind,
        name=template.name,
        branch_id=start.branch_id,
        state=ProcessState.OPEN,
        steps=tuple(copied(step) for step in template.steps),
        template_version=template.version + len(marked),
        started_at=start.now,
        started_by=start.actor,
        comment=start.comment,
        asked=start.asked,
    )
    note = Note("process.started", after=process, comment=start.comment)
    return Decision(process, add=(process,), save=marked, notes=(*used, note))


def copied(step: StepTemplate) -> ProcessStep:
    """A step of a process as the template lays it down."""
    return ProcessStep(
        id=step.id,
        type=step.type,
        name=step.name,
        description=step.description,
        mandatory=step.mandatory,
        pre_step=step.pre_step,
        settings=step.settings,
    )
