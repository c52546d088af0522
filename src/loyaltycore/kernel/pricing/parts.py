"""The parts of a quote: lines, discounts, tenders, points, taxes."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.order import OrderLine
from loyaltycore.kernel.pricing.rule import OnReturn


@frozen
class UnitShare:
    """What some units of a line, each of them alike, cost and bring. Amounts are of one unit, in minor units."""

    count: int
    price: int
    """After discounts."""
    covered: int
    """What the insurer pays of it."""
    taxed: int
    """What is taxed now of the price: what single-purpose vouchers pay was taxed before."""
    tax: int
    """Contained in that."""
    paid: tuple[int, ...] = ()
    """What each tender of the quote pays of it, in their order."""
    spent: tuple[int, ...] = ()
    """How many units of each tender that took: of money the same, of points the points."""
    earned: tuple[int, ...] = ()
    """The points of each earning rule of the quote, in their order."""

    @property
    def due(self) -> int:
        """What the customer pays of one with other money."""
        return self.price - self.covered - sum(self.paid)


@frozen
class QuotedLine:
    """One line, priced."""

    line: OrderLine
    listed: Money
    discount: Money
    covered: Money
    tendered: Money
    due: Money
    """What the customer pays with other money."""
    tax: Money
    """Contained in the price after discounts."""
    units: tuple[UnitShare, ...]
    """The units in their order; neighbours that are alike stand together."""

    @property
    def price(self) -> Money:
        """After discounts."""
        return self.listed - self.discount


@frozen
class Applied:
    """What one rule took off."""

    rule: str
    title: str
    amount: Money
    by_line: tuple[tuple[str, int], ...]
    """In minor units, by the id of the line; they add up to the amount."""


@frozen
class MinimumUnit:
    """Some units of a line, each of them alike, as a rule with a minimum saw them. Amounts are of one unit."""

    count: int
    counted: int
    """What it contributed to the least amount."""
    off: int
    """What the rule took off it."""


@frozen
class MinimumLine:
    """One line, as a rule with a minimum saw it."""

    line: str
    """Its id."""
    counts: bool
    """Whether its units count, and are not only reduced."""
    rate: int
    """Of its tax, in basis points."""
    units: tuple[MinimumUnit, ...]
    """In their order."""


@frozen
class Minimum:
    """A rule that applied because an order was large enough, and minds if it no longer is."""

    rule: str
    title: str
    on_return: OnReturn
    least_amount: int
    least_quantity: int
    lines: tuple[MinimumLine, ...]


@frozen
class Paid:
    """What one tender pays."""

    tender: str
    title: str
    unit: str
    amount: Money
    spent: int
    """How many of its units that takes."""
    by_line: tuple[tuple[str, int], ...]
    """In minor units, by the id of the line; they add up to the amount."""


@frozen
class Earned:
    """What one rule lets the customer earn."""

    rule: str
    title: str
    points: int
    by_line: tuple[tuple[str, int], ...]
    """Points by the id of the line; they add up."""


@frozen
class TaxPart:
    """The tax of all lines with one key."""

    key: str
    gross: Money
    """What is taxed now: what single-purpose vouchers pay was taxed before."""
    tax: Money

    @property
    def net(self) -> Money:
        """Without the tax."""
        return self.gross - self.tax


@frozen
class Use:
    """That a rule with a limit was used."""

    rule: str
    place: int
    """Of the limit among the rule's limits."""
    key: str
    amount: Money
    """What the rule took off; an earning rule takes off nothing."""


@frozen
class FreeGift:
    """What the order may take for nothing."""

    rule: str
    article: str
    units: int


@frozen
class Change:
    """What would make a rule apply."""

    rule: str
    line: str
    """The id of the line of which it takes more."""
    more: int
    """How many units."""
    extra: Money
    """What the customer then pays beyond what is due now; less than nothing if the order becomes cheaper."""
