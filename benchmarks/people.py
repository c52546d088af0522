"""Invented customers and cards, as many as wanted, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.search import sort_name
from loyaltycore.kernel.contact import Address, Phone, PhoneKind

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
_SYLLABLES = (
    "mül",
    "ber",
    "schmi",
    "haus",
    "stein",
    "kauf",
    "löh",
    "wein",
    "grün",
    "feld",
    "brau",
    "ross",
    "zieg",
    "hof",
    "lang",
)


def last_name(n: int) -> str:
    """A name of three syllables; 3,375 of them, so a name alone finds several people where there are many."""
    a, b, c = n % 15, n // 15 % 15, n // 225 % 15
    return (_SYLLABLES[a] + _SYLLABLES[b] + _SYLLABLES[c]).capitalize()


def customer(n: int) -> Customer:
    """The customer of that number."""
    last, first = last_name(n), f"Vorname{n}"
    return with_derived(
        Customer(
            id=f"c{n:09d}",
            number=f"{n:08d}",
            kind=CustomerKind.PERSON,
            last_name=last,
            first_name=first,
            company="",
            sort_name=sort_name(CustomerKind.PERSON, last, first, ""),
            created_at=NOW,
            email=f"kunde{n}@example.org",
            phones=(Phone(f"+4917{n:09d}", PhoneKind.MOBILE, sms_allowed=True),),
            addresses=(Address(f"Weg {n % 200}", f"{n % 90000 + 10000}", "Berlin", "DE"),),
            birth_date=date(1940, 1, 1) + timedelta(days=n % 25000),
        )
    )


def customers(count: int, start: int = 0) -> Iterator[Customer]:
    """So many customers."""
    return (customer(n) for n in range(start, start + count))


def card(n: int) -> CustomerCard:
    """The card of that number."""
    return CustomerCard(
        f"k{n:09d}", f"{n:016d}", f"c{n:09d}", f"o{n:09d}", "gold", CardState.ACTIVE, None, "", NOW, NOW
    )
