"""All step types of one `Loyalty`: the library's own and those of the host application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.work.capability import Point


class StepTypes:
    """The step types by key; fixed once it is made."""

    def __init__(self, types: Iterable[StepType]) -> None:
        """Collect the types.

        Raises:
            RegistrationError: A type has no valid key or label, or two share a key.
        """
        self._types: dict[str, StepType] = {}
        for each in types:
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


STEP_TYPES: Final = Point[StepType, StepTypes]("types of process steps", StepTypes)


def _check(step_type: object) -> None:
    if not isinstance(step_type, StepType):
        raise RegistrationError(f"{shown(step_type)} is no StepType: give an instance of a subclass")
    faults = Faults()
    faults.key("key", getattr(step_type, "key", None))
    faults.text("label", getattr(step_type, "label", None), limit=80, required=True)
    if faults.found:
        wrong = "; ".join(f"{fault.field} {fault.message}" for fault in faults.found)
        raise RegistrationError(f"step type {type(step_type).__name__}: {wrong}")
