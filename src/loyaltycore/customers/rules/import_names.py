"""A person's whole name in one cell: ``Müller, Dr. Jörg``."""

from __future__ import annotations

import re
from typing import Final

_TITLE: Final = re.compile(r"((?:(?:Prof|Dr|Dipl|Mag|Ing|med|dent|jur|rer|nat|phil)\.(?:-Ing\.)?\s*)+)")
_GIVEN: Final = re.compile(r"[^\W\d_][^\W\d_]*\.?(?:['\u2019-][^\W\d_]+)*")
_COMPANIES: Final = frozenset(
    ("ag", "kg", "kgaa", "gmbh", "ohg", "gbr", "mbh", "ug", "se", "ev", "ltd", "inc", "llc", "firma")
)
_NO_GIVEN_NAMES: Final = _COMPANIES.union(
    (
        *("inh", "inhaber", "geb", "frau", "herr", "herrn", "familie", "fam", "eheleute", "mrs", "mr", "ms"),
        *("geborene", "verw", "gesch", "jr", "jun", "sr", "sen", "junior", "senior", "co", "und", "and"),
        *("mba", "bsc", "msc", "phd", "ma", "ba", "söhne"),
    )
)
_MOST_WORDS: Final = 3


def split_name(cell: str) -> tuple[str, str, str] | None:
    """Last name, first name and title; None for a text that is not surely "surname, first names".

    Example:
        >>> split_name("Müller, Dr. Jörg"), split_name("Müller, geb. Schmidt"), split_name("Müller, Söhne & Co. KG")
        (('Müller', 'Jörg', 'Dr.'), None, None)
    """
    last, comma, rest = cell.partition(",")
    title = _TITLE.match(rest.strip())
    words = rest.strip().removeprefix(title[1] if title else "").split()
    if not comma or not last.strip() or not 0 < len(words) <= _MOST_WORDS:
        return None
    if not _COMPANIES.isdisjoint(map(_key, last.split())) or any(character.isdigit() for character in last):
        return None
    if any(not _is_given(word) for word in words):
        return None
    titles = [found for found in (_TITLE.match(last.strip()), title) if found]
    if len(titles) > 1:
        return None
    surname = last.strip() if title or not titles else last.strip().removeprefix(titles[0][1])
    return (surname, " ".join(words), titles[0][1].strip() if titles else "") if surname else None


def _key(word: str) -> str:
    return word.replace(".", "").casefold()


def _is_given(word: str) -> bool:
    known = _key(word) not in _NO_GIVEN_NAMES
    return bool(known and word[:1].isupper() and _GIVEN.fullmatch(word))
