"""All step types of one `Loyalty`: the library's own and those of the host application."""

from __future__ import annotations

from collections.abc import Iterable

from loyaltycore.cards.step import OrderCard
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.custom_fields import CustomFields
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.steps.complete_data import CompleteData
from loyaltycore.processes.steps.custom import Custom
from loyaltycore.processes.steps.document import Document
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.processes.steps.task import Task
from loyaltycore.properties.step import AssignProperty


class StepTypes:
    """The step types by key; fixed once it is made."""

    def __init__(self, own: Iterable[StepType], custom_fields: CustomFields) -> None:
        """Collect the library's types and the host's.

        Raises:
            RegistrationError: A type has no proper key or label, or two share a key.
        """
        self._types: dict[str, StepType] = {}
        for each in (*_core(custom_fields), *own):
            _check(each)
            if each.key in self._types:
                raise RegistrationError(f"step type {each.key!r} is registered twice")
            self._types[each.key] = each

    @property
    def all(self) -> tuple[StepType, ...]:
        """All types in the order of registration, for a list to choose from."""
        return tuple(self._types.values())

    def find(self, key: object) -> StepType | None:
        """The type of a key, or None."""
        return self._types.get(key) if isinstance(key, str) else None


def _core(custom_fields: CustomFields) -> tuple[StepType, ...]:
    return AssignProperty(), OrderCard(), CompleteData(custom_fields), Document(), Task(), Custom()


def _check(step_type: object) -> None:
    if not isinstance(step_type, StepType):
        raise RegistrationError(f"{step_type!r} is no StepType: give an instance of a subclass")
    faults = Faults()
    faults.key("key", getattr(step_type, "key", None))
    faults.text("label", getattr(step_type, "label", None), limit=80, required=True)
    if faults.found:
        wrong = "; ".join(f"{fault.field} {fault.message}" for fault in faults.found)
        raise RegistrationError(f"step type {type(step_type).__name__}: {wrong}")
