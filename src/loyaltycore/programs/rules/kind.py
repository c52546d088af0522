"""What a kind of program is: the terms that it reads, what it opens for a customer, what a use takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, ClassVar

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.ledger import Funding
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.rule import Rule
from loyaltycore.kernel.validation import Faults


@frozen
class Credit:
    """What a kind gives."""

    amount: int
    funding: Funding = Funding.GRANTED
    starts_on: date | None = None
    """The first day on which it can be spent; None for at once."""
    last_day: date | None = None
    """None for never ending."""


@frozen
class Opened:
    """One assignment that a kind opens."""

    item: str = ""
    """Which quota or module it is; empty where there is one alone."""
    unit: str = ""
    """What its purse counts; empty for no purse."""
    credits: tuple[Credit, ...] = field(default=(), converter=as_tuple)
    last_day: date | None = None
    """Its last day; None for no end."""


@frozen
class Opening:
    """What is known when a program is assigned."""

    starts_on: date
    value: int | Money | None = None
    """What is given at once, where terms leave that open."""
    modules: tuple[str, ...] = ()
    months: int | None = None
    """The term that was chosen, where terms offer several."""
    funding: Funding = Funding.GRANTED
    """Whether it is sold or given."""


@frozen
class Use:
    """What somebody wants to use."""

    article: str = ""
    quantity: int | Money = 1
    groups: tuple[str, ...] = ()
    """The groups of the article; none if the caller answers for them."""


@frozen
class Award:
    """What was spent, where points are earned."""

    spent: Money
    on: date
    level: str = ""
    """The tier of whoever earns."""


@frozen
class Pays:
    """How units of a purse pay."""

    worth: Money | None = None
    """What one unit pays; None where the purse holds money."""
    tax: str = ""
    """The tax key of a single-purpose voucher; see `loyaltycore.kernel.pricing.standing.Tender`."""


class ProgramKind(ABC):
    """One kind of program. An instance holds nothing that changes; it is shared by all sessions.

    A kind never writes: it answers with values, and the ledger carries out what they allow.
    """

    key: ClassVar[str]
    """Technical key, which programs keep: it never changes."""
    label: ClassVar[str]
    terms: ClassVar[type[Any]]
    """A frozen attrs class of its own, which the codec can write and read; it says which kind a program is of."""
    single: ClassVar[bool] = False
    """Whether a customer can have such a program only once."""
    sells_value: ClassVar[bool] = False
    """Whether the price of the line that sells it is what is given."""
    card_actions: ClassVar[tuple[str, ...]] = ()
    """What `on_card` of a program can name."""

    def check(self, faults: Faults, terms: Any) -> None:  # noqa: B027  not all terms can be wrong
        """Note what is wrong with terms whose fields are of the declared types."""

    @abstractmethod
    def open(self, faults: Faults, terms: Any, opening: Opening) -> tuple[Opened, ...]:
        """What a customer gets: one assignment for each quota or module.

        Args:
            faults: Notes what is missing or wrong in the opening.
        """

    def takes(self, terms: Any, item: str, use: Use) -> int | Money | None:  # noqa: ARG002  nothing to use
        """How many units of the purse a use takes; None if it is not covered. By default, nothing can be used."""
        return None

    def card_use(self, terms: Any, item: str, action: str) -> Use | None:  # noqa: ARG002  nothing to do
        """What presenting a card uses, for one of the `card_actions`."""
        return None

    def earned(self, terms: Any, award: Award) -> Credit | None:  # noqa: ARG002  nothing is earned
        """What is earned by spending money, if anything."""
        return None

    def by_code(self, terms: Any) -> bool:  # noqa: ARG002  by default it is the customer's
        """Whether what is sold of it is a voucher, which whoever has its code can use."""
        return False

    def rules(self, terms: Any, item: str, level: str) -> tuple[Rule, ...]:  # noqa: ARG002  no rules
        """What it adds to the prices of an order that it joins; ids need only differ from one another.

        Args:
            level: The tier of the customer.
        """
        return ()

    def pays(self, terms: Any) -> Pays | None:  # noqa: ARG002  nothing is paid
        """How what its purse holds pays for orders, if it does."""
        return None

    def renewed(self, terms: Any, on: date) -> date | None:  # noqa: ARG002  nothing is renewed
        """The new last day of all that is there, after something was given or used; None to leave it."""
        return None

    def expiry(self, terms: Any, on: date) -> date | None:  # noqa: ARG002  it does not expire
        """The last day of what is given by hand."""
        return None
