"""Customer properties: defined by the chain, given to customers by hand or by a step of a process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.properties.records import CUSTOMER_PROPERTIES, PROPERTY_TYPES
from loyaltycore.selections.adding import SELECTABLE, Selecting
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.properties.service import Properties


def _service() -> type[Properties]:
    from loyaltycore.properties.service import Properties

    return Properties


def _selectable(_: House) -> Iterator[Selecting]:
    from loyaltycore.properties.selecting import selectable_properties

    yield selectable_properties


def _step_types(_: House) -> Iterator[StepType]:
    from loyaltycore.properties.step import AssignProperty

    yield AssignProperty()


CAPABILITY: Final = Capability(
    name="properties",
    service=_service,
    records=(PROPERTY_TYPES, CUSTOMER_PROPERTIES),
    adds=(SELECTABLE.by(_selectable), STEP_TYPES.by(_step_types)),
)
