"""Vouchers: what a code stands for."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.kernel.ledger import Funding, Move, Purse, credit
from loyaltycore.kernel.showing import showing

TABLE: Final = "vouchers"


class VoucherState(Enum):
    """What a voucher is good for at a moment; it is not stored, it follows from the clock and the purse."""

    PLANNED = "planned"
    """Its first day has not come."""
    ISSUED = "issued"
    PARTLY_REDEEMED = "partly_redeemed"
    REDEEMED = "redeemed"
    """Nothing is left."""
    EXPIRED = "expired"
    VOID = "void"


@frozen(repr=False)
class Voucher:
    """One voucher; whoever knows its code can use it, unless it is bound to its customer."""

    __repr__ = showing("id", "program", "hint")

    id: str
    program: str
    revision: int
    """Whose terms hold for it."""
    code_hash: str
    """A keyed hash of its code."""
    key_id: str
    """The key from which the code was made."""
    own_code: bool
    """Whether somebody chose the code, so that it cannot be computed again."""
    hint: str
    """The last signs of the code."""
    batch_id: str | None
    customer_id: str | None
    """Who bought or received it; None for one of a batch."""
    bound: bool
    """Whether that customer alone can use it."""
    card_id: str | None
    unit: str
    """``uses``, or a currency."""
    amount: int
    """What it was issued with."""
    balance: int
    """What is left of it."""
    paid: bool
    """Whether it was sold, or given."""
    starts_at: datetime
    ends_at: datetime | None
    void_at: datetime | None
    void_why: str
    order_ref: str
    line_ref: str
    comment: str
    issued_at: datetime
    issued_by: str
    purse: Purse | None = None
    """None until it is used for the first time."""
    version: int = 1

    def state(self, now: datetime) -> VoucherState:
        """What it is good for."""
        if self.void_at is not None:
            return VoucherState.VOID
        if self.balance <= 0:
            return VoucherState.REDEEMED
        if self.ends_at is not None and self.ends_at <= now:
            return VoucherState.EXPIRED
        if now < self.starts_at:
            return VoucherState.PLANNED
        return VoucherState.PARTLY_REDEEMED if self.balance < self.amount else VoucherState.ISSUED

    def is_usable(self, now: datetime) -> bool:
        """Whether something of it can be used."""
        return self.state(now) in {VoucherState.ISSUED, VoucherState.PARTLY_REDEEMED}

    @property
    def first_move(self) -> Move:
        """What it was issued with, as the beginning of its history."""
        return credit(
            Purse(self.unit),
            self.amount,
            self.issued_at,
            funding=Funding.PAID if self.paid else Funding.GRANTED,
            starts_at=self.starts_at,
            expires_at=self.ends_at,
        )

    @property
    def opened(self) -> Purse:
        """Its purse, which comes into being when it is used for the first time."""
        return self.purse or Purse(self.unit).after(self.first_move)


class BatchState(Enum):
    """How far a batch is."""

    MAKING = "making"
    DONE = "done"


@frozen(repr=False)
class VoucherBatch:
    """Vouchers of one program that were made together."""

    __repr__ = showing("id", "program")

    id: str
    program: str
    revision: int
    count: int
    made: int
    """How many there are so far."""
    state: BatchState
    starts_at: datetime
    ends_at: datetime | None
    comment: str
    created_at: datetime
    created_by: str
    version: int = 1
