"""Vouchers as holders of purses."""

from __future__ import annotations

from collections.abc import Sequence

from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.rules.closing import Held
from loyaltycore.vouchers.rules.voucher import Voucher
from loyaltycore.work.unit import Unit


def vouchers(unit: Unit, program: str, after: tuple[str] | None, size: int) -> Sequence[Held]:
    """The vouchers of a program: one that was never used has the purse that it was issued with."""
    mine = stored("program") == program
    return [
        Held(each.id, each.opened, each.issued_at)
        for each in unit.find(Voucher, mine, after=after, limit=size)
    ]
