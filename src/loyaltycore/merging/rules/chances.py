"""How often two people of a base agree by chance, counted among a few of them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import combinations
from typing import Final

from attrs import define, field

from loyaltycore.customers.rules.agreeing import FIELDS, levels
from loyaltycore.customers.rules.model import Table
from loyaltycore.customers.rules.weights import CHANCE
from loyaltycore.kernel.matching import Person, Traits

SAMPLED: Final = 120
_SHIPPED: Final = 4000
"""For how many pairs the shipped table counts beside those of the base."""


@define
class Sample:
    """A few of any number of people, the same ones in whatever order they come."""

    _kept: list[tuple[int, str, Traits]] = field(factory=list)

    def see(self, person: Person) -> None:
        """Keep somebody or not: those with the least hashes stay."""
        place = (-int.from_bytes(sha256(person.id.encode()).digest()[:8]), person.id, person.traits)
        if len(self._kept) < SAMPLED:
            heapq.heappush(self._kept, place)
        elif place[:2] > self._kept[0][:2]:
            heapq.heapreplace(self._kept, place)

    @property
    def people(self) -> list[Traits]:
        """Those who were kept."""
        return [traits for _, _, traits in sorted(self._kept, key=lambda each: each[:2])]


def chances_of(people: Sequence[Traits]) -> Table:
    """The shipped chances, mixed with those of a base: in a small town, everybody lives at one place."""
    found = Counter(
        each for pair in combinations(people, 2) for each in zip(FIELDS, levels(*pair), strict=True)
    )
    return {name: _mixed(name, found) for name in CHANCE}


def _mixed(name: str, found: Counter[tuple[str, str | None]]) -> dict[str, float]:
    seen = sum(found[name, level] for level in CHANCE[name])
    return {
        level: (found[name, level] + _SHIPPED * share) / (seen + _SHIPPED)
        for level, share in CHANCE[name].items()
    }
