"""What a rule gives."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.money import Money


@frozen
class Percent:
    """A share off."""

    basis_points: int
    """2000 is 20 %."""


@frozen
class AmountOff:
    """An amount off, of all lines together."""

    off: Money
    each: bool = False
    """Whether every unit gets it."""


@frozen
class SetPrice:
    """A price for each unit; one that is lower already stays. In the customer's share, what the customer pays."""

    price: Money


@frozen
class CatalogPrice:
    """The price of an article."""

    article: str
    price: Money


@frozen
class Catalog:
    """A price list; a price that is lower already stays."""

    prices: tuple[CatalogPrice, ...] = field(converter=as_tuple)


@frozen
class ForEvery:
    """For some units bought, others get a share off: three for two is ``ForEvery(2, 1)``.

    A unit counts once, as bought or as reduced. The cheapest are reduced.
    """

    buy: int
    reduced: int = 1
    basis_points: int = 10_000
    bought_articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    """What has to be bought; with no article and no group, that is what the rule is about."""
    bought_groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    most_times: int | None = None
    """How often in one order; None for no end."""


@frozen
class Cheapest:
    """The cheapest units get a share off; ``When.least_quantity`` says how many it takes."""

    cheapest: int
    basis_points: int = 10_000


@frozen
class Gift:
    """Some units of an article are free; the quote names what the order may still take."""

    gift: str
    """The article."""
    units: int = 1


@frozen
class Earning:
    """Points. What they are counted on is said here: by default what the customer pays with money of his own."""

    points: int
    per: Money | None = None
    """For each such amount that is full; None for once an order."""
    net: bool = False
    """Without taxes."""
    listed: bool = False
    """Before discounts."""
    covered: bool = False
    """With what an insurer pays."""
    tendered: bool = False
    """With what points and stored value pay."""
    delivery: bool = False
    stored_value: bool = False
    """With stored value that is sold."""


Benefit: TypeAlias = Percent | AmountOff | SetPrice | Catalog | ForEvery | Cheapest | Gift | Earning


def percent(value: int | str | Decimal) -> Percent:
    """A share off, in percent, with at most two decimal places.

    Example:
        >>> percent("12.5")
        Percent(basis_points=1250)
    """
    points = Money.of(value, "EUR").amount
    if not 0 <= points <= 10_000:  # noqa: PLR2004  all of it, in basis points
        raise InvalidInput([Fault("value", "out_of_range", "must be between 0 and 100")])
    return Percent(points)
