"""Branches: where people work, in which time zone, on which days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.branches.records import BRANCHES
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.branches.service import Branches


def _service() -> type[Branches]:
    from loyaltycore.branches.service import Branches

    return Branches


CAPABILITY: Final = Capability(name="branches", service=_service, records=(BRANCHES,))
