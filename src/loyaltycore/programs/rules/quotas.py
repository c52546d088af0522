"""Bonus items: a number of free articles that counts down with each use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Final

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Credit, Opened, Opening, ProgramKind, Use
from loyaltycore.programs.rules.periods import Period, check_period
from loyaltycore.programs.rules.terms import MOST_PARTS, WORD_LENGTH, check_words

MOST_QUANTITY: Final = 1_000_000

COUNT: Final = "count"
"""The action that takes one."""

ARTICLES: Final = "articles"
"""The unit of a quota."""


@frozen
class Quota:
    """So many articles, of some articles or groups."""

    quantity: int
    articles: tuple[str, ...] = field(default=(), converter=as_tuple)
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    item: str = ""
    """What it is called, if a program has several."""

    def covers(self, use: Use) -> bool:
        """Whether it is for an article.

        A call that names no groups answers for them: the library has no catalogue of articles.
        """
        if use.article in self.articles or not (self.articles or self.groups):
            return True
        if not use.groups:
            return bool(self.groups)
        return not set(use.groups).isdisjoint(self.groups)


@frozen
class QuotaTerms:
    """Articles that were bought or given together, and are handed out one by one until none is left."""

    quotas: tuple[Quota, ...] = field(converter=as_tuple)
    term: Period | None = None


class BonusItem(ProgramKind):
    """Free articles that count down to zero."""

    key: ClassVar[str] = "bonus_item"
    label: ClassVar[str] = "Bonus item"
    terms: ClassVar[type[Any]] = QuotaTerms
    card_actions: ClassVar[tuple[str, ...]] = (COUNT,)

    @override
    def check(self, faults: Faults, terms: QuotaTerms) -> None:
        """Check each quota; several need names."""
        check_quotas(faults, terms.quotas)
        check_period(faults, "term", terms.term)

    @override
    def open(self, faults: Faults, terms: QuotaTerms, opening: Opening) -> tuple[Opened, ...]:
        """One assignment for each quota."""
        last = last_day_of(terms.term, opening.starts_on)
        return tuple(opened_quota(quota, quota.item, last) for quota in terms.quotas)

    @override
    def takes(self, terms: QuotaTerms, item: str, use: Use) -> int | None:
        """One for each article."""
        quota = next(each for each in terms.quotas if each.item == item)
        return taken_of(quota, use)

    @override
    def card_use(self, terms: Any, item: str, action: str) -> Use | None:
        """One article."""
        return Use() if action == COUNT else None


def check_quotas(faults: Faults, quotas: Iterable[Quota]) -> None:
    """Check a list of quotas."""
    found = faults.items("quotas", quotas, most=MOST_PARTS, required=True)
    for place, quota in enumerate(found):
        check_quota(faults.at(f"quotas.{place}"), quota)
    items = [quota.item for quota in found]
    if len(set(items)) < len(items):
        faults.note("quotas", "duplicate", "several quotas need an item each, by which they are told apart")


def check_quota(faults: Faults, quota: Quota) -> None:
    """Check one quota."""
    faults.integer("quantity", quota.quantity, least=1, most=MOST_QUANTITY)
    check_words(faults, "articles", quota.articles)
    check_words(faults, "groups", quota.groups)
    faults.text("item", quota.item, limit=WORD_LENGTH)


def opened_quota(quota: Quota, item: str, last: date | None) -> Opened:
    """The assignment that a quota opens."""
    return Opened(item, ARTICLES, (Credit(quota.quantity, last_day=last),), last)


def taken_of(quota: Quota, use: Use) -> int | None:
    """What a use takes of a quota, or None if it is for other articles."""
    return use.quantity if quota.covers(use) and isinstance(use.quantity, int) else None


def last_day_of(term: Period | None, start: date) -> date | None:
    """The last day of a term, or None."""
    return term.last_day(start) if term else None
