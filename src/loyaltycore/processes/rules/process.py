"""The process: one customer, one template's steps, and how far they have come.

Steps live inside the process, which is one versioned record. It alone decides what is locked and whether an offer can
be completed, so two people at two desks cannot decide differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Final

from attrs import field, frozen

from loyaltycore.errors import NotFound
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.showing import showing
from loyaltycore.processes.rules.template import ProcessKind, StepValues, with_kinds


class ProcessState(Enum):
    """Where a process is."""

    OPEN = "open"
    COMPLETED = "completed"
    """Its offer was completed."""

    CLOSED = "closed"
    """It ended without an offer."""


class StepState(Enum):
    """Where a step is."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    INACTIVE = "inactive"
    """The template no longer has it."""


@frozen(repr=False)
class ProcessStep:
    """One step of a process."""

    __repr__ = showing("id", "type", "state")

    id: str
    """The id of the template's step from which it was copied."""
    type: str
    name: str
    description: str = ""
    """What it is for, or empty."""
    mandatory: bool = False
    """Whether it must be done."""
    pre_step: bool = False
    """Whether no other step can be worked on before it is done."""
    settings: StepValues = field(factory=dict, eq=with_kinds, hash=False)
    """What its type needs to know."""
    state: StepState = StepState.OPEN
    done_at: datetime | None = None
    """When it was done or skipped, or None."""
    done_by: str = ""
    result: StepValues = field(factory=dict, eq=with_kinds, hash=False)
    """Its result, by name; what it means is up to the type."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is StepState.OPEN


@frozen(repr=False)
class Process:
    """What is done for one customer."""

    __repr__ = showing("id", "customer_id", "template", "state")

    id: str
    customer_id: str
    template: str
    """The key of the template from which it was started."""
    kind: ProcessKind
    name: str
    """The template's name when it was started."""
    branch_id: str
    """Where it was started; empty for the head office."""
    state: ProcessState
    steps: tuple[ProcessStep, ...]
    """In their order."""
    template_version: int
    """The version of the template that its steps agree with."""
    started_at: datetime
    started_by: str
    comment: str = ""
    asked: Mapping[str, date | None] = field(factory=dict, hash=False)
    """What the customer was to be asked for on this occasion: the day on which each field had been asked for before, by
    the field's key; None if it never was."""
    ended_at: datetime | None = None
    """When it was completed or closed, or None."""
    ended_by: str = ""
    end_reason: str = ""
    """Why it was closed, or empty."""
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether anything can still be done in it."""
        return self.state is ProcessState.OPEN

    def step(self, step_id: str) -> ProcessStep:
        """The step with an id.

        Raises:
            NotFound: There is none.
        """
        wanted = text_of(step_id)
        for step in self.steps:
            if step.id == wanted:
                return step
        raise NotFound("process_step", step_id, meant(step_id, (step.id for step in self.steps)))

    @property
    def open_steps(self) -> tuple[ProcessStep, ...]:
        """What is still to be done, in order."""
        return tuple(step for step in self.steps if step.is_open)

    @property
    def open_mandatory(self) -> tuple[ProcessStep, ...]:
        """Mandatory steps not done yet; in a completed process, those that the completion warned of."""
        return tuple(step for step in self.steps if step.mandatory and step.is_open)

    def locked_by(self, step_id: str) -> tuple[ProcessStep, ...]:
        """The open pre-steps that come before a step; pre-steps do not lock one another.

        Raises:
            NotFound: There is no such step.
        """
        if self.step(step_id).pre_step:
            return ()
        return tuple(step for step in self.steps if step.pre_step and step.is_open)


STEP_KEY_SEPARATOR: Final = "/"


def open_step_key(template: str, step_id: str = "") -> str:
    """The lookup key ``open_step`` of a process in which that step is open; without a step, the prefix of all."""
    return f"{template}{STEP_KEY_SEPARATOR}{step_id}"


def process_keys(process: Process) -> Mapping[str, tuple[str, ...]]:
    """The lookup keys of a process: which steps are open, while the process is."""
    steps = process.open_steps if process.is_open else ()
    return {"open_step": tuple(open_step_key(process.template, step.id) for step in steps)}
