"""Reports: what is owed to customers, and when it expires, told from lots alone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from loyaltycore.kernel.ledger import Funding, Purse


@frozen
class Liability:
    """What is owed to all customers of one program, in its unit."""

    unit: str
    """Empty if nobody has anything."""
    at: datetime
    holders: int
    """How many assignments and vouchers have something."""
    owed: int
    """What is owed to customers: spendable and pending, less their debts."""
    ended: int
    """What is left in assignments that have ended: it is owed only if their last day is changed."""
    pending: int
    """What of it cannot be spent yet."""
    paid: int
    """What of it was paid for."""
    debts: int
    """What customers owe."""
    by_month: tuple[tuple[int | None, int], ...]
    """What expires in each month, for example ``(202612, 500)``; None for what never does, which comes last."""


@frozen
class Expiring:
    """What of one assignment expires soon."""

    assignment_id: str
    customer_id: str
    amount: int
    expires_at: datetime
    """When the first of it does."""


@define
class LiabilityTally:
    """Adds up purses, one after the other."""

    at: datetime
    zone: str
    unit: str = ""
    holders: int = 0
    owed: int = 0
    ended: int = 0
    pending: int = 0
    paid: int = 0
    debts: int = 0
    months: dict[int | None, int] = field(factory=dict)
    _last_end: datetime | None = None
    _last_month: int | None = None

    def count(self, purse: Purse, *, ended: bool = False) -> None:
        """Add one more."""
        balance, pending = purse.sums(self.at)
        owed = balance + pending
        self.unit = self.unit or purse.unit
        if ended:
            self.ended += owed
            return
        self.holders += owed > 0
        self.owed += owed
        self.pending += pending
        self.debts += purse.deficit
        for lot in purse.lots:
            # What a hold keeps beyond its last day belongs to that day's month.
            left = purse.pinned(lot, self.at) if lot.has_expired(self.at) else lot.left
            if left:
                month = self._month_of(lot.expires_at)
                self.months[month] = self.months.get(month, 0) + left
                self.paid += left if lot.funding is Funding.PAID else 0

    def _month_of(self, ends: datetime | None) -> int | None:
        """The month of a last day; many lots end on the same one."""
        if ends != self._last_end:
            self._last_end, self._last_month = ends, _month_of(ends, self.zone)
        return self._last_month

    @property
    def result(self) -> Liability:
        """The report."""
        months = sorted(self.months.items(), key=lambda each: (each[0] is None, each[0] or 0))
        return Liability(
            self.unit,
            self.at,
            self.holders,
            self.owed,
            self.ended,
            self.pending,
            self.paid,
            self.debts,
            tuple(months),
        )


def expiring_of(purse: Purse, at: datetime, until: datetime) -> tuple[int, datetime] | None:
    """What expires until then, and when the first of it does; None for nothing."""
    soon = [
        (lot.expires_at, lot.left)
        for lot in purse.lots
        if lot.expires_at is not None and at < lot.expires_at <= until
    ]
    return (sum(left for _, left in soon), min(ends for ends, _ in soon)) if soon else None


def _month_of(ends: datetime | None, zone: str) -> int | None:
    """The month in which a last day lies."""
    if ends is None:
        return None
    # A last day is over at the midnight after it.
    day: date = datetime.fromtimestamp(ends.timestamp() - 1, ZoneInfo(zone)).date()
    return day.year * 100 + day.month
