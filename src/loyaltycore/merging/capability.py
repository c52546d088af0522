"""Merging: two customers who are one, with a plan, a journal and an undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.merging.records import MERGE_CHANGES, MERGE_MOVES, MERGES, NOT_DUPLICATES
from loyaltycore.merging.rules.options import MERGING_OPTIONS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.merging.service import Merging


def _service() -> type[Merging]:
    from loyaltycore.merging.service import Merging

    return Merging


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.merging.forgetting import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="merging",
    service=_service,
    records=(MERGES, MERGE_MOVES, MERGE_CHANGES, NOT_DUPLICATES),
    options=MERGING_OPTIONS,
    adds=(RETENTIONS.by(_retentions),),
)
