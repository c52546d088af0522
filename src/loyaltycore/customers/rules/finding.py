"""How customers are looked up; an index or a lookup key answers every filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypedDict

from loyaltycore.customers.rules.customer import LENGTHS
from loyaltycore.customers.rules.form import read_number
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.search import email_key, foldings
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Or, has_key, key_starts, stored
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.validation import Faults

LONGEST_NAME: Final = 300
LONGEST_PHONE: Final = 40


class CustomerFilters(TypedDict, total=False):
    """The filters by which customers are looked up; None and blank texts filter nothing.

    * ``number``: this customer number, as typed or scanned, in upper or lower case.
    * ``name``: the beginning of a name: "last first", "first last", a company, or a later word of last name or company.
      Case, accents and the two ways to write umlauts make no difference.
    * ``email``: this address, in upper or lower case.
    * ``phone``: this number, as people of the branch's country write it, or with ``+``.
    * ``birth_date``: this day, also as text of the form ``1980-02-01``.
    """

    number: str | None
    name: str | None
    email: str | None
    phone: str | None
    birth_date: date | str | None


def read_filters(faults: Faults, given: Mapping[str, object], country: str) -> Criterion:
    """Turn filters into a criterion that matches if all of them hold; meaningless if faults were noted.

    Args:
        given: Filters of `CustomerFilters` by name, still unchecked.
        country: ISO 3166-1 alpha-2 of phone numbers without ``+``.
    """
    parts = []
    for name, value in given.items():
        if name not in _FILTERS:
            faults.unknown(name, "unknown_field", "filter", name, _FILTERS)
        elif value is not None and not _is_blank(value):
            parts.append(_FILTERS[name](faults, value, country))
    return And(tuple(parts)) if parts else EVERYTHING


def _is_blank(value: object) -> bool:
    text = text_of(value)
    return text is not None and not text.strip()


def _number(faults: Faults, value: object, _: str) -> Criterion:
    return stored("number_key") == number_key(read_number(faults, value))


def _name(faults: Faults, value: object, _: str) -> Criterion:
    keys = foldings(faults.text("name", value, limit=LONGEST_NAME))
    return Or(tuple(key_starts("name", key) for key in keys))


def _email(faults: Faults, value: object, _: str) -> Criterion:
    text = faults.text("email", value, limit=LENGTHS["email"])
    email = faults.parsed("email", lambda: parse_email(text), "") if text else ""
    return has_key("email", email_key(email))


def _phone(faults: Faults, value: object, country: str) -> Criterion:
    text = faults.text("phone", value, limit=LONGEST_PHONE)
    return has_key("phone", faults.parsed("phone", lambda: parse_phone(text, country), "") if text else "")


def _birth_date(faults: Faults, value: object, _: str) -> Criterion:
    return stored("birth_date") == faults.day("birth_date", value)


_FILTERS: Final[Mapping[str, Callable[[Faults, object, str], Criterion]]] = {
    "number": _number,
    "name": _name,
    "email": _email,
    "phone": _phone,
    "birth_date": _birth_date,
}
