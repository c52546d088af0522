"""Record types of merges, and of pairs that are no duplicates."""

from __future__ import annotations

from loyaltycore.merging.rules.distinct import NotDuplicate, combine_pairs
from loyaltycore.merging.rules.merge import Merge, MergeChange, MergeMove
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

REASON_LENGTH = 500

MERGES = RecordType(
    cls=Merge,
    table="merges",
    indexes=(("survivor_id", "id"), ("loser_id", "id")),
    lengths={
        "survivor_id": KEY_LENGTH,
        "loser_id": KEY_LENGTH,
        "by": 100,
        "undone_by": 100,
        "reason": REASON_LENGTH,
    },
    # How both were before is the loser's and the survivor's alike: it is shown by nobody but an undo and an export.
    secret=("survivor_before", "survivor_after", "loser_before"),
    customer=CustomerLink(
        field="survivor_id",
        merge=OnMerge.STAY,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
        selectable=False,
    ),
)

NOT_DUPLICATES = RecordType(
    cls=NotDuplicate,
    table="not_duplicates",
    noun="pair of customers who are two",
    unique=(("customer_id", "other_id"),),
    indexes=(("other_id", "id"),),
    lengths={"customer_id": KEY_LENGTH, "other_id": KEY_LENGTH, "said_by": 100},
    mentions=("other_id",),
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.OMIT,
        erase=OnErase.REMOVE,
        selectable=False,
        combine=combine_pairs,
    ),
)

MERGE_MOVES = RecordType(
    cls=MergeMove,
    table="merge_moves",
    noun="moved record",
    lengths={"moved_key": KEY_LENGTH},
)

MERGE_CHANGES = RecordType(
    cls=MergeChange,
    table="merge_changes",
    noun="combined record",
    indexes=(("merge_id", "id"),),
    lengths={
        "merge_id": KEY_LENGTH,
        "changed_table": 60,
        **dict.fromkeys(("mine_before", "mine_after", "theirs_before", "theirs_after"), 0),
    },
    secret=("mine_before", "mine_after", "theirs_before", "theirs_after"),
)
