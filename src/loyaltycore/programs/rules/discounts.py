"""Discounts and warranties: nothing is counted, a share of the price is taken off."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.pricing.benefits import percent
from loyaltycore.kernel.pricing.checking import check_limits
from loyaltycore.kernel.pricing.rule import Limit, Rule, Where
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Opened, Opening, ProgramKind
from loyaltycore.programs.rules.periods import Period, check_period
from loyaltycore.programs.rules.quotas import last_day_of
from loyaltycore.programs.rules.terms import check_words


@frozen
class DiscountTerms:
    """A percentage off what its holder buys, perhaps of some articles or groups alone."""

    percent: int
    """1 to 100."""
    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    """With neither articles nor groups it is for everything."""
    term: Period | None = None
    limits: tuple[Limit, ...] = field(default=(), converter=as_tuple)
    """How often, and for how much, orders get it, of all who have it together or of each customer."""


class Discount(ProgramKind):
    """A discount bound to a customer."""

    key: ClassVar[str] = "discount"
    label: ClassVar[str] = "Discount"
    terms: ClassVar[type[Any]] = DiscountTerms

    @override
    def check(self, faults: Faults, terms: DiscountTerms) -> None:
        """Check the percentage and what it is for."""
        faults.integer("percent", terms.percent, least=1, most=100)
        check_words(faults, "articles", terms.articles)
        check_words(faults, "groups", terms.groups)
        check_period(faults, "term", terms.term)
        check_limits(faults, terms.limits)

    @override
    def open(self, faults: Faults, terms: DiscountTerms, opening: Opening) -> tuple[Opened, ...]:
        """One assignment without a purse."""
        return (Opened(last_day=last_day_of(terms.term, opening.starts_on)),)

    @override
    def rules(self, terms: DiscountTerms, item: str, level: str) -> tuple[Rule, ...]:
        """The share off."""
        where = Where(terms.articles, terms.groups)
        return (Rule(self.key, percent(terms.percent), where=where, limits=terms.limits),)


@frozen
class WarrantyTerms:
    """Terms of a warranty: repairs are free."""

    groups: tuple[str, ...] = field(converter=as_tuple)
    """The groups of repair articles."""
    term: Period


class Warranty(ProgramKind):
    """Repairs at 100 % discount, for a term and, if the assignment names one, for one supply."""

    key: ClassVar[str] = "warranty"
    label: ClassVar[str] = "Warranty"
    terms: ClassVar[type[Any]] = WarrantyTerms

    @override
    def check(self, faults: Faults, terms: WarrantyTerms) -> None:
        """Check the groups and the term."""
        faults.items("groups", terms.groups, most=1000, required=True)
        check_words(faults, "groups", terms.groups)
        check_period(faults, "term", terms.term)

    @override
    def open(self, faults: Faults, terms: WarrantyTerms, opening: Opening) -> tuple[Opened, ...]:
        """One assignment without a purse."""
        return (Opened(last_day=terms.term.last_day(opening.starts_on)),)

    @override
    def rules(self, terms: WarrantyTerms, item: str, level: str) -> tuple[Rule, ...]:
        """All of it off."""
        return (Rule(self.key, percent(100), where=Where(groups=terms.groups)),)
