"""Strategies for single values: small ones first, so that a failing example shrinks to what a person can read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

from loyaltycore.cards.rules.numbers import NumberScheme, card_number, chance_digits
from loyaltycore.cards.rules.validity import LONGEST_PERIOD, ValidityPeriod
from loyaltycore.kernel.contact import Address, AddressKind, Phone, PhoneKind
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import EARLIEST_DATE, LATEST_DATE
from loyaltycore.storing.registry import KEY_LENGTH

LEAST_INTEGER: Final = -(2**63)
GREATEST_INTEGER: Final = 2**63 - 1

AWKWARD: Final = (
    "aAbBz ä\u00c4ßé%_\\'\"`;\n\t\r\x01\x7f\u0131\u0130\u0301\u200d\u202e"
    "\ud7ff\ue000\ufffd\uffff\U00010000\U0001f600\U0010ffff"
)
"""Characters that engines like to mix up: cases, accents, wildcards, quotes, controls, both sides of the surrogates."""

TELLING: Final = ("", "a", "A", "a ", " a", "ä", "a\u0308", "a%", "a_", "b")
"""Texts that differ by what a careless comparison overlooks."""


def characters() -> st.SearchStrategy[str]:
    """Any character that every engine can hold: neither NUL nor half of a surrogate pair."""
    return st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


def texts(max_size: int = 20, *, min_size: int = 0) -> st.SearchStrategy[str]:
    """Texts of awkward characters, texts that are nearly alike, and any others."""
    awkward = st.text(st.sampled_from(AWKWARD), min_size=min_size, max_size=max_size)
    telling = [text for text in TELLING if min_size <= len(text) <= max_size]
    anything = st.text(characters(), min_size=min_size, max_size=max_size)
    return st.one_of(*([st.sampled_from(telling)] if telling else []), awkward, anything)


def keys() -> st.SearchStrategy[str]:
    """Keys of records: a few that recur and are nearly alike, and others up to the greatest length."""
    return st.sampled_from(["k1", "k2", "k3", "K1", "k1 ", "ä"]) | texts(KEY_LENGTH, min_size=1)


def integers() -> st.SearchStrategy[int]:
    """Integers of 64 bits, with their edges."""
    edges = [0, 1, -1, 2**31, 2**53 + 1, GREATEST_INTEGER, LEAST_INTEGER]
    return st.sampled_from(edges) | st.integers(-3, 3) | st.integers(LEAST_INTEGER, GREATEST_INTEGER)


def dates() -> st.SearchStrategy[date]:
    """Calendar dates from 1900 to 2199, with the edges and leap days."""
    edges = [date(2000, 1, 1), date(2024, 2, 29), date(1969, 12, 31), EARLIEST_DATE, LATEST_DATE]
    return st.sampled_from(edges) | st.dates(EARLIEST_DATE, LATEST_DATE)


def zones() -> st.SearchStrategy[timezone]:
    """UTC and offsets east and west of it, also by half an hour."""
    return st.sampled_from(
        [UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11, minutes=30)), timezone.max]
    )


def instants() -> st.SearchStrategy[datetime]:
    """Aware instants from 1900 to 2199 with microseconds, in UTC and in other zones."""
    edges = [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    first = datetime(EARLIEST_DATE.year, 1, 2)  # noqa: DTZ001  bounds are naive, hypothesis adds the zone
    last = datetime(LATEST_DATE.year, 12, 30)  # noqa: DTZ001  as above
    return st.sampled_from(edges) | st.datetimes(first, last, timezones=zones())


def currencies() -> st.SearchStrategy[str]:
    """Currencies with two, no and three decimal places."""
    return st.sampled_from(["EUR", "CHF", "JPY", "KWD"])


def money(currency: str | None = None) -> st.SearchStrategy[Money]:
    """Amounts, negative ones too, of one currency or of several."""
    return st.builds(Money, integers(), st.just(currency) if currency else currencies())


def phone_numbers() -> st.SearchStrategy[str]:
    """German and Austrian numbers in E.164 that are valid."""
    digits = st.integers(0, 9_999_999).map("{:07d}".format)
    mobile = digits.map("+49170{}".format) | digits.map("+43664{}".format)
    landline = st.integers(200_000, 899_999).map("+4930{}".format)
    return mobile | landline


def phones() -> st.SearchStrategy[Phone]:
    """Phones of every kind."""
    return st.builds(Phone, phone_numbers(), st.sampled_from(PhoneKind), st.booleans())


def addresses() -> st.SearchStrategy[Address]:
    """Postal addresses, complete ones and others."""
    return st.builds(
        Address,
        street=st.sampled_from(["", "Lindenstraße 5", "Rue de l'Église 12 bis"]),
        postal_code=st.sampled_from(["", "10969", "SW1A 1AA"]),
        city=st.sampled_from(["", "Berlin", "Łódź"]),
        country=st.sampled_from(["", "DE", "AT", "PL"]),
        kind=st.sampled_from(AddressKind),
        extra=texts(20),
        recipient=texts(20),
    )


@st.composite
def card_numbers(draw: st.DrawFn, scheme: NumberScheme | None = None) -> str:
    """Card numbers with the right check digit, of one scheme or of both."""
    chosen = scheme or draw(st.sampled_from(NumberScheme))
    count = chance_digits(chosen, "")
    digits = draw(st.integers(0, 10**count - 1))
    return card_number(chosen, "", f"{digits:0{count}d}")


def validity_periods() -> st.SearchStrategy[ValidityPeriod]:
    """Validities from one month to the longest."""
    return st.builds(ValidityPeriod, st.integers(1, LONGEST_PERIOD), st.booleans())
