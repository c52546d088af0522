"""Reading the values of conditions by the type of their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from attrs import frozen

from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.custom_fields import GREATEST_NUMBER, LEAST_NUMBER, TEXT_LENGTH
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.catalogue import SelectableField, ValueType
from loyaltycore.selections.rules.conditions import Relative
from loyaltycore.selections.rules.days import Age
from loyaltycore.selections.rules.lookups import CustomKey

LONGEST_TEXT: Final = 255
LONGEST_EMAIL: Final = 254
LONGEST_PHONE: Final = 40
OLDEST: Final = 150
_NUMBERS: Final = (-(2**63), 2**63 - 1)
_LEAP_YEAR: Final = 2000
_DAY_LENGTH: Final = len("MM-DD")


@frozen
class Value:
    """One value to be read."""

    faults: Faults
    """Takes what is wrong with it."""
    place: str
    given: Any
    field: SelectableField
    """What it is compared with."""
    country: str
    """ISO 3166-1 alpha-2 of phone numbers without ``+``."""

    def refuse(self, code: str, message: str) -> None:
        """Note what is wrong with it."""
        self.faults.note(self.place, code, message)

    def text(self, limit: int) -> str:
        """Read it as a text that is not empty."""
        return self.faults.text(self.place, self.given, limit=limit, required=True)


def read_value(value: Value) -> Any:
    """Read a value.

    Returns:
        The value in normal form; meaningless if a fault was noted.
    """
    return _READERS[value.field.type](value)


def _text(value: Value) -> str:
    return value.text(TEXT_LENGTH if isinstance(value.field.source, CustomKey) else LONGEST_TEXT)


def _email(value: Value) -> str:
    return _parsed(value, LONGEST_EMAIL, parse_email)


def _phone(value: Value) -> str:
    return _parsed(value, LONGEST_PHONE, lambda text: parse_phone(text, value.country))


def _parsed(value: Value, limit: int, parse: Callable[[str], str]) -> str:
    before = len(value.faults.found)
    text = value.text(limit)
    if len(value.faults.found) > before:
        return ""
    return value.faults.parsed(value.place, lambda: parse(text), "")


def _integer(value: Value) -> int:
    least, most = _NUMBERS
    if isinstance(value.field.source, CustomKey):
        least, most = LEAST_NUMBER, GREATEST_NUMBER
    if isinstance(value.field.source, Age):
        least, most = 0, OLDEST
    return value.faults.integer(value.place, value.given, least=least, most=most)


def _day(value: Value) -> date | Relative | None:
    if isinstance(value.given, Relative):
        return value.given
    if isinstance(value.given, str):  # days of a condition have a form of their own, so that texts stay texts
        value.refuse("wrong_type", "must be a date or a relative day")
        return None
    return value.faults.day(value.place, value.given)


def _day_of_year(value: Value) -> str | Relative:
    if isinstance(value.given, Relative):
        return value.given
    given = text_of(value.given) or ""
    try:
        if given.isascii() and len(given) == _DAY_LENGTH:
            return date.fromisoformat(f"{_LEAP_YEAR}-{given}").strftime("%m-%d")
    except ValueError:
        pass
    value.refuse("bad_day", "must be a day of the year like 12-31, or a relative day")
    return ""


def _flag(value: Value) -> bool:
    return value.faults.flag(value.place, value.given)


def _choice(value: Value) -> str:
    text = text_of(value.given)
    if text is not None and text in value.field.labels:
        return text
    value.faults.unknown(value.place, "unknown_choice", "choice", value.given, value.field.labels)
    return ""


_READERS: Final[Mapping[ValueType, Callable[[Value], Any]]] = {
    ValueType.TEXT: _text,
    ValueType.NAME: _text,
    ValueType.EMAIL: _email,
    ValueType.PHONE: _phone,
    ValueType.INTEGER: _integer,
    ValueType.DATE: _day,
    ValueType.DAY_OF_YEAR: _day_of_year,
    ValueType.FLAG: _flag,
    ValueType.CHOICE: _choice,
}
