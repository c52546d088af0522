"""The book of all promotions in force, compiled once for each state that they are in."""

from __future__ import annotations

from functools import lru_cache

from loyaltycore.kernel.criteria import in_portions, stored
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.programs.rules.program import Program, ProgramRevision, ProgramState, revision_key
from loyaltycore.sales.rules.promotions import (
    InForce,
    Promotion,
    PromotionTerms,
    Published,
    rules_of_promotion,
)
from loyaltycore.storing.codec import from_json
from loyaltycore.work.unit import Unit

_BOOKS = 16
"""How many compiled books are kept: one for each chain that a program serves, and those of yesterday."""


def promotions_in_force(unit: Unit) -> InForce:
    """The rules that hold for everybody."""
    programs = {
        revision_key(each.id, each.revision): each
        for each in unit.find(Program, stored("state") == ProgramState.ACTIVE, order_by=("id",))
    }
    found = (
        each
        for some in in_portions(sorted(programs))
        for each in unit.find(ProgramRevision, stored("id").one_of(some), order_by=("id",))
    )
    return book_of(
        tuple(published(each, programs[each.id].name) for each in found if each.content.kind == Promotion.key)
    )


def published(revision: ProgramRevision, title: str) -> Published:
    """A promotion as one revision says it."""
    content = revision.content
    return Published(revision.program, revision.number, title, content.branches, content.zone, content.terms)


@lru_cache(_BOOKS)
def book_of(promotions: tuple[Published, ...]) -> InForce:
    """The rules of promotions, compiled."""
    rules = [
        rule
        for each in promotions
        for rule in rules_of_promotion(each, from_json(each.terms, PromotionTerms))
    ]
    restricted = tuple(each for each in rules if each.rule.limits)
    return InForce(Book(each.rule for each in rules), restricted, promotions)
