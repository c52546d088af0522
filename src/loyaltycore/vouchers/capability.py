"""Vouchers: payment and discounts by code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.leaving import ALSO_ERASES, AlsoErases
from loyaltycore.programs.holders import HOLDERS, Holders
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.vouchers.records import VOUCHER_BATCHES, VOUCHERS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.programs.rules.kind import ProgramKind
    from loyaltycore.vouchers.service import Vouchers


def _service() -> type[Vouchers]:
    from loyaltycore.vouchers.service import Vouchers

    return Vouchers


def _kinds(_: House) -> Iterator[ProgramKind]:
    from loyaltycore.vouchers.rules.kinds import DiscountVoucher

    yield DiscountVoucher()


def _holders(_: House) -> Iterator[Holders]:
    from loyaltycore.vouchers.holders import vouchers

    yield vouchers


def _also_erases(_: House) -> Iterator[AlsoErases]:
    from loyaltycore.vouchers.leaving import forget_remarks

    yield forget_remarks


CAPABILITY: Final = Capability(
    name="vouchers",
    service=_service,
    records=(VOUCHERS, VOUCHER_BATCHES),
    adds=(PROGRAM_KINDS.by(_kinds), HOLDERS.by(_holders), ALSO_ERASES.by(_also_erases)),
)
