"""What is stored of a merge: who was merged, how both customers were, and what moved. It is what an undo needs.

done -> undone; a merge that was undone stays as history.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.showing import showing


class MergeState(Enum):
    """Where a merge is."""

    DONE = "done"
    UNDONE = "undone"


@frozen
class Moved:
    """How many records of one kind were moved by one of their fields."""

    table: str
    field: str
    count: int
    place: int
    """Of its part in the journal."""


@frozen
class Conflict:
    """What an undo left as it is, because it was changed after the merge."""

    table: str
    key: str
    field: str
    """Empty for the whole record."""
    code: str
    """``changed``; ``gone``; ``reassigned``: it belongs to another customer by now."""


@frozen(repr=False)
class Merge:
    """One customer merged into another."""

    __repr__ = showing("id", "survivor_id", "loser_id", "state")

    id: str
    survivor_id: str
    loser_id: str
    at: datetime
    by: str
    """Who merged."""
    reason: str
    survivor_before: Customer
    survivor_after: Customer
    loser_before: Customer
    moved: tuple[Moved, ...]
    survivor_version: int
    """The survivor's version before: of several merges into one survivor, it tells the order."""
    state: MergeState = MergeState.DONE
    undone_at: datetime | None = None
    undone_by: str = ""
    conflicts: tuple[Conflict, ...] = ()
    """What the undo left, the first hundred."""
    version: int = 1


@frozen
class MergeMove:
    """One record that was moved as it is.

    There may be very many, so its key says all but that record's key: merge, place of the part, and a running number.
    """

    id: str
    moved_key: str
    version: int = 1


def part_of(merge_id: str, place: int) -> str:
    """What the keys of one part of a merge's journal begin with, up to a hyphen."""
    return f"{merge_id}-{place}"


@frozen(repr=False)
class MergeChange:
    """Two records that could not both stand, before and after; as JSON, because they are of any class."""

    __repr__ = showing("id", "merge_id", "changed_table")

    id: str
    merge_id: str
    changed_table: str
    mine_before: str
    mine_after: str
    theirs_before: str
    theirs_after: str
    """Empty if all that it held is in the other one."""
    version: int = 1
