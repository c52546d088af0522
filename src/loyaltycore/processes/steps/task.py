"""The step that reminds somebody to do something outside the program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from attrs import frozen
from typing_extensions import override

from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, refuse_others
from loyaltycore.work.unit import Unit

_NOTE_LENGTH = 500
_LONGEST = 3650


@frozen
class TaskDraft:
    """What the dialog shows."""

    due_on: date | None
    """When it should be done, at the branch; None if the settings do not say."""


class Task(StepType):
    """Settings: ``due_after_days``, counted from the start of the process. Given: ``note``."""

    key: ClassVar[str] = "task"
    label: ClassVar[str] = "Task"
    redoable: ClassVar[bool] = False

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read when it is due."""
        refuse_others(faults, given, ("due_after_days",))
        if given.get("due_after_days") is None:
            return {}
        days = faults.integer("due_after_days", given["due_after_days"], least=0, most=_LONGEST)
        return {"due_after_days": days}

    def draft(self, work: StepWork) -> TaskDraft:
        """When it is due."""
        days = work.settings.get("due_after_days")
        begun = work.session.branch.local_date(work.process.started_at)
        return TaskDraft(None if days is None else begun + timedelta(days=int(str(days))))

    @override
    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Record that it was done."""
        with Faults() as faults:
            refuse_others(faults, given, ("note",))
            note = faults.text("note", given.get("note"), limit=_NOTE_LENGTH, multiline=True)
        return {"note": note} if note else {}
