"""Activities: the change feed. Every unit of work writes it, so its records belong to the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.activities.service import Activities


def _service() -> type[Activities]:
    from loyaltycore.activities.service import Activities

    return Activities


CAPABILITY: Final = Capability(name="activities", service=_service)
