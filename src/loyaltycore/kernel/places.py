"""Countries by ISO 3166-1, their names, and what their postal codes look like.

They are in `places.tab`, which `scripts/write_places.py` makes and which is read on first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pkgutil import get_data
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.validation import Faults

COUNTRY_LENGTH: Final = 2


def read_country(faults: Faults, field: str, value: object, *, required: bool = False) -> str:
    """Read a country as its code of ISO 3166-1 alpha-2, in upper or lower case.

    Faults: ``bad_country``, there is no such country; and those of `Faults.text`.

    Returns:
        The code in capitals; empty if none was given or a fault was noted.
    """
    code = faults.text(field, value, limit=COUNTRY_LENGTH, required=required).upper()
    if code and code not in places():
        faults.note(field, "bad_country", "is no country: give two letters of ISO 3166-1, for example DE")
        return ""
    return code


@frozen
class Place:
    """What people call a country, and how its post sorts letters."""

    names: tuple[str, ...]
    """In German and English; one if they are the same."""
    postal_code: str
    """A regular expression for the whole code; empty where none is known."""
    leading_zeros: int
    """With how many zeros a code may begin: as many as a spreadsheet may have dropped."""


@cache
def places() -> Mapping[str, Place]:
    """Every country by its code."""
    table = (get_data(__package__, "places.tab") or b"").decode("utf-8")
    found = {}
    for line in table.splitlines():
        code, names, postal_code, zeros = line.split("\t")
        found[code] = Place(tuple(names.split("|")), postal_code, int(zeros))
    return found


@lru_cache(maxsize=4096)
def parse_postal_code(text: str, country: str, *, zeros_kept: bool = False) -> str:
    """Bring a postal code into the form of its country.

    The sign of the country in front of it is dropped, and zeros that a spreadsheet has dropped are written again.

    Args:
        text: As people write it: ``D-10969``, or ``1067`` for ``01067`` in Germany.
        country: ISO 3166-1 alpha-2 in capitals, or empty.
        zeros_kept: Whether it stands among others that have kept their leading zeros, so that none is missing.

    Returns:
        The code; the text itself where the codes of the country are not known.

    Raises:
        InvalidInput: ``bad_postal_code``, the country has no such code.

    Example:
        >>> parse_postal_code("1067", "DE"), parse_postal_code("10969.0", "DE"), parse_postal_code("sw1a 1aa", "GB")
        ('01067', '10969', 'SW1A 1AA')
    """
    place = places().get(country)
    if place is None or not place.postal_code or not text:
        return text
    bare = plain = text
    if not text.isdecimal():
        bare = _NUMBER_SHOWN.sub(r"\1", text)
        plain = _SIGN.sub("", bare).upper()
    lost = place.leading_zeros if plain.isascii() and plain.isdigit() else 0
    mended = tuple("0" * count + plain for count in range(1, lost + 1))
    is_code = _form_of(place.postal_code).fullmatch
    for candidate in (bare.upper(), plain, *(() if zeros_kept else mended)):
        if is_code(candidate):
            return candidate
    message = f"is no postal code of {place.names[-1]}"
    if any(map(is_code, mended)):
        message += "; others of its column have kept their zeros, so none was put before it"
    raise InvalidInput([Fault("postal_code", "bad_postal_code", message)])


@cache
def _form_of(postal_code: str) -> re.Pattern[str]:
    return re.compile(postal_code)


_NUMBER_SHOWN: Final = re.compile(r"\A([0-9]+)[.,]0\Z")
"""How some programs write a whole number."""
_SIGN: Final = re.compile(r"\A[A-Za-z]{1,3}\s*-?\s*(?=[0-9])")
"""Of a country, as on cars."""


def read_time_zone(faults: Faults, field: str, value: object) -> str:
    """Read the IANA name of a time zone."""
    text = faults.text(field, value, limit=60, required=True)
    try:
        ZoneInfo(text or "UTC")
    except (ValueError, OSError, LookupError):
        hint = meant(text, sorted(available_timezones()))
        faults.note(field, "unknown_time_zone", f"is no IANA time zone{hint}")
    return text
