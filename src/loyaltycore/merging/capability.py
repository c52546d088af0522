"""Merging: two customers who are one, with a plan, a journal and an undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.merging.records import MERGE_CHANGES, MERGE_MOVES, MERGES, NOT_DUPLICATES
from loyaltycore.merging.rules.options import MERGING_OPTIONS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.merging.service import Merging


def _service() -> type[Merging]:
    from loyaltycore.merging.service import Merging

    return Merging


CAPABILITY: Final = Capability(
    name="merging",
    service=_service,
    records=(MERGES, MERGE_MOVES, MERGE_CHANGES, NOT_DUPLICATES),
    options=MERGING_OPTIONS,
)
