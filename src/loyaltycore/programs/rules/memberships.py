"""Memberships: modules of other kinds that are sold together, with one term for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Final

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.money import Money, total
from loyaltycore.kernel.pricing.benefits import percent
from loyaltycore.kernel.pricing.rule import Phase, Rule, Where
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Opened, Opening, ProgramKind, Use
from loyaltycore.programs.rules.periods import LONGEST_MONTHS, Period
from loyaltycore.programs.rules.quotas import COUNT, Quota, check_quota, opened_quota, taken_of
from loyaltycore.programs.rules.terms import BASIS_POINTS, MOST_PARTS, WORD_LENGTH, check_words

_WHOLE: Final = 100


@frozen
class Module:
    """A part of a membership: it counts articles, or takes a share off some groups."""

    item: str
    quota: Quota | None = None
    """What is counted down."""
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    """On what the discount is, if nothing is counted."""
    percent: int = _WHOLE
    """100 for what costs the customer nothing."""
    fee: Money | None = None
    """What it costs a month on its own."""


@frozen
class Extra:
    """A further discount for several modules of one term."""

    modules: int
    """So many, exactly."""
    months: int
    basis_points: int
    """500 for 5 %."""


@frozen
class MembershipTerms:
    """Terms of a membership."""

    modules: tuple[Module, ...] = field(converter=as_tuple)
    months: tuple[int, ...] = field(default=(12,), converter=as_tuple)
    """The terms to choose from."""
    extras: tuple[Extra, ...] = field(default=(), converter=as_tuple)


class Membership(ProgramKind):
    """One assignment for each module that was chosen."""

    key: ClassVar[str] = "membership"
    label: ClassVar[str] = "Membership"
    terms: ClassVar[type[Any]] = MembershipTerms
    card_actions: ClassVar[tuple[str, ...]] = (COUNT,)

    @override
    def check(self, faults: Faults, terms: MembershipTerms) -> None:
        """Check modules, terms and further discounts."""
        modules = faults.items("modules", terms.modules, most=MOST_PARTS, required=True)
        for place, module in enumerate(modules):
            _check_module(faults.at(f"modules.{place}"), module)
        if len({module.item for module in modules}) < len(modules):
            faults.note("modules", "duplicate", "have the same item")
        if len({module.fee.currency for module in modules if module.fee}) > 1:
            faults.note("modules", "mixed_currency", "have fees in several currencies")
        for place, months in enumerate(faults.items("months", terms.months, most=MOST_PARTS, required=True)):
            faults.integer(f"months.{place}", months, least=1, most=LONGEST_MONTHS)
        for place, extra in enumerate(faults.items("extras", terms.extras, most=MOST_PARTS)):
            faults.integer(f"extras.{place}.basis_points", extra.basis_points, least=1, most=BASIS_POINTS)

    @override
    def open(self, faults: Faults, terms: MembershipTerms, opening: Opening) -> tuple[Opened, ...]:
        """One assignment for each module, all with the term that was chosen."""
        months = _chosen_months(faults, terms, opening.months)
        chosen = _chosen_modules(faults, terms, opening.modules)
        last = Period(months).last_day(opening.starts_on)
        return tuple(
            opened_quota(each.quota, each.item, last) if each.quota else Opened(each.item, last_day=last)
            for each in chosen
        )

    @override
    def takes(self, terms: MembershipTerms, item: str, use: Use) -> int | None:
        """What a quota among the modules takes."""
        quota = next(each.quota for each in terms.modules if each.item == item)
        return taken_of(quota, use) if quota else None

    @override
    def card_use(self, terms: MembershipTerms, item: str, action: str) -> Use | None:
        """One article of a module that counts."""
        counts = any(each.quota for each in terms.modules if each.item == item)
        return Use() if counts and action == COUNT else None

    @override
    def rules(self, terms: MembershipTerms, item: str, level: str) -> tuple[Rule, ...]:
        """The share that a module takes off what the customer pays himself."""
        module = next(each for each in terms.modules if each.item == item)
        if module.quota:
            return ()
        share = percent(module.percent)
        return (Rule(self.key, share, Phase.CUSTOMER_SHARE, Where(groups=module.groups)),)


def monthly_fee(terms: MembershipTerms, items: Collection[str], months: int) -> Money | None:
    """What modules cost a month together, with the further discount; None if one has no fee."""
    chosen = [each for each in terms.modules if each.item in items]
    fees = [each.fee for each in chosen if each.fee]
    if not fees or len(fees) < len(chosen):
        return None
    whole = total(fees, fees[0].currency)
    points = sum(each.basis_points for each in terms.extras if _fits(each, len(chosen), months))
    return whole.allocate([BASIS_POINTS - points, points])[0]


def _fits(extra: Extra, count: int, months: int) -> bool:
    return (extra.modules, extra.months) == (count, months)


def _check_module(faults: Faults, module: Module) -> None:
    faults.text("item", module.item, limit=WORD_LENGTH, required=True)
    faults.integer("percent", module.percent, least=1, most=_WHOLE)
    check_words(faults, "groups", module.groups)
    if module.quota is not None:
        check_quota(faults.at("quota"), module.quota)


def _chosen_months(faults: Faults, terms: MembershipTerms, given: int | None) -> int:
    if given is None and len(terms.months) == 1:
        return terms.months[0]
    if given not in terms.months:
        offered = ", ".join(str(each) for each in terms.months)
        faults.note("months", "required" if given is None else "unknown_choice", f"must be one of {offered}")
    return given or 1


def _chosen_modules(faults: Faults, terms: MembershipTerms, given: Iterable[str]) -> list[Module]:
    items = tuple(given)
    known = {each.item for each in terms.modules}
    for place, item in enumerate(items):
        if item not in known:
            faults.unknown(f"modules.{place}", "unknown_choice", "module", item, known)
    if not items:
        faults.note("modules", "required", "must name one module at least")
    return [each for each in terms.modules if each.item in items]
