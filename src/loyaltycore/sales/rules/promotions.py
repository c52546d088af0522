"""Promotions: programs whose rules hold for everybody while they are published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from attrs import evolve, field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import as_tuple, text_of
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.checking import check_rule
from loyaltycore.kernel.pricing.rule import Phase, Rule
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Opened, Opening, ProgramKind
from loyaltycore.sales.rules.counting import Restricted

MOST_RULES: Final = 1000


@frozen
class PromotionTerms:
    """Rules that hold for everybody while the program is published."""

    rules: tuple[Rule, ...] = field(converter=as_tuple)
    """Their ids need only differ from one another."""


class Promotion(ProgramKind):
    """Rules for everybody; nobody has it."""

    key: ClassVar[str] = "promotion"
    label: ClassVar[str] = "Promotion"
    terms: ClassVar[type[Any]] = PromotionTerms

    @override
    def check(self, faults: Faults, terms: PromotionTerms) -> None:
        """Check each rule."""
        ids = set()
        for place, rule in enumerate(faults.items("rules", terms.rules, most=MOST_RULES, required=True)):
            at = faults.at(f"rules.{place}")
            check_rule(at, rule)
            key = text_of(getattr(rule, "id", None))
            if key in ids:
                at.note("id", "duplicate", "is the id of another rule")
            ids.add(key)
            _check_for_everybody(at, rule)

    @override
    def open(self, faults: Faults, terms: PromotionTerms, opening: Opening) -> tuple[Opened, ...]:
        """Nobody can have it."""
        faults.note("program", "for_everybody", "holds for everybody, and is assigned to nobody")
        return (Opened(),)


def _check_for_everybody(faults: Faults, rule: Rule) -> None:
    """Note what a promotion cannot do: ask a selection while an order waits, give points of no program."""
    if type(rule) is not Rule:
        return
    if text_of(getattr(rule.when, "condition", None)):
        faults.at("when").note("condition", "not_supported", "is not asked for promotions")
    if rule.phase is Phase.EARN:
        faults.note("phase", "not_supported", "points are earned by programs of points")


@frozen
class Published:
    """A promotion in force."""

    program: str
    revision: int
    title: str
    branches: tuple[str, ...]
    zone: str
    terms: str
    """As JSON, from which a compiled book is known again."""


@frozen
class InForce:
    """The rules that hold for everybody."""

    book: Book
    restricted: tuple[Restricted, ...] = ()
    """Those of them that have limits."""
    promotions: tuple[Published, ...] = ()
    """What they are the rules of."""


def rules_of_promotion(published: Published, terms: PromotionTerms) -> Iterator[Restricted]:
    """Its rules, under ids of their own, in the branches of the program."""
    for rule in terms.rules:
        branches = rule.when.branches or published.branches
        named = evolve(
            rule,
            id=f"{published.program}/{rule.id}",
            name=rule.name or published.title,
            when=evolve(rule.when, branches=branches),
        )
        yield Restricted(named, rule.id, published.program, published.zone)
