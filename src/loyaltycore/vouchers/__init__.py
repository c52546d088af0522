"""Vouchers: codes, what they stand for, and redeeming them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.pricing.benefits import CatalogPrice as CatalogPrice
    from loyaltycore.vouchers.keys import CODE_KEYS as CODE_KEYS
    from loyaltycore.vouchers.rules.codes import CodeKey as CodeKey
    from loyaltycore.vouchers.rules.importing import (
        ForeignCode as ForeignCode,
        ImportedCodes as ImportedCodes,
        RejectedCode as RejectedCode,
    )
    from loyaltycore.vouchers.rules.kinds import DiscountVoucherTerms as DiscountVoucherTerms
    from loyaltycore.vouchers.rules.redeeming import Checked as Checked
    from loyaltycore.vouchers.rules.saying import sentence as sentence
    from loyaltycore.vouchers.rules.voucher import (
        BatchState as BatchState,
        Voucher as Voucher,
        VoucherBatch as VoucherBatch,
        VoucherState as VoucherState,
    )
    from loyaltycore.vouchers.service import Vouchers as Vouchers
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "loyaltycore.kernel.pricing.benefits": "CatalogPrice",
            ".keys": "CODE_KEYS",
            ".rules.codes": "CodeKey",
            ".rules.importing": "ForeignCode ImportedCodes RejectedCode",
            ".rules.kinds": "DiscountVoucherTerms",
            ".rules.redeeming": "Checked",
            ".rules.saying": "sentence",
            ".rules.voucher": "BatchState Voucher VoucherBatch VoucherState",
            ".service": "Vouchers",
        },
    )
