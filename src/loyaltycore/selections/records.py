"""Record types of saved selections."""

from __future__ import annotations

from loyaltycore.selections.rules.selection import COMMENT_LENGTH, NAME_LENGTH, Selection
from loyaltycore.storing.registry import RecordType

SELECTIONS = RecordType(
    cls=Selection,
    table="selections",
    unique=(("name",),),
    # A condition is as long as a person makes it; nothing is found by it.
    lengths={"name": NAME_LENGTH, "condition": 0, "created_by": 100, "comment": COMMENT_LENGTH},
)
