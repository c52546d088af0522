"""How far two customers agree in each field, in the words of the table of weights.

Each function makes no difference between the one and the other, and answers None where one of the two has no value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import eq, ne
from typing import Final

from loyaltycore.customers.rules.likeness import sound_of
from loyaltycore.customers.rules.search import fold
from loyaltycore.customers.rules.similarity import cannot_reach, similarity
from loyaltycore.kernel.matching import Place, Traits

SAME: Final = "same"
NEAR: Final = "near"
"""A typing error apart."""
FAR: Final = "far"
"""Sounding the same, or with two errors."""
OTHER: Final = "other"

Level = str | None

NEAR_NAMES: Final = 0.92
"""From which similarity on, as for the next two."""
FAR_NAMES: Final = 0.8
NEAR_STREETS: Final = 0.9
_DECADE: Final = 2
"""The place of the decade in a date of eight digits."""
_DIGITS: Final = re.compile(r"\d+")


FIELDS: Final = ("last_name", "first_name", "company", "birth_date", "email", "phones", "addresses")


def levels(one: Traits, other: Traits) -> tuple[Level, ...]:
    """How far each of `FIELDS` agrees."""
    last, first = name_levels((one.last_name, one.first_name), (other.last_name, other.first_name))
    return (
        last,
        first,
        name_level(one.company, other.company),
        birth_level(one.birth_date, other.birth_date),
        (SAME if one.email == other.email else OTHER) if one.email and other.email else None,
        shared_level(one.phones, other.phones),
        address_level(one.addresses, other.addresses),
    )


def name_levels(one: tuple[str, str], other: tuple[str, str]) -> tuple[Level, Level]:
    """Last and first name; where somebody has exchanged them, no better than near."""
    last, first = name_level(one[0], other[0]), name_level(one[1], other[1])
    if last in _UNLIKE and first in _UNLIKE:
        across = {name_level(one[0], other[1]), name_level(one[1], other[0])}
        if across & {SAME, NEAR}:
            # The other name is as far away as it is, or missing.
            worse = FAR if OTHER in across else NEAR
            return worse, None if None in across else OTHER if OTHER in across else worse
    return last, first


def name_level(one: str, other: str) -> Level:
    """One name of each."""
    if not one or not other:
        return None
    if one == other:
        return SAME
    return _names(one, other) if one <= other else _names(other, one)


@lru_cache(maxsize=8192)
def _names(one: str, other: str) -> Level:
    """Those who are compared with one customer have few names among them."""
    mine, theirs = _folded(one), _folded(other)
    if any(map(eq, mine, theirs)):
        return SAME
    return _words(mine[1], theirs[1])


def _words(mine: str, theirs: str) -> Level:
    words, others = set(mine.split(" ")), set(theirs.split(" "))
    # Somebody marries and has a double name, or leaves out the second first name.
    if words <= others or others <= words:
        return NEAR
    alike = 0.0 if cannot_reach(FAR_NAMES, mine, theirs) else similarity(mine, theirs)
    if alike >= NEAR_NAMES:
        return NEAR
    return FAR if alike >= FAR_NAMES or sounds_of(mine) == sounds_of(theirs) else OTHER


@lru_cache(maxsize=8192)
def _folded(name: str) -> tuple[str, str]:
    """With one letter and with two letters for an umlaut."""
    return fold(name), fold(name, two_letters=True)


@lru_cache(maxsize=8192)
def sounds_of(folded: str) -> str:
    """How each word of a folded name sounds."""
    return " ".join(sound_of(word) for word in folded.split(" "))


def birth_level(one: date | None, other: date | None) -> Level:
    """Two dates of birth."""
    if one is None or other is None:
        return None
    if one == other:
        return SAME
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return NEAR
    mine, theirs = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    wrong = [place for place in range(8) if mine[place] != theirs[place]]
    # One wrong digit is an error in typing; not that of the decade, which parts father and son.
    if len(wrong) == 1 and wrong[0] > _DECADE:
        return NEAR
    return FAR if len(wrong) <= 2 else OTHER  # noqa: PLR2004  two wrong digits, as the name of the level says


def shared_level(mine: Sequence[str], theirs: Sequence[str]) -> Level:
    """Two lists of which one common value is enough."""
    if not mine or not theirs:
        return None
    return SAME if mine == theirs or any(each in theirs for each in mine) else OTHER


def address_level(mine: Sequence[Place], theirs: Sequence[Place]) -> Level:
    """The best that two addresses have in common: a word for the street and one for the place."""
    if not mine or not theirs:
        return None
    if mine == theirs:
        return f"{SAME} {SAME}"
    return min((_address(one, other) for one in mine for other in theirs), key=_BEST_FIRST.__getitem__)


_UNLIKE: Final = (FAR, OTHER, None)
ADDRESS_LEVELS: Final = tuple(
    f"{street} {place}" for street in (SAME, NEAR, OTHER) for place in (SAME, NEAR, OTHER)
)
_BEST_FIRST: Final = {
    level: index
    for index, level in enumerate(
        sorted(ADDRESS_LEVELS, key=lambda each: (each.count(OTHER), each.count(NEAR), each))
    )
}


def _address(one: Place, other: Place) -> str:
    if one == other:
        return f"{SAME} {SAME}"
    street = _streets(one[0], other[0]) if one[0] <= other[0] else _streets(other[0], one[0])
    return f"{street} {_place(one, other)}"


@lru_cache(maxsize=4096)
def _streets(one: str, other: str) -> str:
    if one == other:
        return SAME
    if cannot_reach(NEAR_STREETS, one, other) or similarity(one, other) < NEAR_STREETS:
        return OTHER
    mine, theirs = set(_DIGITS.findall(one)), set(_DIGITS.findall(other))
    # The neighbours live at nearly the same street address.
    return NEAR if mine <= theirs or theirs <= mine else OTHER


def _place(one: Place, other: Place) -> str:
    same = [mine == theirs for mine, theirs in zip(one[1:], other[1:], strict=True) if mine and theirs]
    if same and all(same):
        return SAME
    if any(same):
        return NEAR
    return NEAR if _is_mistyped(one[1], other[1]) or _streets(one[2], other[2]) == NEAR else OTHER


def _is_mistyped(one: str, other: str) -> bool:
    """Whether two postal codes have the same length and differ in one place."""
    return len(one) == len(other) and sum(map(ne, one, other)) == 1
