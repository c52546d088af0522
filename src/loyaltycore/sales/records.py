"""Record types of sales."""

from __future__ import annotations

from loyaltycore.sales.rules.reservation import Reservation
from loyaltycore.sales.rules.settlement import Settlement
from loyaltycore.sales.rules.tally import Tally, combine_tallies
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

ORDER_LENGTH = 64
"""Longest number of an order or a refund, in characters."""
REASON_LENGTH = 500

RESERVATIONS = RecordType(
    cls=Reservation,
    table="reservations",
    unique=(("open_order",),),
    indexes=(("customer_id", "id"), ("state", "expires_at")),
    lengths={
        "order_ref": ORDER_LENGTH,
        "open_order": ORDER_LENGTH,
        "customer_id": KEY_LENGTH,
        "digest": 64,
        "created_by": 100,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.OMIT,
        erase=OnErase.KEEP,
        selectable=False,
    ),
)

SETTLEMENTS = RecordType(
    cls=Settlement,
    table="settlements",
    unique=(("order_ref",),),
    indexes=(("customer_id", "id"),),
    lengths={
        "order_ref": ORDER_LENGTH,
        "customer_id": KEY_LENGTH,
        "branch_id": KEY_LENGTH,
        "currency": 3,
        "digest": 64,
        "settled_by": 100,
    },
    # The books keep what was paid; what was bought goes.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("lines", "minima", "refunds", "priced_from"),
    ),
)

TALLIES = RecordType(
    cls=Tally,
    table="tallies",
    noun="tally",
    unique=(("program", "customer_id"),),
    indexes=(("customer_id", "program"),),
    lengths={"program": 40, "customer_id": KEY_LENGTH},
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
        selectable=False,
        combine=combine_tallies,
    ),
)
