"""The step that the library knows nothing about: it keeps what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork
from loyaltycore.work.unit import Unit


class Custom(StepType):
    """Settings and what is given: any texts, integers, truth values and dates by name."""

    key: ClassVar[str] = "custom"
    label: ClassVar[str] = "Custom step"

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Take them as they are; whether they can be stored is checked for all types."""
        return given

    def draft(self, work: StepWork) -> StepValues:
        """The settings."""
        return work.settings

    @override
    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Keep what is given."""
        return given
