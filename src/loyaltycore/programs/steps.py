"""The steps that assign a program, and that use one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from typing_extensions import override

from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, read_preset, refuse_others
from loyaltycore.programs.rules.using import usable_of
from loyaltycore.programs.service import Programs
from loyaltycore.work.unit import Unit

_ASSIGNED: Final = ("program", "card", "starts_on", "ends_on", "reference", "comment")
_USED: Final = ("program", "article", "quantity", "reference", "comment")


class _OfProgram(StepType):
    """Settings: ``program``, to preset the key of a program."""

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read the program; whether it is in force is checked when the step is done."""
        refuse_others(faults, given, ("program",))
        program = faults.text("program", given.get("program"), limit=40)
        return {"program": program} if program else {}


class AssignProgram(_OfProgram):
    """Given: ``program`` unless it is preset, and what `Programs.assign` takes beside it."""

    key: ClassVar[str] = "assign_program"
    label: ClassVar[str] = "Assign loyalty program"
    # A second assignment is made on purpose, on the customer.
    redoable: ClassVar[bool] = False

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Assign the program."""
        wishes = _read(work, given, _ASSIGNED)
        made = Programs(work.session).assign(work.customer.id, wishes.pop("program"), **wishes)
        return {"assignment": made.id}


class UseProgram(_OfProgram):
    """Given: ``program`` unless it is preset, and ``article``, ``quantity``, ``reference`` or ``comment``."""

    key: ClassVar[str] = "use_program"
    label: ClassVar[str] = "Use loyalty program"

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Use what the customer has of the program: what ends first."""
        wishes = _read(work, given, _USED)
        programs = Programs(work.session)
        rows = programs.of_customer(work.customer.id)
        row = usable_of(rows, wishes.pop("program"), work.unit.now)
        move = programs.use(row.id, **wishes)
        return {"move": move.id, "left": move.balance}


def _read(work: StepWork, given: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """What is given, with the program that the settings preset."""
    with Faults() as faults:
        refuse_others(faults, given, known)
        preset = str(work.settings.get("program", ""))
        program = read_preset(faults, "program", given.get("program"), preset)
        if not program:
            faults.note("program", "required", "must not be empty")
    return {**given, "program": program}
