"""How alike two texts are (Jaro and Winkler)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_PREFIX: Final = 4
_BONUS: Final = 0.1


def similarity(one: str, other: str) -> float:
    """From 0 for nothing in common to 1 for the same text; it makes no difference which is given first.

    Example:
        >>> round(similarity("martha", "marhta"), 3), similarity("abc", "xyz")
        (0.961, 0.0)
    """
    return _similarity(*sorted((one, other)))


def cannot_reach(least: float, one: str, other: str) -> bool:
    """Whether two texts share too few letters to be so similar; most differ so much, and this is told at once."""
    if not one or not other:
        return one != other and least > 0
    common = min(sum([letter in other for letter in one]), sum([letter in one for letter in other]))
    most = (common / len(one) + common / len(other) + 1) / 3
    if one[0] == other[0]:
        most += _PREFIX * _BONUS * (1 - most)
    return most < least


@lru_cache(maxsize=4096)
def _similarity(one: str, other: str) -> float:
    if one == other:
        return 1.0
    jaro = _jaro(one, other)
    same = 0
    for mine, theirs in zip(one[:_PREFIX], other[:_PREFIX], strict=False):
        if mine != theirs:
            break
        same += 1
    return jaro + same * _BONUS * (1 - jaro)


def _jaro(one: str, other: str) -> float:
    reach = max(0, max(len(one), len(other)) // 2 - 1)
    taken = [False] * len(other)
    mine: list[str] = []
    for place, letter in enumerate(one):
        for at in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[at] and other[at] == letter:
                taken[at] = True
                mine.append(letter)
                break
    if not mine:
        return 0.0
    theirs = [letter for letter, is_taken in zip(other, taken, strict=True) if is_taken]
    moved = sum(a != b for a, b in zip(mine, theirs, strict=True)) / 2
    common = len(mine)
    return (common / len(one) + common / len(other) + (common - moved) / common) / 3
