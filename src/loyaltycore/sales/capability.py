"""Sales: orders priced, reserved, settled and refunded; programs sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.sales.records import RESERVATIONS, SETTLEMENTS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.sales.service import Sales


def _service() -> type[Sales]:
    from loyaltycore.sales.service import Sales

    return Sales


CAPABILITY: Final = Capability(name="sales", service=_service, records=(RESERVATIONS, SETTLEMENTS))
