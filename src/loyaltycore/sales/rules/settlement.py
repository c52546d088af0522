"""Settlements: what was bought and paid, to the unit, and what of it came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from attrs import asdict, evolve, field, frozen

from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.parts import Applied, Minimum, TaxPart, UnitShare
from loyaltycore.kernel.showing import showing
from loyaltycore.sales.rules.tally import Taken


@frozen
class Draw:
    """What was taken out of one purse."""

    holder_id: str
    """The assignment or the voucher."""
    move_id: str
    units: int


@frozen
class SettledTender:
    """What one tender paid."""

    tender: str
    """Its id in the quote."""
    title: str
    unit: str
    draws: tuple[Draw, ...]
    """In the order in which they were spent."""


@frozen
class SettledAward:
    """What one rule let the customer earn."""

    rule: str
    title: str
    holder_id: str
    move_id: str
    points: int


@frozen
class Sold:
    """What selling one unit of a line made: an assignment or a voucher."""

    unit: int
    """Which unit of the line, from 0 on."""
    assignment_id: str = ""
    voucher_id: str = ""


@frozen
class SettledLine:
    """One line, as it was paid."""

    id: str
    article: str
    quantity: int
    tax: str
    units: tuple[UnitShare, ...]
    """In their order, in which they come back."""
    sold: tuple[Sold, ...] = ()
    returned: int = 0
    """How many units came back."""


@frozen
class RefundedTender:
    """What goes back to one tender."""

    tender: str
    title: str
    amount: Money
    units: int
    """In its own unit."""


@frozen
class Refund:
    """What came back at one time, and what was given back for it."""

    number: str
    lines: tuple[tuple[str, int], ...]
    """How many units, by the id of the line."""
    due: Money
    """What the customer gets back of his own money."""
    covered: Money
    """What the insurer gets back."""
    tenders: tuple[RefundedTender, ...]
    taxes: tuple[TaxPart, ...]
    """What is no longer taxed, by tax key."""
    points: tuple[int, ...]
    """What each award loses, in the settlement's order."""
    at: datetime
    actor: str
    reason: str
    clawed_back: tuple[tuple[str, int], ...] = ()
    """What the rest of the order costs more, because rules fell short of their minimum: minor units by rule. So much less
    is given back; it comes back with the rest."""

    @property
    def price(self) -> Money:
        """What is given back, to whomever had paid it."""
        tendered = sum(each.amount.amount for each in self.tenders)
        return self.due + self.covered + Money(tendered, self.due.currency)


@frozen
class SettledProgram:
    """A program or a voucher whose rules an order was priced by."""

    program: str
    revision: int
    holder_id: str = ""
    """The assignment or the voucher; empty for a promotion."""
    item: str = ""
    """Which quota or module it is."""
    level: str = ""
    """The tier of the customer."""
    by_code: bool = False
    """Whether it was a voucher."""


@frozen
class PricedFrom:
    """What an order was priced from, so that it can be priced again: no codes, and nobody's name."""

    order: Order
    programs: tuple[SettledProgram, ...]
    left: Mapping[str, int] = field(factory=dict)
    """What was left of limits."""


@frozen(repr=False)
class Settlement:
    """An order that was paid. Refunds read it, and calculate nothing anew."""

    __repr__ = showing("id", "order_ref")

    id: str
    order_ref: str
    """The number of the order: it is settled once."""
    customer_id: str | None
    branch_id: str
    currency: str
    digest: str
    """Of the order that was given."""
    due: int
    """What the customer paid with other money, in minor units."""
    lines: tuple[SettledLine, ...]
    discounts: tuple[Applied, ...]
    tenders: tuple[SettledTender, ...]
    uses: tuple[Draw, ...]
    """The uses of discount vouchers."""
    awards: tuple[SettledAward, ...]
    taxes: tuple[TaxPart, ...]
    refunds: tuple[Refund, ...]
    settled_at: datetime
    settled_by: str
    counted: tuple[Taken, ...] = ()
    """What it took of limits."""
    minima: tuple[Minimum, ...] = ()
    """Of rules that mind if too much of it comes back."""
    priced_from: PricedFrom | None = None
    """None once the customer was forgotten."""
    version: int = 1

    def line(self, line_id: str) -> SettledLine | None:
        """The line of an id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def refund(self, number: str) -> Refund | None:
        """The refund of a number."""
        return next((refund for refund in self.refunds if refund.number == number), None)


def digest_of(order: Order) -> str:
    """The same for two orders exactly if everything in them is the same; its first half is about all but the customer."""
    return _hashed(evolve(order, customer_id=None)) + _hashed(order)


def _hashed(order: Order) -> str:
    return sha256(canonical_json(asdict(order)).encode("utf-8", "replace")).hexdigest()[:32]


def each_unit(line: SettledLine, first: int, count: int) -> Iterable[UnitShare]:
    """Some units of a line as shares, the first of them at a place."""
    place = 0
    for share in line.units:
        taken = min(place + share.count, first + count) - max(place, first)
        yield from [share] * max(0, taken)
        place += share.count
