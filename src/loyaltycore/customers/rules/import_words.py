"""Countries and languages as shop software writes them, where that is not the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.places import places

_COUNTRIES: Final = {
    "DE": "d deu ger allemagne brd bundesrepublik",
    "AT": "a aut",
    "CH": "che suisse svizzera",
    "LI": "fl lie",
    "BE": "b bel belgique",
    "BA": "bosnien bosnia",
    "CD": "kongo",
    "CZ": "cze tschechische-republik czech-republic",
    "DK": "dnk",
    "ES": "e esp",
    "FR": "f fra",
    "GB": "uk gbr großbritannien great-britain england",
    "IT": "i ita italia",
    "LU": "l lux",
    "MK": "mazedonien macedonia",
    "NL": "nld holland",
    "PL": "pol",
    "RU": "russische-föderation russian-federation",
    "SK": "slowakische-republik slovak-republic",
    "TR": "tur turkey",
    "US": "usa united-states-of-america vereinigte-staaten-von-amerika",
}
"""Signs on cars, codes of three letters and further names of neighbours; a hyphen stands for a blank."""

_LANGUAGES: Final = {
    "de": "deutsch german ger deu",
    "en": "englisch english eng",
    "fr": "französisch franzoesisch french fra fre",
    "it": "italienisch italian ita",
    "es": "spanisch spanish spa",
    "nl": "niederländisch niederlaendisch dutch nld dut",
    "pl": "polnisch polish pol",
    "ru": "russisch russian rus",
    "tr": "türkisch tuerkisch turkish tur",
}
_LOCALE: Final = re.compile(r"([A-Za-z]{2})[-_][A-Za-z]{2}")


def _by_word(words: Mapping[str, str]) -> Mapping[str, str]:
    return {word: code for code, names in words.items() for word in names.split()}


_LANGUAGE_OF: Final = _by_word(_LANGUAGES)


def country_code(text: str) -> str:
    """The code of a country that is written out in German or English, or abbreviated as on cars; any other text as it is.

    Example:
        >>> country_code("Österreich"), country_code("D"), country_code("fr"), country_code("Atlantis")
        ('AT', 'DE', 'FR', 'Atlantis')
    """
    cell = text.strip()
    if not cell:
        return ""
    known = _country_of().get(_name_key(cell))
    return known or (cell.upper() if len(cell) == len("DE") else cell)


@cache
def _country_of() -> Mapping[str, str]:
    """The code of each country by each of its names."""
    named = {_name_key(name): code for code, place in places().items() for name in place.names}
    return named | {_name_key(word): code for word, code in _by_word(_COUNTRIES).items()}


def _name_key(name: str) -> str:
    words = (word for word in fold(name, two_letters=True).split(" ") if word not in {"und", "and"})
    return " ".join(words)


def language_code(text: str) -> str:
    """The code of a language that is written out or followed by a country; any other text as it is.

    Example:
        >>> language_code("Deutsch"), language_code("de-AT"), language_code("EN")
        ('de', 'de', 'EN')
    """
    cell = text.strip()
    locale = _LOCALE.fullmatch(cell)
    return locale[1] if locale else _LANGUAGE_OF.get(cell.casefold(), cell)
