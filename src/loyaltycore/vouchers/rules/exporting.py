"""Exporting codes."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.vouchers.rules.voucher import Voucher, VoucherBatch


def exported(batch: VoucherBatch) -> Decision[None]:
    """That somebody has seen all codes of a batch."""
    return Decision(None, notes=(Note("voucher.codes_exported", about=batch),))


def line_of(voucher: Voucher, code: str, zone: str) -> str:
    """One line of a CSV file: letters, digits and hyphens alone, so that no cell is a formula."""
    last = ""
    if voucher.ends_at is not None:
        last = (voucher.ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date().isoformat()
    return f"{code},{voucher.program},{last}\r\n"
