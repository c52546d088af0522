"""Step types: what a step of a process does when it is executed, one module for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.processes.steps.step_type import StepType, StepWork, refuse_others
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__, dict.fromkeys(("StepType", "StepWork", "refuse_others"), ".step_type")
    )

__all__ = ["StepType", "StepWork", "refuse_others"]
