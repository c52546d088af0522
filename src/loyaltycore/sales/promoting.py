"""The book of all promotions in force, compiled once for each state that they are in."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.programs.rules.program import Program, ProgramRevision, ProgramState, revision_key
from loyaltycore.sales.rules.counting import Restricted
from loyaltycore.sales.rules.promotions import Promotion, PromotionTerms, Published, rules_of_promotion
from loyaltycore.storing.codec import from_json
from loyaltycore.work.unit import Unit

_BOOKS = 16
"""How many compiled books are kept: one for each chain that a program serves, and those of yesterday."""


@frozen
class InForce:
    """The rules that hold for everybody."""

    book: Book
    restricted: tuple[Restricted, ...] = ()
    """Those of them that have limits."""


def promotions_in_force(unit: Unit) -> InForce:
    """The rules that hold for everybody."""
    programs = {
        revision_key(each.id, each.revision): each
        for each in unit.find(Program, stored("state") == ProgramState.ACTIVE, order_by=("id",))
    }
    if not programs:
        return InForce(Book())
    found = unit.find(ProgramRevision, stored("id").one_of(list(programs)), order_by=("id",))
    return _compiled(
        tuple(
            Published(
                each.program,
                programs[each.id].name,
                each.content.branches,
                each.content.zone,
                each.content.terms,
            )
            for each in found
            if each.content.kind == Promotion.key
        )
    )


@lru_cache(_BOOKS)
def _compiled(promotions: tuple[Published, ...]) -> InForce:
    rules = [
        rule
        for each in promotions
        for rule in rules_of_promotion(each, from_json(each.terms, PromotionTerms))
    ]
    return InForce(Book(each.rule for each in rules), tuple(each for each in rules if each.rule.limits))
