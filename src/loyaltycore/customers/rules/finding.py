"""How customers are looked up; an index or a lookup key answers every filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypedDict

from loyaltycore.customers.rules.customer import LENGTHS
from loyaltycore.customers.rules.search import email_key, foldings
from loyaltycore.kernel.contact import parse_email, parse_phone
from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Or, has_key, key_starts, stored
from loyaltycore.kernel.validation import Faults

LONGEST_NAME: Final = 300
LONGEST_PHONE: Final = 40


class CustomerFilters(TypedDict, total=False):
    """The filters by which customers are looked up; None and blank texts filter nothing.

    * ``number``: exactly this customer number.
    * ``name``: the beginning of a name: "last first", "first last", a company, or a later word of last name or company.
      Case, accents and the two ways to write umlauts make no difference.
    * ``email``: this address, in upper or lower case.
    * ``phone``: this number, as people of the branch's country write it, or with ``+``.
    * ``birth_date``: this day.
    """

    number: str | None
    name: str | None
    email: str | None
    phone: str | None
    birth_date: date | None


def read_filters(faults: Faults, given: Mapping[str, object], country: str) -> Criterion:
    """Turn filters into a criterion that matches if all of them hold; meaningless if faults were noted.

    Args:
        given: Filters of `CustomerFilters` by name, still unchecked.
        country: ISO 3166-1 alpha-2 of phone numbers without ``+``.
    """
    parts = []
    for name, value in given.items():
        if name not in _FILTERS:
            faults.note(name, "unknown_field", "is not a filter")
        elif value is not None and not (isinstance(value, str) and not value.strip()):
            parts.append(_FILTERS[name](faults, value, country))
    return And(tuple(parts)) if parts else EVERYTHING


def _number(faults: Faults, value: object, _: str) -> Criterion:
    return stored("number") == faults.text("number", value, limit=LENGTHS["number"])


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
