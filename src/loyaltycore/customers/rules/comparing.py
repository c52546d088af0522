"""How likely it is that two customers are one: a sum of weights, each of which says why.

The model is that of Fellegi and Sunter. For each field there is a weight in bits for each degree of agreement: the logarithm
of how much more often that degree is seen between two records of one person than between two persons. What one of the two
lacks says nothing. The sum of the weights and of what is known beforehand is turned into a probability.

A high score is not enough to be a **strong** candidate. Father and son, twins and a family with one e-mail address and one
phone agree in nearly everything, so a strong candidate has the same first and last name, no other date of birth, and either
the same date of birth or a way to be reached that is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.likeness import sound_of
from loyaltycore.customers.rules.search import email_key, fold
from loyaltycore.customers.rules.similarity import similarity
from loyaltycore.kernel.showing import showing


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


@frozen(repr=False)
class Traits:
    """What of a customer is compared."""

    __repr__ = showing()

    last_name: str
    first_name: str
    company: str
    birth_date: date | None
    email: str
    """As it is looked up; empty for none."""
    phones: tuple[str, ...]
    addresses: tuple[str, ...]
    """Street and postal code or town, folded."""


def traits_of(customer: Customer) -> Traits:
    """The traits of a customer."""
    return Traits(
        customer.last_name,
        customer.first_name,
        customer.company,
        customer.birth_date,
        email_key(customer.email),
        tuple([each.number for each in customer.phones]),
        tuple(
            [
                fold(each.street, each.postal_code or each.city, two_letters=True)
                for each in customer.addresses
                if each.street
            ]
        ),
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
    likely = [each for each in found if each.score >= least or _reached(each.evidence)]
    return tuple(sorted(likely, key=lambda each: (-each.score, each.customer.id)))


def compare(one: Traits, other: Traits) -> tuple[Evidence, ...]:
    """What each field says; it makes no difference which one is given first."""
    return tuple([_EVIDENCE[name, agree(one, other)] for name, agree in _COMPARED.items()])


def is_taken_for(evidence: Sequence[Evidence], row: Traits) -> bool:
    """Whether somebody is taken for known without a person's decision, as an import does.

    So it is for a strong candidate, and for whoever has all that the row says: then nothing is lost.

    Args:
        evidence: Of comparing the row with somebody of the same name.
    """
    if all(each.agreement is Agreement.SAME or not getattr(row, each.field) for each in evidence):
        return True
    return _strength(_score(evidence), evidence) is Strength.STRONG


def _candidate(traits: Traits, other: Customer) -> Candidate:
    evidence = compare(traits, traits_of(other))
    score = _score(evidence)
    return Candidate(other, score, _strength(score, evidence), evidence)


def _score(evidence: Iterable[Evidence]) -> float:
    return 1 / (1 + 2 ** -(sum(each.weight for each in evidence) + PRIOR))


def _strength(score: float, evidence: Iterable[Evidence]) -> Strength:
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


def _reached(evidence: Iterable[Evidence]) -> bool:
    """Whether both are reached by the same address or number: then somebody should look, whatever else differs."""
    return any(each.field in {"email", "phones"} and each.agreement is Agreement.SAME for each in evidence)


def _names(one: str, other: str) -> Agreement:
    if one == other:
        return Agreement.SAME if one else Agreement.MISSING
    return _agreement(one, other) if one <= other else _agreement(other, one)


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


def _birth_dates(one: Traits, other: Traits) -> Agreement:
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


def _emails(one: Traits, other: Traits) -> Agreement:
    if not one.email or not other.email:
        return Agreement.MISSING
    return Agreement.SAME if one.email == other.email else Agreement.OTHER


def _addresses(one: Traits, other: Traits) -> Agreement:
    mine, theirs = one.addresses, other.addresses
    found = _shared(mine, theirs)
    if found is Agreement.OTHER and any(similarity(a, b) >= _ALIKE for a in mine for b in theirs):
        return Agreement.ALIKE
    return found


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> Agreement:
    if not mine or not theirs:
        return Agreement.MISSING
    return Agreement.SAME if any(each in theirs for each in mine) else Agreement.OTHER


_COMPARED: Final[dict[str, Callable[[Traits, Traits], Agreement]]] = {
    "last_name": lambda one, other: _names(one.last_name, other.last_name),
    "first_name": lambda one, other: _names(one.first_name, other.first_name),
    "company": lambda one, other: _names(one.company, other.company),
    "birth_date": _birth_dates,
    "email": _emails,
    "phones": lambda one, other: _shared(one.phones, other.phones),
    "addresses": _addresses,
}

_EVIDENCE: Final = {
    (name, agreement): Evidence(name, agreement, weight)
    for name, (same, alike, other) in _WEIGHTS.items()
    for agreement, weight in zip(Agreement, (same, alike, other, 0.0), strict=True)
}
