"""Record types of vouchers."""

from __future__ import annotations

from loyaltycore.programs.records import COMMENT_LENGTH, REFERENCE_LENGTH
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType
from loyaltycore.vouchers.rules.voucher import TABLE, Voucher, VoucherBatch

VOUCHERS = RecordType(
    cls=Voucher,
    table=TABLE,
    unique=(("code_hash",),),
    indexes=(("customer_id", "id"), ("batch_id", "id"), ("order_ref", "id")),
    lengths={
        "program": 40,
        "code_hash": 64,
        "key_id": 20,
        "hint": 8,
        "batch_id": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
        "card_id": KEY_LENGTH,
        "unit": 40,
        "void_why": COMMENT_LENGTH,
        "order_ref": REFERENCE_LENGTH,
        "line_ref": REFERENCE_LENGTH,
        "comment": COMMENT_LENGTH,
        "issued_by": 100,
    },
    secret=("code_hash",),
    # What is owed is owed to whoever has the code, also after its customer was forgotten.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("customer_id", "comment", "void_why"),
    ),
)

VOUCHER_BATCHES = RecordType(
    cls=VoucherBatch,
    table="voucher_batches",
    noun="voucher batch",
    indexes=(("program", "id"),),
    lengths={"program": 40, "comment": COMMENT_LENGTH, "created_by": 100},
)
