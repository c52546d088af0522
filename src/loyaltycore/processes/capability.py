"""Processes: started from templates, led step by step to their offer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.processes.records import PROCESS_TEMPLATES, PROCESSES
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.processes.service import Processes


def _service() -> type[Processes]:
    from loyaltycore.processes.service import Processes

    return Processes


def _step_types(house: House) -> Iterator[StepType]:
    from loyaltycore.processes.steps.complete_data import CompleteData
    from loyaltycore.processes.steps.custom import Custom
    from loyaltycore.processes.steps.document import Document
    from loyaltycore.processes.steps.task import Task

    yield from (CompleteData(house.custom_fields), Document(), Task(), Custom())


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.processes.keeping import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="processes",
    service=_service,
    records=(PROCESS_TEMPLATES, PROCESSES),
    adds=(STEP_TYPES.by(_step_types), RETENTIONS.by(_retentions)),
)
