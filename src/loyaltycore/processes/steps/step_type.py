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
    """Services made from it, such as ``work.session.service(Cards)``, join the unit: what they do is stored with the
    step or not at all."""
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

    A type must not touch the process that it works in: the service saves it, with what `execute` returns.
    """

    key: ClassVar[str]
    """Technical key, which templates keep: it never changes."""
    label: ClassVar[str]
    redoable: ClassVar[bool] = True
    """Whether a step may be done again."""

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:  # noqa: ARG002  a type without settings looks nothing up
        """Read the settings that a template gives to a step of this type; by default a type has none.

        Args:
            faults: Collects every fault; its fields are below ``settings``.
            given: Settings by name, still unchecked.
            unit: For looking up what they refer to. Nothing may be written.

        Returns:
            Texts, integers, truth values and dates by name; meaningless if faults were noted.
        """
        refuse_others(faults, given, ())
        return {}

    def refer(self, unit: Unit, settings: StepValues) -> None:  # noqa: B027  most types refer to nothing
        """Mark what the settings refer to as used, because they are about to be stored."""

    def draft(self, work: StepWork) -> Any:  # noqa: ARG002  only types with a dialog look at it
        """What the dialog shows before the step is done. Nothing is done or stored."""
        return None

    @abstractmethod
    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Do what the step is for, in the unit of work. It may run several times and takes effect once.

        Args:
            work: The step that is worked on.
            given: What the person doing the step enters, by name, still unchecked.

        Returns:
            The result, which the step keeps: texts, integers, truth values and dates by name.

        Raises:
            InvalidInput: Names every fault of what was given.
        """


def read_preset(faults: Faults, field: str, given: object, preset: str) -> str:
    """Read a key that the settings may preset: then it need not be given, and no other can be."""
    key = faults.text(field, given, limit=40) or preset
    if preset and key != preset:
        faults.note(field, "preset", f"is preset to {preset!r}")
    return key


def refuse_others(faults: Faults, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Note every name that is not known."""
    names = tuple(known)
    for name in given:
        if name not in names:
            faults.unknown(name, "unknown_field", "field", name, names)
