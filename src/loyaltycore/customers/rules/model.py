"""How likely it is that two customers are one: a sum of weights, each of which says why.

The model is that of Fellegi and Sunter. For each field there is a weight in bits for each degree of agreement: the logarithm
of how much more often that degree is seen between two records of one person than between two persons. What one of the two
lacks says nothing. What a household shares, e-mail, phone and address, counts once, by its greatest weight. The sum of the
weights and of what is known beforehand is turned into a probability.

A high score is not enough to be a **strong** candidate. Father and son, twins and a family with one e-mail address and one
phone agree in nearly everything, so a strong candidate has the same first and last name, no other date of birth, and either
the same date of birth or a way to be reached that is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from math import log2
from typing import Final, Self

from attrs import evolve, frozen

from loyaltycore.customers.rules.agreeing import FIELDS, OTHER, SAME, Level, levels
from loyaltycore.customers.rules.weights import CHANCE, DOUBLES
from loyaltycore.kernel.matching import Traits

LIKELY_FROM: Final = 0.9
POSSIBLE_FROM: Final = 0.1

PRIOR: Final = -10.0
"""What is known before anything is compared, in bits: of a thousand people found by a key, one is the same."""

RAREST: Final = 2.0**-12
"""No agreement by chance is taken for rarer: families share what strangers never do."""

_HOUSEHOLD: Final = tuple(map(FIELDS.index, ("email", "phones", "addresses")))

Table = Mapping[str, Mapping[str, float]]
"""By field and level, a share."""


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
    """The score is 0.9 or more; look at both."""
    POSSIBLE = "possible"
    """The score is less."""


@frozen
class Evidence:
    """What one field says."""

    field: str
    agreement: Agreement
    weight: float
    """In bits; negative if it speaks against it."""


@frozen
class Model:
    """The weights, ready for use."""

    _evidence: tuple[Mapping[Level, Evidence], ...]
    """For each of `FIELDS`, by level."""

    @classmethod
    def of(cls, doubles: Table, chance: Table) -> Self:
        """Make the model of two tables.

        Args:
            doubles: How often each level is seen between two records of one person, the best level first: no other one
                weighs more.
            chance: How often between two people.
        """
        return cls(tuple(_evidence(name, doubles[name], chance[name]) for name in FIELDS))

    def compare(self, one: Traits, other: Traits) -> tuple[Evidence, ...]:
        """What each field says; it makes no difference which one is given first."""
        found = [known[level] for known, level in zip(self._evidence, levels(one, other), strict=True)]
        shared = [place for place in _HOUSEHOLD if found[place].weight > 0]
        if len(shared) > 1:
            greatest = max(shared, key=lambda place: found[place].weight)
            for place in shared:
                if place != greatest:
                    found[place] = _weightless(found[place])
        return tuple(found)


def weights(doubles: Mapping[str, float], chance: Mapping[str, float]) -> dict[str, float]:
    """What each level of one field weighs, in bits; none more than the best one, which is the first."""
    found = {level: log2(share / max(chance[level], RAREST)) for level, share in doubles.items()}
    most = next(iter(found.values()))
    return {level: min(weight, most) for level, weight in found.items()}


def score_of(evidence: Iterable[Evidence]) -> float:
    """How likely it is, from 0 to 1."""
    return 1 / (1 + 2 ** -(sum(each.weight for each in evidence) + PRIOR))


def strength_of(score: float, evidence: Iterable[Evidence]) -> Strength:
    """What a candidate of this score is worth."""
    found = {each.field: each.agreement for each in evidence}
    named = found["last_name"] is found["first_name"] is Agreement.SAME or (
        found["company"] is Agreement.SAME
        and Agreement.OTHER not in {found["last_name"], found["first_name"]}
    )
    born = found["birth_date"]
    sure = born is Agreement.SAME or (born is Agreement.MISSING and is_reached(evidence))
    if named and sure and score >= LIKELY_FROM:
        return Strength.STRONG
    return Strength.LIKELY if score >= LIKELY_FROM else Strength.POSSIBLE


def is_reached(evidence: Iterable[Evidence]) -> bool:
    """Whether both are reached by the same address or number: then somebody should look, whatever else differs."""
    return any(each.field in {"email", "phones"} and each.agreement is Agreement.SAME for each in evidence)


def is_taken_for(evidence: Sequence[Evidence], row: Traits) -> bool:
    """Whether somebody is taken for known without a person's decision, as an import does.

    So it is for a strong candidate, and for whoever has all that the row says: then nothing is lost.

    Args:
        evidence: Of comparing the row with somebody of the same name.
    """
    if all(each.agreement is Agreement.SAME or not getattr(row, each.field) for each in evidence):
        return True
    return strength_of(score_of(evidence), evidence) is Strength.STRONG


def _evidence(
    name: str, doubles: Mapping[str, float], chance: Mapping[str, float]
) -> Mapping[Level, Evidence]:
    found: dict[Level, Evidence] = {None: Evidence(name, Agreement.MISSING, 0.0)}
    for level, weight in weights(doubles, chance).items():
        found[level] = Evidence(name, _agreement(level, weight), weight)
    return found


@lru_cache(maxsize=256)
def _weightless(evidence: Evidence) -> Evidence:
    return evolve(evidence, weight=0.0)


def _agreement(level: str, weight: float) -> Agreement:
    if set(level.split(" ")) == {SAME}:
        return Agreement.SAME
    return Agreement.ALIKE if level != OTHER and weight >= 0 else Agreement.OTHER


MODEL: Final = Model.of(DOUBLES, CHANCE)
"""As it is shipped."""
