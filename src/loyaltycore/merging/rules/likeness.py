"""How likely it is that two customers are one: a sum of weights, each of which says why.

The model is that of Fellegi and Sunter. For each field there is a weight in bits for each degree of agreement: the logarithm
of how much more often that degree is seen between two records of one person than between two persons. What one of the two
lacks says nothing. The sum of the weights and of what is known beforehand is turned into a probability.

A high score is not enough to be a **strong** candidate. Father and son, twins and a family with one e-mail address and one
phone agree in nearly everything, so a strong candidate has the same first and last name, no other date of birth, and either
the same date of birth or a way to be reached that is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.likeness import address_key, sound_of
from loyaltycore.customers.rules.search import email_key, fold
from loyaltycore.kernel.showing import showing
from loyaltycore.merging.rules.similarity import similarity


class Agreement(Enum):
    """How far two values agree."""

    SAME = "same"
    ALIKE = "alike"
    """A typing error apart, or sounding the same."""
    OTHER = "other"
    MISSING = "missing"
    """One of the two has no value."""


class Strength(Enum):
    """What a candidate is worth."""

    STRONG = "strong"
    """It would surprise to find two people."""
    LIKELY = "likely"
    POSSIBLE = "possible"


@frozen
class Evidence:
    """What one field says."""

    field: str
    agreement: Agreement
    weight: float
    """In bits; negative if it speaks against it."""


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


PRIOR: Final = -12.0
"""What is known before anything is compared, in bits: of some thousand people found by a key, one is the same."""

LIKELY_FROM: Final = 0.9
POSSIBLE_FROM: Final = 0.1

_ALIKE: Final = 0.9
"""The similarity from which two names are a typing error apart."""

_DECADE: Final = 2
"""The place of the decade in a date of eight digits."""

_WEIGHTS: Final = {
    "last_name": (8.0, 5.0, -4.0),
    "first_name": (6.5, 4.0, -5.0),
    "company": (10.0, 6.0, -5.0),
    "birth_date": (11.0, 6.0, -7.0),
    "email": (12.0, 0.0, -1.5),
    "phones": (9.0, 0.0, -1.0),
    "addresses": (8.0, 3.0, -1.5),
}
"""For each field: the weights of the same value, an alike one and another one."""


def likeness(one: Customer, other: Customer) -> Candidate:
    """Compare two customers; it makes no difference which of them is given first.

    Returns:
        The second one as a candidate for the first.
    """
    evidence = tuple(_weighed(name, compare(one, other)) for name, compare in _COMPARED.items())
    weight = sum(each.weight for each in evidence) + PRIOR
    score = 1 / (1 + 2**-weight)
    return Candidate(other, score, _strength(score, evidence), evidence)


def candidates(
    customer: Customer, others: Iterable[Customer], *, least: float = POSSIBLE_FROM
) -> tuple[Candidate, ...]:
    """Those of some customers who may be the same as one, the likeliest first."""
    found = (likeness(customer, each) for each in others if each.id != customer.id)
    likely = [each for each in found if each.score >= least or _reached(each.evidence)]
    return tuple(sorted(likely, key=lambda each: (-each.score, each.customer.id)))


def _weighed(name: str, agreement: Agreement) -> Evidence:
    same, alike, other = _WEIGHTS[name]
    weight = {Agreement.SAME: same, Agreement.ALIKE: alike, Agreement.OTHER: other}.get(agreement, 0.0)
    return Evidence(name, agreement, weight)


def _strength(score: float, evidence: tuple[Evidence, ...]) -> Strength:
    found = {each.field: each.agreement for each in evidence}
    named = found["last_name"] is found["first_name"] is Agreement.SAME or (
        found["company"] is Agreement.SAME
        and Agreement.OTHER not in {found["last_name"], found["first_name"]}
    )
    born = found["birth_date"]
    sure = born is Agreement.SAME or (born is Agreement.MISSING and _reached(evidence))
    if named and sure and score >= LIKELY_FROM:
        return Strength.STRONG
    return Strength.LIKELY if score >= LIKELY_FROM else Strength.POSSIBLE


def _reached(evidence: tuple[Evidence, ...]) -> bool:
    """Whether both are reached by the same address or number: then somebody should look, whatever else differs."""
    return any(each.field in {"email", "phones"} and each.agreement is Agreement.SAME for each in evidence)


def _names(read: Callable[[Customer], str]) -> Callable[[Customer, Customer], Agreement]:
    return lambda one, other: _agreement(*sorted((read(one), read(other))))


@lru_cache(maxsize=8192)
def _agreement(one: str, other: str) -> Agreement:
    """How far two names agree; those who are compared with one customer have few names among them."""
    if not one or not other:
        return Agreement.MISSING
    mine, theirs = fold(one, two_letters=True), fold(other, two_letters=True)
    if mine == theirs or fold(one) == fold(other):
        return Agreement.SAME
    return _alike(mine, theirs)


def _alike(one: str, other: str) -> Agreement:
    words, others = set(one.split(" ")), set(other.split(" "))
    # Somebody marries and has a double name, or leaves out the second first name.
    if words <= others or others <= words:
        return Agreement.ALIKE
    if similarity(one, other) >= _ALIKE or _sound(one) == _sound(other):
        return Agreement.ALIKE
    return Agreement.OTHER


def _sound(folded: str) -> str:
    return " ".join(sound_of(word) for word in folded.split(" "))


def _birth_dates(one: Customer, other: Customer) -> Agreement:
    mine, theirs = one.birth_date, other.birth_date
    if mine is None or theirs is None:
        return Agreement.MISSING
    if mine == theirs:
        return Agreement.SAME
    return Agreement.ALIKE if _mistyped(mine, theirs) else Agreement.OTHER


def _mistyped(one: date, other: date) -> bool:
    """Whether day and month are exchanged, or one digit differs; not that of the decade, which parts father and son."""
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return True
    mine, theirs = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    wrong = [place for place in range(8) if mine[place] != theirs[place]]
    return len(wrong) == 1 and wrong[0] > _DECADE


def _emails(one: Customer, other: Customer) -> Agreement:
    return _shared({email_key(one.email)} - {""}, {email_key(other.email)} - {""})


def _phones(one: Customer, other: Customer) -> Agreement:
    return _shared({each.number for each in one.phones}, {each.number for each in other.phones})


def _addresses(one: Customer, other: Customer) -> Agreement:
    mine = {address_key(each) for each in one.addresses} - {""}
    theirs = {address_key(each) for each in other.addresses} - {""}
    found = _shared(mine, theirs)
    if found is Agreement.OTHER and any(similarity(a, b) >= _ALIKE for a in mine for b in theirs):
        return Agreement.ALIKE
    return found


def _shared(mine: set[str], theirs: set[str]) -> Agreement:
    if not mine or not theirs:
        return Agreement.MISSING
    return Agreement.SAME if mine & theirs else Agreement.OTHER


_COMPARED: Final[dict[str, Callable[[Customer, Customer], Agreement]]] = {
    "last_name": _names(lambda customer: customer.last_name),
    "first_name": _names(lambda customer: customer.first_name),
    "company": _names(lambda customer: customer.company),
    "birth_date": _birth_dates,
    "email": _emails,
    "phones": _phones,
    "addresses": _addresses,
}
