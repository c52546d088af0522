"""All step types of one `Loyalty`: the library's own and those of the host application."""

from __future__ import annotations

from collections.abc import Iterable

from loyaltycore.domain.customers.custom_fields import CustomFields
from loyaltycore.domain.validation import Faults
from loyaltycore.errors import RegistrationError
from loyaltycore.services.step_types.assign_property import AssignProperty
from loyaltycore.services.step_types.complete_data import CompleteData
from loyaltycore.services.step_types.custom import Custom
from loyaltycore.services.step_types.document import Document
from loyaltycore.services.step_types.order_card import OrderCard
from loyaltycore.services.step_types.step_type import StepType
from loyaltycore.services.step_types.task import Task


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
