"""Reading the values of a table of customers as people write them.

Each reader takes the text of one cell. An empty cell is not a fault; what cannot be understood is refused with
`InvalidInput`, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final, TypeVar

from loyaltycore.customers.rules.customer import Salutation
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import ConsentState
from loyaltycore.kernel.validation import EARLIEST_DATE, LATEST_DATE

E = TypeVar("E", bound=Enum)

_CENTURY: Final = 100
_FULL_YEAR: Final = 4

# A time of day at midnight is what spreadsheets and databases add to a date.
_MIDNIGHT: Final = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
_GERMAN: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[./])[ ]?(?P<month>[0-9]{1,2})(?P=mark)[ ]?(?P<year>[0-9]{4}|[0-9]{2})"
    + _MIDNIGHT
)
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})" + _MIDNIGHT)

_CONSENTS: Final[Mapping[ConsentState, str]] = {
    ConsentState.ACCEPTED: "ja j yes y x 1 true wahr akzeptiert accepted zugestimmt erteilt einverstanden",
    ConsentState.DECLINED: "nein n no 0 false falsch abgelehnt declined verweigert widerrufen",
    ConsentState.OPEN: "offen open unbekannt unknown - ?",
}
_SALUTATIONS: Final[Mapping[Salutation, str]] = {
    Salutation.FEMALE: "frau fr. fr weiblich w female f mrs mrs. ms ms. miss madam",
    Salutation.MALE: "herr herrn hr. hr männlich maennlich m male mr mr. sir",
    Salutation.DIVERSE: "divers d diverse mx mx.",
}
# Shop software keeps companies beside people and writes this where others have Mr and Mrs.
_NO_PERSON: Final = frozenset({"firma", "fa.", "fa", "company"})


def read_date(text: str, *, today: date) -> date | None:
    """Read a date, day first: ``31.12.1980``, ``31.12.80``, ``31/12/1980`` or ``1980-12-31``.

    A year of two digits is the latest one that does not lie in the future: on 1 July 2024, ``30.06.24`` is in 2024 and
    ``02.07.24`` in 1924. So a birth date is never after today, and nobody becomes older than a hundred by it.

    Args:
        text: The cell; a time of midnight after the date is ignored.
        today: The local date at the branch.

    Returns:
        The date, or None for an empty cell.

    Raises:
        InvalidInput: ``bad_date``; ``12/31/1980`` (month first) and ``31.02.1980`` among others.
    """
    cell = text.strip()
    found = _GERMAN.fullmatch(cell) or _ISO.fullmatch(cell)
    if not cell:
        return None
    if found:
        year, month, day = found["year"], int(found["month"]), int(found["day"])
        for candidate in _years(year, today):
            whole = _date(candidate, month, day)
            if whole and (len(year) == _FULL_YEAR or whole <= today):
                return whole
    raise InvalidInput([Fault("value", "bad_date", "is not a date such as 31.12.1980 or 1980-12-31")])


def read_yes_no_open(text: str) -> ConsentState:
    """Read the answer to a question of consent: ``ja``, ``x``, ``1``; ``nein``, ``0``; empty or ``offen``.

    Raises:
        InvalidInput: ``unknown_choice``; an unknown word is never taken for a consent.
    """
    return _choice(text, _CONSENTS) or ConsentState.OPEN


def read_salutation(text: str) -> Salutation | None:
    """Read how a person is addressed: ``Frau``, ``Hr.``, ``w``, ``Mr``, ``divers``.

    Returns:
        The salutation; None for an empty cell and for ``Firma``, which marks a company.

    Raises:
        InvalidInput: ``unknown_choice``.
    """
    return None if is_company_word(text) else _choice(text, _SALUTATIONS)


def read_choice(text: str, choices: type[E]) -> E | None:
    """Read a member of an enumeration by its value.

    Raises:
        InvalidInput: ``unknown_choice``.
    """
    return _choice(text, {each: str(each.value) for each in choices})


def is_company_word(salutation: str) -> bool:
    """Whether the text in the place of a salutation says that the customer is a company."""
    return salutation.strip().casefold() in _NO_PERSON


def _years(digits: str, today: date) -> tuple[int, ...]:
    if len(digits) == _FULL_YEAR:
        return (int(digits),)
    this_century = today.year // _CENTURY * _CENTURY + int(digits)
    return this_century, this_century - _CENTURY


def _date(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if EARLIEST_DATE <= found <= LATEST_DATE else None


def _choice(text: str, words: Mapping[E, str]) -> E | None:
    word = text.strip().casefold()
    if not word:
        return None
    for choice, names in words.items():
        if word in names.split():
            return choice
    known = ", ".join(" ".join(words.values()).split())
    raise InvalidInput([Fault("value", "unknown_choice", f"must be one of: {known}")])
