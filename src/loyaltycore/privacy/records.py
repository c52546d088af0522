"""Record types of erasures and of marks in a chain that never erases."""

from __future__ import annotations

from loyaltycore.privacy.rules.erasure import DeletionMark, Erasure
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

ERASURES = RecordType(
    cls=Erasure,
    table="erasures",
    indexes=(("erased_id", "id"),),
    lengths={"erased_id": KEY_LENGTH, "by": 100},
)

DELETION_MARKS = RecordType(
    cls=DeletionMark,
    table="deletion_marks",
    noun="mark of a deleted customer",
    indexes=(("customer_id", "id"), ("marked_at", "id")),
    lengths={"customer_id": KEY_LENGTH, "marked_by": 100},
    customer=CustomerLink(
        field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE
    ),
)
