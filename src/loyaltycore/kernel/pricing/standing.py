"""What is known about the customer and the moment: everything that a price depends on besides the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.rule import Rule, Where

POINTS = "points"


@frozen
class Tender:
    """Something that pays, after all discounts: stored value or points."""

    id: str
    unit: str
    """A currency, whose minor units are counted, or `POINTS`."""
    available: int
    """How many units there are."""
    name: str = ""
    """What `Order.spend` may call it instead of the id."""
    title: str = field(default="", kw_only=True)
    """For people; the name or the id if empty."""
    worth: Money | None = field(default=None, kw_only=True)
    """What one unit pays; None where the unit is money."""
    priority: int = field(default=0, kw_only=True)
    """The least goes first, then what expires soonest."""
    expires_at: datetime | None = field(default=None, kw_only=True)
    expired: int = field(default=0, kw_only=True)
    """How many units have expired."""
    where: Where = field(default=Where(), kw_only=True)
    """What it pays for."""
    tax: str = field(default="", kw_only=True)
    """Of a single-purpose voucher the tax key, which was paid when it was sold: it pays such lines alone, and what it pays
    is not taxed again. Empty for a multi-purpose one, which touches no tax."""

    @property
    def automatic(self) -> bool:
        """Whether it pays without being named in `Order.spend`."""
        return self.unit != POINTS


def _words(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@frozen
class Standing:
    """The moment, the place, and what the customer has."""

    at: datetime
    """In the time zone of the branch."""
    branch: str = ""
    instruments: frozenset[str] = field(default=frozenset(), converter=_words)
    """Keys of the programs whose codes or assignments are presented."""
    tiers: frozenset[str] = field(default=frozenset(), converter=_words)
    conditions: frozenset[str] = field(default=frozenset(), converter=_words)
    """Keys of the conditions that the customer meets."""
    rules: tuple[Rule, ...] = field(default=(), converter=as_tuple)
    """Of this customer alone, beside those of the book."""
    tenders: tuple[Tender, ...] = field(default=(), converter=as_tuple)
    left: Mapping[str, int] = field(factory=dict)
    """What is left of limits, by `Rule.limit_key`: uses, or an amount in minor units. Missing means untouched."""
