"""Reading the values of a table of customers as people write them.

Each reader takes the text of one cell. An empty cell is not a fault; what cannot be understood is refused with
`InvalidInput`, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
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
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "januar jänner january jan jän",
            "februar feber february feb",
            "märz maerz march mär mar mrz",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY: Final = re.compile(r"(?:[^\W\d_]{2,10}tag|[a-z]{3,6}day|mittwoch|[a-z]{2,3}\.),?\s+", re.IGNORECASE)
_NAMED_MONTH: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)?[ -]?(?P<month>[^\W\d_]{3,9})\.?,?[ -]?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<month>[^\W\d_]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? (?P<year>[0-9]{4})",
    )
)

_SERIAL: Final = re.compile(r"([1-9][0-9]{0,8})(?:[.,]0+)?")
_SERIAL_DIGITS: Final = 5
_DAY_0: Final = date(1899, 12, 30)
"""From which spreadsheets count, for all days after February 1900."""


def _by_word(words: Mapping[E, str]) -> Mapping[str, E]:
    return {word: choice for choice, names in words.items() for word in names.split()}


_CONSENTS: Final = _by_word(
    {
        ConsentState.ACCEPTED: "ja j yes y x 1 true wahr akzeptiert accepted zugestimmt erteilt einverstanden",
        ConsentState.DECLINED: "nein n no 0 false falsch abgelehnt declined verweigert widerrufen",
        ConsentState.OPEN: "offen open unbekannt unknown - ?",
    }
)
_SALUTATIONS: Final = _by_word(
    {
        Salutation.FEMALE: "frau fr. fr weiblich w female f mrs mrs. ms ms. miss madam",
        Salutation.MALE: "herr herrn hr. hr männlich maennlich m male mr mr. sir",
        Salutation.DIVERSE: "divers d diverse mx mx.",
    }
)
# Shop software keeps companies beside people and writes this where others have Mr and Mrs.
_NO_PERSON: Final = frozenset({"firma", "fa.", "fa", "company"})


def read_date(text: str, *, today: date, serial: bool = False) -> date | None:
    """Read a date, day first: ``31.12.1980``, ``31.12.80``, ``31/12/1980``, ``31. Dezember 1980`` or ``1980-12-31``.

    A year of two digits is the latest one that does not lie in the future: on 1 July 2024, ``30.06.24`` is in 2024 and
    ``02.07.24`` in 1924. So a birth date is never after today, and nobody becomes older than a hundred by it.

    Args:
        text: The cell; a time of midnight after the date is ignored.
        today: The local date at the branch.
        serial: Whether a whole number is the day that a spreadsheet counts as such; see `are_serials`.

    Returns:
        The date, or None for an empty cell.

    Raises:
        InvalidInput: ``bad_date``; ``12/31/1980`` (month first) and ``31.02.1980`` among others.
    """
    cell = text.strip()
    if not cell:
        return None
    found = _GERMAN.fullmatch(cell) or _ISO.fullmatch(cell) or _with_month_name(cell)
    if found:
        year, day = found["year"], int(found["day"])
        month = int(found["month"]) if found["month"].isdigit() else _MONTHS.get(found["month"].casefold(), 0)
        for candidate in _years(year, today):
            whole = _date(candidate, month, day)
            if whole and (len(year) == _FULL_YEAR or whole <= today):
                return whole
    if serial and (counted := as_date(cell)):
        return date.fromisoformat(counted)
    raise InvalidInput([Fault("value", "bad_date", "is not a date such as 31.12.1980 or 1980-12-31")])


def as_date(serial: str) -> str:
    """The day that a spreadsheet counts as such a number, as ``1964-08-12``; empty if it is none of five digits."""
    number = _SERIAL.fullmatch(serial)
    if number is None or len(number[1]) != _SERIAL_DIGITS:
        return ""
    return (_DAY_0 + timedelta(int(number[1]))).isoformat()


def are_serials(cells: Iterable[str], *, today: date) -> bool:
    """Whether the whole numbers in a column of dates are days as a spreadsheet counts them.

    They are if every one has five digits and lies in the past, and at least one of them can be nothing else: ``23601`` is
    12 August 1964, whereas ``10164`` may be 1 January 1964 whose zero was dropped.

    Args:
        cells: Some cells of the column.
        today: The local date at the branch.
    """
    numbers = [found[1] for cell in cells if (found := _SERIAL.fullmatch(cell.strip()))]
    latest = (today - _DAY_0).days
    if not all(len(number) == _SERIAL_DIGITS and int(number) <= latest for number in numbers):
        return False
    return any(not _may_be_short_date(number) for number in numbers)


def _may_be_short_date(number: str) -> bool:
    return any(
        _date(2000 + int(year), int(month), int(day)) is not None
        for day, month, year in (
            (number[:1], number[1:3], number[3:]),
            (number[3:], number[1:3], number[:1]),
        )
    )


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
    return _choice(text, {str(each.value): each for each in choices})


def is_company_word(salutation: str) -> bool:
    """Whether the text in the place of a salutation says that the customer is a company."""
    return salutation.strip().casefold() in _NO_PERSON


def _with_month_name(cell: str) -> re.Match[str] | None:
    bare = _WEEKDAY.sub("", cell, count=1) if not cell[:1].isdigit() else cell
    return next((found for pattern in _NAMED_MONTH if (found := pattern.fullmatch(bare))), None)


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


def _choice(text: str, words: Mapping[str, E]) -> E | None:
    word = text.strip().casefold()
    if not word:
        return None
    if word in words:
        return words[word]
    raise InvalidInput([Fault("value", "unknown_choice", f"must be one of: {', '.join(words)}")])
