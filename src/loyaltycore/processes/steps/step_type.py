"""What a step type is: the settings it reads, the dialog it opens, and what executing it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process, ProcessStep
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit


@frozen
class StepWork:
    """A step that is being worked on."""

    session: Session
    """Services made for it, such as ``work.session.service(Cards)``, join the unit: what they do is kept with the step
    or not at all."""
    unit: Unit
    process: Process
    """As it was before."""
    step: ProcessStep
    """As it was before."""
    customer: Customer

    @property
    def settings(self) -> StepValues:
        """The step's settings."""
        return self.step.settings


class StepType(ABC):
    """One kind of step. An instance holds nothing that changes; it is shared by all sessions.

    A type must leave the process that it works in alone: the service saves it, with what `execute` answers.
    """

    key: ClassVar[str]
    """Technical key, which templates keep: it never changes."""
    label: ClassVar[str]
    redoable: ClassVar[bool] = True
    """Whether a step that is done may be done again."""

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:  # noqa: ARG002  all of a family take the same
        """Read the settings that a template gives to a step of this type; by itself a type has none.

        Args:
            faults: Takes every fault; its fields stand below ``settings``.

            given: Settings by name, still unchecked.

            unit: To look up what they refer to. Nothing may be written.

        Returns:
            Texts, integers, truth values and dates by name; meaningless where faults were noted.
        """
        refuse_others(faults, given, ())
        return {}

    def refer(self, unit: Unit, settings: StepValues) -> None:  # noqa: B027  most types refer to nothing
        """Mark what the settings refer to as used, now that they are about to be kept."""

    def draft(self, work: StepWork) -> Any:  # noqa: ARG002  types that have a dialog look at it
        """What the dialog shows before the step is done. Nothing is done, nothing is kept."""
        return None

    @abstractmethod
    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Do what the step is for, in the unit of work. It may run several times, and is kept once.

        Args:
            work: The step that is worked on.

            given: What the person who does it says, by name, still unchecked.

        Returns:
            What came of it, which the step keeps: texts, integers, truth values and dates by name.

        Raises:
            InvalidInput: Every fault of what was given.
        """


def read_preset(faults: Faults, field: str, given: object, preset: str) -> str:
    """Read a key that may be preset by the settings: then nothing else can be given, and nothing needs to be."""
    key = faults.text(field, given, limit=40) or preset
    if preset and key != preset:
        faults.note(field, "preset", f"is preset to {preset!r}")
    return key


def refuse_others(faults: Faults, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Note every name that is not known."""
    for name in given:
        if name not in set(known):
            faults.note(str(name), "unknown_field", "is not a field that can be given")
