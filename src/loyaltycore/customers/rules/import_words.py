"""Countries and languages as shop software writes them, where that is not the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_COUNTRIES: Final = {
    "DE": "d deu ger deutschland germany allemagne brd",
    "AT": "a aut österreich oesterreich austria",
    "CH": "che schweiz switzerland suisse svizzera",
    "LI": "fl lie liechtenstein",
    "BE": "b bel belgien belgium belgique",
    "CZ": "cze tschechien czechia",
    "DK": "dnk dänemark daenemark denmark",
    "ES": "e esp spanien spain",
    "FR": "f fra frankreich france",
    "GB": "uk gbr großbritannien grossbritannien",
    "IT": "i ita italien italy italia",
    "LU": "l lux luxemburg luxembourg",
    "NL": "nld niederlande netherlands holland",
    "PL": "pol polen poland",
    "TR": "tur türkei tuerkei turkey",
}
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


_COUNTRY_OF: Final = _by_word(_COUNTRIES)
_LANGUAGE_OF: Final = _by_word(_LANGUAGES)


def country_code(text: str) -> str:
    """The code of a country that is written out or abbreviated as on cars; any other text as it is.

    Example:
        >>> country_code("Österreich"), country_code("D"), country_code("fr"), country_code("Atlantis")
        ('AT', 'DE', 'FR', 'Atlantis')
    """
    cell = text.strip()
    return _COUNTRY_OF.get(cell.casefold(), cell.upper() if len(cell) == len("DE") else cell)


def language_code(text: str) -> str:
    """The code of a language that is written out or followed by a country; any other text as it is.

    Example:
        >>> language_code("Deutsch"), language_code("de-AT"), language_code("EN")
        ('de', 'de', 'EN')
    """
    cell = text.strip()
    locale = _LOCALE.fullmatch(cell)
    return locale[1] if locale else _LANGUAGE_OF.get(cell.casefold(), cell)
