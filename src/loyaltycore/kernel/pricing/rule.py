"""Rules of prices: when they hold, what they are about, and what they give."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple, member_of
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import Benefit, Earning

ALL: Final = "*"
"""In `Rule.excludes`: every other rule that changes a price."""


class Phase(Enum):
    """The order in which rules work: each phase begins with what the one before has left."""

    SET_PRICE = "set_price"
    ITEM = "item"
    ORDER = "order"
    DELIVERY = "delivery"
    """About lines that are a fee for delivery, which all phases but this and the last leave alone."""
    CUSTOMER_SHARE = "customer_share"
    """About what the customer pays once the insurer has paid."""
    EARN = "earn"
    """After all tenders."""


class Choice(Enum):
    """Which of the rules of a group a unit gets."""

    BEST = "best"
    """The one that takes off most; the group's first if they are equal."""
    FIRST = "first"
    """The one with the least priority, then the least id."""


class Rounding(Enum):
    """How the total that a rule takes off becomes whole minor units."""

    HALF_UP = "half_up"
    DOWN = "down"


class Basis(Enum):
    """Which amount a least amount is compared with."""

    LISTED = "listed"
    """Before any rule."""
    REACHED = "reached"
    """After the phases before that of the rule."""


class Per(Enum):
    """Whose uses a limit counts."""

    TOTAL = "total"
    CUSTOMER = "customer"


class Every(Enum):
    """How often a limit begins afresh."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


class OnReturn(Enum):
    """What becomes of a rule with a least amount or quantity if so much comes back that the rest falls short of it."""

    KEEP = "keep"
    """The rest keeps its price."""
    CLAW_BACK = "claw_back"
    """The rest costs what it would have cost without the rule, and less is given back."""
    REFUSE = "refuse"
    """Only all of the order can come back."""


@frozen
class Where:
    """Which lines: those with one of the articles or groups, or all if none is named, without those excepted."""

    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    without_articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    without_groups: tuple[str, ...] = field(default=(), converter=as_tuple)


@frozen
class When:
    """Under which circumstances; what is not named does not matter."""

    starts_on: date | None = None
    ends_on: date | None = None
    """The last day, included. Days and hours are those of the branch."""
    weekdays: tuple[int, ...] = field(default=(), converter=as_tuple)
    """0 is Monday."""
    from_time: str = ""
    """As the clock shows it, for example ``22:00``."""
    until_time: str = ""
    """Exclusive. If it is not after `from_time`, the hours go on past midnight."""
    branches: tuple[str, ...] = field(default=(), converter=as_tuple)
    channels: tuple[str, ...] = field(default=(), converter=as_tuple)
    instrument: str = ""
    """What has to be presented: the key of a voucher's or an assignment's program. Without it, nobody hears of the rule."""
    tiers: tuple[str, ...] = field(default=(), converter=as_tuple)
    condition: str = ""
    """The key of a condition that the customer has to meet."""
    least_amount: Money | None = None
    least_quantity: int = 0
    of_order: bool = False
    """Whether the least amount and quantity are those of the whole order, not of the lines that the rule is about."""
    basis: Basis = Basis.REACHED


def _per(given: object) -> Any:
    return member_of(Per, given)


def _every(given: object) -> Any:
    return member_of(Every, given)


def _on_return(given: object) -> Any:
    return member_of(OnReturn, given)


@frozen
class Limit:
    """How often a rule may be used, or for how much, in one period."""

    uses: int | None = None
    amount: Money | None = None
    per: Per = field(default=Per.TOTAL, converter=_per)
    every: Every = field(default=Every.EVER, converter=_every)
    """Days begin and end in the time zone of the rule's program."""


@frozen
class Rule:
    """One thing that changes a price, or earns points."""

    id: str
    """Unique among all rules that judge an order."""
    benefit: Benefit
    phase: Phase = Phase.ITEM
    where: Where = Where()
    when: When = When()
    name: str = field(default="", kw_only=True)
    """For people; the id if empty."""
    group: str = field(default="", kw_only=True)
    """Of the rules of one group in a phase, each unit gets one."""
    choice: Choice = field(default=Choice.BEST, kw_only=True)
    """How its group decides; `FIRST` as soon as one of those that compete says so."""
    excludes: tuple[str, ...] = field(default=(), kw_only=True, converter=as_tuple)
    """Ids and groups of rules that it never joins, whichever of them says so; see `ALL`."""
    priority: int = field(default=0, kw_only=True)
    """The least goes first."""
    cap: Money | None = field(default=None, kw_only=True)
    """The most that it takes off one order."""
    limits: tuple[Limit, ...] = field(default=(), kw_only=True, converter=as_tuple)
    rounding: Rounding = field(default=Rounding.HALF_UP, kw_only=True)
    on_return: OnReturn = field(default=OnReturn.KEEP, kw_only=True, converter=_on_return)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.id

    def limit_key(self, place: int) -> str:
        """What a storage calls one of its limits."""
        return f"{self.id}#{place}"


def earning(rule_id: str, benefit: Earning, where: Where = Where(), when: When = When()) -> Rule:
    """Make a rule that earns points."""
    return Rule(rule_id, benefit, Phase.EARN, where, when)


def in_groups(*groups: str) -> Where:
    """Lines of any of these groups."""
    return Where(groups=groups)


def of_articles(*articles: str) -> Where:
    """Lines with any of these articles."""
    return Where(articles=articles)
