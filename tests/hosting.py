"""A capability of a host application, with what one test needs of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loyaltycore.kernel.settings import Option
from loyaltycore.outbox.handler import HANDLERS, Handler
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.storing.registry import RecordType
from loyaltycore.work.capability import Capability


def hosted(
    *,
    records: Iterable[RecordType[Any]] = (),
    options: Iterable[Option[Any]] = (),
    step_types: Iterable[StepType] = (),
    handlers: Iterable[Handler] = (),
) -> Capability:
    """A capability with these parts."""
    given = tuple(step_types), tuple(handlers)
    return Capability(
        name="host",
        records=tuple(records),
        options=tuple(options),
        adds=(STEP_TYPES.by(lambda _: given[0]), HANDLERS.by(lambda _: given[1])),
    )
