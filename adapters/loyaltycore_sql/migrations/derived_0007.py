"""What revision 0007 derives from a customer: a copy of the rules of that time, never changed."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from loyaltycore_sql.migrations.derived_0004 import fold

_KEY_LENGTH: Final = 120
_MOST_PARTS: Final = 3
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
_LETTERS: Final = re.compile("[^0-9]+")
_REPEATED: Final = re.compile(r"(\d)\1+")


def likeness_keys(row: Any) -> tuple[str, ...]:
    """The keys by which a customer is found who may be the same as another one.

    Args:
        row: Has ``last_name``, ``first_name``, ``company`` and, as JSON, ``addresses``.
    """
    first = fold(row.first_name).partition(" ")[0] if row.first_name else ""
    words = [
        word
        for name in (row.last_name, row.company)
        for word in (fold(name).split(" ")[:_MOST_PARTS] if name else ())
    ]
    keys = [f"n.{sound}.{_sound(first)}" for word in words if (sound := _sound(word))]
    for address in json.loads(row.addresses):
        street, place = address.get("street"), address.get("postal_code") or address.get("city")
        if street and place and (key := fold(f"{street} {place}")):
            keys.append(f"a.{key}")
    return tuple(dict.fromkeys(key[:_KEY_LENGTH] for key in keys))


def _sound(word: str) -> str:
    return _cologne(word) + _LETTERS.sub("", word) if word.isascii() else word


def _cologne(word: str) -> str:
    letters = [each for each in word if "a" <= each <= "z"]
    around = ["", *letters, ""]
    codes = [_code(*around[place : place + 3]) for place in range(len(letters))]
    digits = _REPEATED.sub(r"\1", "".join(codes))
    return digits[:1] + digits[1:].replace("0", "")


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
    return ""


def _code_of_c(before: str, after: str) -> str:
    if not before:
        return "4" if after in _HARD_AT_START else "8"
    return "4" if after in _HARD_INSIDE and before not in {"s", "z"} else "8"
