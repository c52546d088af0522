"""Selections: customers by conditions that people put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.selections.records import SELECTIONS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.selections.service import Selections


def _service() -> type[Selections]:
    from loyaltycore.selections.service import Selections

    return Selections


CAPABILITY: Final = Capability(name="selections", service=_service, records=(SELECTIONS,))
