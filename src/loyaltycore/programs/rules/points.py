"""Points: earned by spending money, worth a rate, leading to tiers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, Final

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.ledger import Funding
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing import benefits
from loyaltycore.kernel.pricing.rule import Rule, earning
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Award, Credit, Opened, Opening, Pays, ProgramKind, Use
from loyaltycore.programs.rules.periods import Expiry, Period, check_expiry, check_period
from loyaltycore.programs.rules.terms import MOST_PARTS, WORD_LENGTH
from loyaltycore.programs.rules.tiers import Tiers, level_of

POINTS: Final = "points"
_MOST_POINTS: Final = 1_000_000
_MOST_WINDOW: Final = 120


@frozen
class Earn:
    """So many points for each full amount spent."""

    points: int
    per: Money
    after: Period | None = None
    """How long they are pending, for example until goods can no longer be returned."""


def _some(given: object) -> Any:
    return (given,) if isinstance(given, Earn) else as_tuple(given)


@frozen
class PointsTerms:
    """What is earned by spending money or given by hand, when it expires, and what it pays."""

    earn: tuple[Earn, ...] = field(default=(), converter=_some)
    """One for each currency; none if points are given by hand alone."""
    expiry: Expiry | None = None
    worth: Money | None = None
    """What one point pays; None if points pay nothing."""
    tiers: Tiers | None = None


class Points(ProgramKind):
    """Points that a customer collects and spends."""

    key: ClassVar[str] = POINTS
    label: ClassVar[str] = "Points"
    terms: ClassVar[type[Any]] = PointsTerms
    single: ClassVar[bool] = True

    @override
    def check(self, faults: Faults, terms: PointsTerms) -> None:
        """Check what is earned, when it expires, and the tiers."""
        for place, earn in enumerate(faults.items("earn", terms.earn, most=MOST_PARTS)):
            at = faults.at(f"earn.{place}")
            at.integer("points", earn.points, least=1, most=_MOST_POINTS)
            at.at("per").integer("amount", earn.per.amount, least=1, most=10**12)
            check_period(at, "after", earn.after)
        currencies = [earn.per.currency for earn in terms.earn]
        if len(set(currencies)) < len(currencies):
            faults.note("earn", "duplicate", "says twice what is earned in a currency")
        check_expiry(faults, "expiry", terms.expiry)
        if terms.worth is not None:
            faults.at("worth").integer("amount", terms.worth.amount, least=1, most=10**12)
        if terms.tiers is not None:
            _check_tiers(faults.at("tiers"), terms.tiers)

    @override
    def open(self, faults: Faults, terms: PointsTerms, opening: Opening) -> tuple[Opened, ...]:
        """One purse, empty unless points are given at once."""
        if opening.value is None:
            return (Opened(unit=POINTS),)
        points = faults.integer("value", opening.value, least=1, most=10**12)
        last = self.expiry(terms, opening.starts_on)
        return (Opened(unit=POINTS, credits=(Credit(points, opening.funding, None, last),)),)

    @override
    def takes(self, terms: PointsTerms, item: str, use: Use) -> int | None:
        """As many as are named."""
        return use.quantity if isinstance(use.quantity, int) else None

    @override
    def earned(self, terms: PointsTerms, award: Award) -> Credit | None:
        """For each full amount; members of a tier earn its multiple."""
        earn = next((each for each in terms.earn if each.per.currency == award.spent.currency), None)
        level = level_of(terms.tiers, award.level)
        if earn is None or award.spent < earn.per:
            return None
        amount = award.spent.amount // earn.per.amount * earn.points * (level.times if level else 1)
        starts = earn.after.last_day(award.on) + timedelta(days=1) if earn.after else None
        return Credit(amount, Funding.EARNED, starts, self.expiry(terms, starts or award.on))

    @override
    def rules(self, terms: PointsTerms, item: str, level: str) -> tuple[Rule, ...]:
        """What an order earns, in each currency."""
        tier = level_of(terms.tiers, level)
        times = tier.times if tier else 1
        return tuple(
            earning(f"{self.key}-{each.per.currency}", benefits.Earning(each.points * times, per=each.per))
            for each in terms.earn
        )

    @override
    def pays(self, terms: PointsTerms) -> Pays | None:
        """What points are worth, if they are."""
        return Pays(terms.worth) if terms.worth else None

    @override
    def expiry(self, terms: PointsTerms, on: date) -> date | None:
        """As the terms say."""
        return terms.expiry.last_day(on) if terms.expiry else None

    @override
    def renewed(self, terms: PointsTerms, on: date) -> date | None:
        """For expiry after a time without use."""
        return terms.expiry.last_day(on) if terms.expiry and terms.expiry.idle else None


def _check_tiers(faults: Faults, tiers: Tiers) -> None:
    least = -1
    for place, level in enumerate(faults.items("levels", tiers.levels, most=MOST_PARTS, required=True)):
        at = faults.at(f"levels.{place}")
        at.text("name", level.name, limit=WORD_LENGTH, required=True)
        at.integer("least", level.least, least=least + 1, most=10**12)
        at.integer("times", level.times, least=1, most=100)
        least = level.least
    names = [level.name for level in tiers.levels]
    if len(set(names)) < len(names):
        faults.note("levels", "duplicate", "have the same name")
    faults.integer("window", tiers.window, least=1, most=_MOST_WINDOW)
    faults.integer("keep", tiers.keep, least=0, most=_MOST_WINDOW)
