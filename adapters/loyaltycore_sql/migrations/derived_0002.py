"""What revision 0002 derives from a customer of version 0.1: a copy of the rules of that time, which never changes.

The library's own rules may change; then a later revision derives again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from attrs import frozen

_POSTAL_KINDS: Final = ("delivery", "residence", "second_residence")
_NEEDED: Final = ("street", "postal_code", "city", "country")
_KEY_LENGTH: Final = 120

_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# ' ` acute accent, left and right quotation mark, modifier.
_APOSTROPHES: Final = dict.fromkeys((0x27, 0x60, 0xB4, 0x2018, 0x2019, 0x2BC))
_ONE_LETTER: Final = _APOSTROPHES | str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_INVISIBLE: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_SEPARATORS: Final = re.compile(r"[\W_]+")


@frozen
class Derived:
    """What follows from one customer."""

    columns: Mapping[str, Any]
    city_keys: tuple[str, ...]


def derive(birth_date: date | None, phones: str, addresses: str) -> Derived:
    """Derive the columns and lookup keys that the revision adds from the existing columns.

    Args:
        birth_date: As stored.
        phones: JSON.
        addresses: JSON.
    """
    numbers, places = _texts(phones), _texts(addresses)
    postal = _first_postal(places, complete=True)
    shown = postal or _first_postal(places, complete=False) or {}
    columns = {
        "custom": "{}",
        "birthday": birth_date.strftime("%m-%d") if birth_date else "",
        "postal_code": shown.get("postal_code", ""),
        "country": shown.get("country", ""),
        "has_post": postal is not None,
        "mobile": _first_number(numbers, "mobile"),
        "landline": _first_number(numbers, "landline"),
    }
    return Derived(columns, _city_keys(places))


def _texts(stored: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads(stored)
    return found


def _first_postal(places: Sequence[Mapping[str, Any]], *, complete: bool) -> Mapping[str, Any] | None:
    return next(
        (
            place
            for kind in _POSTAL_KINDS
            for place in places
            if _kind(place) == kind and (not complete or all(place.get(name) for name in _NEEDED))
        ),
        None,
    )


def _first_number(numbers: Sequence[Mapping[str, Any]], kind: str) -> str:
    return next((str(each["number"]) for each in numbers if each.get("kind", "landline") == kind), "")


def _kind(place: Mapping[str, Any]) -> str:
    return str(place.get("kind", "residence"))


def _city_keys(places: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    cities = [place.get("city", "") for place in places if _kind(place) in _POSTAL_KINDS]
    folded = (_fold(city, two_letters=both)[:_KEY_LENGTH] for city in cities for both in (False, True))
    return tuple(key for key in dict.fromkeys(folded) if key)


def _fold(text: str, *, two_letters: bool) -> str:
    plain = text.isascii()
    bare = text.lower().translate(_APOSTROPHES) if plain else _bare(text, two_letters=two_letters)
    return _SEPARATORS.sub(" ", bare).strip() or " ".join(text.casefold().split())


def _bare(text: str, *, two_letters: bool) -> str:
    lower = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).casefold()
    letters = unicodedata.normalize("NFKD", lower.translate(_TWO_LETTERS) if two_letters else lower)
    kept = "".join(character for character in letters if unicodedata.category(character) not in _INVISIBLE)
    # Once more, since a decomposition may bring capitals and apostrophes back.
    return kept.casefold().translate(_ONE_LETTER)
