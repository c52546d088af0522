"""Sales: orders priced, reserved, settled and refunded; programs sold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.leaving import ALSO_ERASES, AlsoErases
from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.programs.adding import ALSO_CANCELS, AlsoCancels
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.programs.used import RULES_OF, RulesOf
from loyaltycore.sales.records import RESERVATIONS, SETTLEMENTS, TALLIES
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.programs.rules.kind import ProgramKind
    from loyaltycore.sales.service import Sales


def _service() -> type[Sales]:
    from loyaltycore.sales.service import Sales

    return Sales


def _kinds(_: House) -> Iterator[ProgramKind]:
    from loyaltycore.sales.rules.promotions import Promotion

    yield Promotion()


def _also_erases(_: House) -> Iterator[AlsoErases]:
    from loyaltycore.sales.leaving import release_reservations

    yield release_reservations


def _also_cancels(_: House) -> Iterator[AlsoCancels]:
    from loyaltycore.sales.leaving import void_vouchers

    yield void_vouchers


def _rules_of(_: House) -> Iterator[RulesOf]:
    from loyaltycore.sales.used import settled_rules

    yield settled_rules


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.sales.leaving import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="sales",
    service=_service,
    records=(RESERVATIONS, SETTLEMENTS, TALLIES),
    adds=(
        PROGRAM_KINDS.by(_kinds),
        ALSO_ERASES.by(_also_erases),
        ALSO_CANCELS.by(_also_cancels),
        RULES_OF.by(_rules_of),
        RETENTIONS.by(_retentions),
    ),
)
