"""Discount vouchers: a code that takes something off, a number of times."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import AmountOff, Catalog, CatalogPrice, percent
from loyaltycore.kernel.pricing.checking import check_limits
from loyaltycore.kernel.pricing.rule import Limit, Phase, Rule, Where
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Credit, Opened, Opening, ProgramKind, Use
from loyaltycore.programs.rules.periods import Expiry, check_expiry
from loyaltycore.programs.rules.terms import MOST_WORDS, check_words

USES: Final = "uses"
_MOST_USES: Final = 1_000_000
_MOST_MONEY: Final = 10**12


@frozen
class DiscountVoucherTerms:
    """Terms of a discount voucher: exactly one of a percentage, an amount, or a list of prices."""

    percent: int | None = None
    """1 to 100."""
    amount: Money | None = None
    prices: tuple[CatalogPrice, ...] = field(default=(), converter=as_tuple)
    """What articles cost with it."""
    uses: int = 1
    """How often each code can be used."""
    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    """With neither articles nor groups it is for everything."""
    expiry: Expiry | None = None
    limits: tuple[Limit, ...] = field(default=(), converter=as_tuple)
    """How often, and for how much, orders use codes of the program, all together or for each customer."""


class DiscountVoucher(ProgramKind):
    """A discount by code."""

    key: ClassVar[str] = "discount_voucher"
    label: ClassVar[str] = "Discount voucher"
    terms: ClassVar[type[Any]] = DiscountVoucherTerms

    @override
    def check(self, faults: Faults, terms: DiscountVoucherTerms) -> None:
        """Check what it takes off, and how often."""
        if sum((terms.percent is not None, terms.amount is not None, bool(terms.prices))) != 1:
            faults.note("percent", "required", "must have exactly one of percent, amount and prices")
        faults.integer("percent", terms.percent, least=1, most=100)
        if terms.amount is not None:
            faults.integer("amount.amount", terms.amount.amount, least=1, most=_MOST_MONEY)
        for place, each in enumerate(faults.items("prices", terms.prices, most=MOST_WORDS)):
            faults.integer(f"prices.{place}.price", each.price.amount, least=0, most=_MOST_MONEY)
        faults.integer("uses", terms.uses, least=1, most=_MOST_USES)
        check_words(faults, "articles", terms.articles)
        check_words(faults, "groups", terms.groups)
        check_expiry(faults, "expiry", terms.expiry)
        check_limits(faults, terms.limits)

    @override
    def open(self, faults: Faults, terms: DiscountVoucherTerms, opening: Opening) -> tuple[Opened, ...]:
        """So many uses."""
        if opening.value is not None:
            faults.note("value", "unexpected", "is said by the terms")
        last = self.expiry(terms, opening.starts_on)
        return (Opened(unit=USES, credits=(Credit(terms.uses, last_day=last),), last_day=last),)

    @override
    def takes(self, terms: DiscountVoucherTerms, item: str, use: Use) -> int | None:
        """One use."""
        return use.quantity if isinstance(use.quantity, int) else None

    @override
    def expiry(self, terms: DiscountVoucherTerms, on: date) -> date | None:
        """As the terms say."""
        return terms.expiry.last_day(on) if terms.expiry else None

    @override
    def by_code(self, terms: DiscountVoucherTerms) -> bool:
        """Always."""
        return True

    @override
    def rules(self, terms: DiscountVoucherTerms, item: str, level: str) -> tuple[Rule, ...]:
        """What the code takes off an order."""
        where, limits = Where(terms.articles, terms.groups), terms.limits
        if terms.prices:
            return (Rule(self.key, Catalog(terms.prices), Phase.SET_PRICE, where, limits=limits),)
        if terms.amount is not None:
            return (Rule(self.key, AmountOff(terms.amount), Phase.ORDER, where, limits=limits),)
        return (Rule(self.key, percent(terms.percent or 0), where=where, limits=limits),)
