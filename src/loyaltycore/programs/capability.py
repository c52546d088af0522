"""Loyalty programs: defined by the chain, assigned to customers, used by card or by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.leaving import ALSO_ERASES, FORBIDS_ERASURE, AlsoErases, ForbidsErasure
from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.processes.adding import COMPLETIONS, Completion
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.programs.holders import HOLDERS, Holders, assignments
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.programs.records import (
    ISSUERS,
    PROGRAM_ASSIGNMENTS,
    PROGRAM_MOVES,
    PROGRAM_PERIODS,
    PROGRAM_REVISIONS,
    PROGRAMS,
)
from loyaltycore.programs.rules.options import PROGRAM_OPTIONS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.programs.rules.kind import ProgramKind
    from loyaltycore.programs.service import Programs


def _service() -> type[Programs]:
    from loyaltycore.programs.service import Programs

    return Programs


def _kinds(_: House) -> Iterator[ProgramKind]:
    from loyaltycore.programs.rules.discounts import Discount, Warranty
    from loyaltycore.programs.rules.memberships import Membership
    from loyaltycore.programs.rules.points import Points
    from loyaltycore.programs.rules.quotas import BonusItem
    from loyaltycore.programs.rules.stored_value import StoredValue

    yield BonusItem()
    yield Discount()
    yield Warranty()
    yield StoredValue()
    yield Points()
    yield Membership()


def _completions(_: House) -> Iterator[Completion]:
    from loyaltycore.programs.selling import sell_offered

    yield sell_offered


def _forbids_erasure(_: House) -> Iterator[ForbidsErasure]:
    from loyaltycore.programs.leaving import unspent_value

    yield unspent_value


def _also_erases(_: House) -> Iterator[AlsoErases]:
    from loyaltycore.programs.leaving import forget_remarks

    yield forget_remarks


def _step_types(_: House) -> Iterator[StepType]:
    from loyaltycore.programs.steps import AssignProgram, UseProgram

    yield AssignProgram()
    yield UseProgram()


def _holders(_: House) -> Iterator[Holders]:
    yield assignments


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.programs.leaving import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="programs",
    service=_service,
    records=(PROGRAMS, PROGRAM_REVISIONS, PROGRAM_ASSIGNMENTS, PROGRAM_MOVES, PROGRAM_PERIODS, ISSUERS),
    options=PROGRAM_OPTIONS,
    adds=(
        PROGRAM_KINDS.by(_kinds),
        HOLDERS.by(_holders),
        COMPLETIONS.by(_completions),
        FORBIDS_ERASURE.by(_forbids_erasure),
        ALSO_ERASES.by(_also_erases),
        RETENTIONS.by(_retentions),
        STEP_TYPES.by(_step_types),
    ),
)
