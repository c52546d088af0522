"""Finding all pairs of people in a whole base who may be the same: what is compared, and the port that does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from attrs import frozen

from loyaltycore.kernel.showing import showing

Place = tuple[str, str, str]
"""Street, postal code and town, each folded; empty for what is not known."""


@frozen(repr=False)
class Traits:
    """What of a person is compared."""

    __repr__ = showing()

    last_name: str
    first_name: str
    company: str
    birth_date: date | None
    email: str
    """Without case; empty for none."""
    phones: tuple[str, ...]
    """In E.164."""
    addresses: tuple[Place, ...]


@frozen(repr=False)
class Person:
    """Somebody among those who are compared."""

    __repr__ = showing("id")

    id: str
    traits: Traits


@frozen
class Pair:
    """Two people who may be the same."""

    one: str
    """The lesser id of the two."""
    other: str
    score: float
    """How likely it is, from 0 to 1."""


class Matcher(Protocol):
    """Compares all people of a base with one another.

    **Once.** A pair is given once, its lesser id first, and nobody is paired with themselves.

    **Whatever the order.** The same people in another order give the same pairs, in any order.

    **The obvious.** Two people of whom everything is the same are a pair.

    **Memory.** `people` is read once and may be longer than memory; so may what is given back.
    """

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        """Find the pairs whose score is at least so much.

        Args:
            people: Each with an id of its own.
            least: From 0 to 1.
        """
        ...
