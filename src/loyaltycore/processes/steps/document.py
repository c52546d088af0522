"""The step that prints a document, or records that there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen
from typing_extensions import override

from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, refuse_others
from loyaltycore.work.unit import Unit

_LENGTH = 200


@frozen
class DocumentDraft:
    """What the dialog shows."""

    document: str
    """The document's name, for the program that prints it."""
    print_at_once: bool
    """Whether to print it without asking."""


class Document(StepType):
    """Settings: ``document``, ``print_at_once``. Given: ``reference`` (where it was filed), ``printed``."""

    key: ClassVar[str] = "document"
    label: ClassVar[str] = "Print or record a document"

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read which document."""
        refuse_others(faults, given, ("document", "print_at_once"))
        return {
            "document": faults.text("document", given.get("document"), limit=_LENGTH, required=True),
            "print_at_once": faults.flag("print_at_once", given.get("print_at_once")),
        }

    def draft(self, work: StepWork) -> DocumentDraft:
        """Which document, and whether it is printed at once."""
        return DocumentDraft(str(work.settings["document"]), bool(work.settings["print_at_once"]))

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Record what became of the document; the host application prints it."""
        with Faults() as faults:
            refuse_others(faults, given, ("reference", "printed"))
            draft = self.draft(work)
            result: StepValues = {
                "document": draft.document,
                "reference": faults.text("reference", given.get("reference"), limit=_LENGTH),
                "printed": faults.flag("printed", given.get("printed"), default=draft.print_at_once),
            }
        return result
