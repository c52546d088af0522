"""Comparing customers: who of some may be the same as one, and why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.model import (
    MODEL,
    POSSIBLE_FROM,
    Evidence,
    Strength,
    is_reached,
    score_of,
    strength_of,
)
from loyaltycore.customers.rules.search import email_key, fold
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.matching import Place, Traits
from loyaltycore.kernel.showing import showing

_STREET: Final = "strasse"
"""As many write it with its whole end as without."""


@frozen(repr=False)
class Candidate:
    """Somebody who may be the same."""

    __repr__ = showing("score", "strength")

    customer: Customer
    score: float
    """How likely it is, from 0 to 1."""
    strength: Strength
    evidence: tuple[Evidence, ...] = field()
    """What each field says; the weights add up to `weight`."""

    @property
    def weight(self) -> float:
        """The sum of the evidence, in bits."""
        return sum(each.weight for each in self.evidence)


@frozen(repr=False)
class DuplicatePair:
    """Two customers who may be one."""

    __repr__ = showing("candidate")

    customer: Customer
    """The one who was entered first."""
    candidate: Candidate


def traits_of(customer: Customer) -> Traits:
    """What of a customer is compared."""
    return Traits(
        customer.last_name,
        customer.first_name,
        customer.company,
        customer.birth_date,
        email_key(customer.email),
        tuple([each.number for each in customer.phones]),
        tuple([_place(each) for each in customer.addresses if each.street]),
    )


def likeness(one: Customer, other: Customer) -> Candidate:
    """Compare two customers; it makes no difference which of them is given first.

    Returns:
        The second one as a candidate for the first.
    """
    return _candidate(traits_of(one), other)


def candidates(
    customer: Customer, others: Iterable[Customer], *, least: float = POSSIBLE_FROM
) -> tuple[Candidate, ...]:
    """Those of some customers who may be the same as one, the likeliest first."""
    traits = traits_of(customer)
    found = (_candidate(traits, each) for each in others if each.id != customer.id)
    likely = [each for each in found if each.score >= least or is_reached(each.evidence)]
    return tuple(sorted(likely, key=lambda each: (-each.score, each.customer.id)))


def _candidate(traits: Traits, other: Customer) -> Candidate:
    evidence = MODEL.compare(traits, traits_of(other))
    score = score_of(evidence)
    return Candidate(other, score, strength_of(score, evidence), evidence)


def _place(address: Address) -> Place:
    street = _folded(address.street)
    if _STREET in street:
        street = street.replace(_STREET, "str")
    return street, _folded(address.postal_code), _folded(address.city)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    """Many people live at one place."""
    return fold(text, two_letters=True) if text else ""
