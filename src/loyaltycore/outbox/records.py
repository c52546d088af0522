"""The record type of what becomes of messages."""

from __future__ import annotations

from loyaltycore.kernel.fates import MESSAGE_ID_LENGTH, RECIPIENT_LENGTH, MessageFate
from loyaltycore.kernel.outbox import VENDOR_ID_LENGTH
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

MESSAGE_FATES = RecordType(
    cls=MessageFate,
    table="message_fates",
    noun="fate of a message",
    unique=(("message_id", "recipient"),),
    indexes=(
        ("vendor_id", "id"),
        ("customer_id", "id"),
        ("state", "id"),
        ("known_at",),
    ),
    lengths={
        "message_id": MESSAGE_ID_LENGTH,
        "recipient": RECIPIENT_LENGTH,
        "vendor_id": VENDOR_ID_LENGTH,
        "customer_id": KEY_LENGTH,
        "about_table": 60,
        "about_key": KEY_LENGTH,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
        selectable=False,
    ),
)
