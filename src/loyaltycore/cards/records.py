"""Record types of cards and of everything around ordering them."""

from __future__ import annotations

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.cards.rules.information import InformationRequest
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.cards.rules.order_service import CardOrderService
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

CARDS = RecordType(
    cls=CustomerCard,
    table="cards",
    unique=(("number",),),
    # The last answers who has a card in some state from the index alone.
    indexes=(("customer_id", "id"), ("order_id",), ("state", "customer_id")),
    lengths={
        "number": 40,
        "customer_id": KEY_LENGTH,
        "order_id": KEY_LENGTH,
        "template": 40,
        "replaces": KEY_LENGTH,
        "end_reason": 500,
    },
    customer=CustomerLink(
        field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE
    ),
)

CARD_ORDERS = RecordType(
    cls=CardOrder,
    table="card_orders",
    indexes=(("customer_id", "id"), ("card_id",), ("state", "id")),
    lengths={
        "customer_id": KEY_LENGTH,
        "card_id": KEY_LENGTH,
        "service_id": 60,
        "branch_id": KEY_LENGTH,
        "template": 40,
        "product": 64,
        "comment": 500,
        "ordered_by": 100,
        "replaces": KEY_LENGTH,
        "vendor_word": 60,
        "vendor_id": 200,
        "reason_code": 60,
        "reason": 500,
        "tracking": 200,
        "cancelled_by": 100,
        "cancel_reason": 500,
    },
    # What is read from them stands beside them.
    secret=("dealings",),
    # The books keep what was ordered and what it cost; who received it and what was remarked goes.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("recipient", "comment", "cancel_reason"),
    ),
)

CARD_ORDER_SERVICES = RecordType(
    cls=CardOrderService,
    table="card_order_services",
    lengths={
        "provider": 100,
        "contact_email": 254,
        "contact_phone": 40,
        "contact_notes": 0,
        "cover_letter": 64,
        "delivery_note": 64,
    },
)

INFORMATION_REQUESTS = RecordType(
    cls=InformationRequest,
    table="information_requests",
    lengths={"branch_id": KEY_LENGTH, "requested_by": 100, "text": 0, "recipient": 254},
)
