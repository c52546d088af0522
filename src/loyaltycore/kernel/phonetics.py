"""Cologne phonetics (Postel 1969): one code for German names that sound alike."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_HARD_AT_START: Final = frozenset("ahkloqrux")
_HARD_INSIDE: Final = frozenset("ahkoqux")
_SIMPLE: Final = {
    **dict.fromkeys("aeijouy", "0"),
    "b": "1",
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    "l": "5",
    **dict.fromkeys("mn", "6"),
    "r": "7",
    **dict.fromkeys("sz", "8"),
}
_REPEATED: Final = re.compile(r"(\d)(?=\1)")


def cologne(word: str) -> str:
    """The code of a word.

    Args:
        word: Lower-case letters without accents, as a name is folded; what is none of a to z counts for nothing.

    Returns:
        Digits; empty if nothing sounds.

    Example:
        >>> cologne("meier"), cologne("mayr"), cologne("schmidt"), cologne("schmitt")
        ('67', '67', '862', '862')
    """
    letters = [each for each in word if "a" <= each <= "z"]
    codes = map(_code, ["", *letters[:-1]], letters, [*letters[1:], ""])
    digits = _REPEATED.sub("", "".join(codes))
    return digits[:1] + digits[1:].replace("0", "")


@cache
def _code(before: str, letter: str, after: str) -> str:
    simple = _SIMPLE.get(letter)
    if simple is not None:
        return simple
    match letter:
        case "p":
            return "3" if after == "h" else "1"
        case "d" | "t":
            return "8" if after and after in "csz" else "2"
        case "x":
            return "8" if before and before in "ckq" else "48"
        case "c":
            return _code_of_c(before, after)
    return ""  # an h is not heard


def _code_of_c(before: str, after: str) -> str:
    if not before:
        return "4" if after in _HARD_AT_START else "8"
    return "4" if after in _HARD_INSIDE and before not in {"s", "z"} else "8"
