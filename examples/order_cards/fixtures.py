"""The shop of the story: two branches, what was agreed with the card vendor, and which card each customer gets.

The people are invented. Their phone numbers are those that the Bundesnetzagentur keeps free for films and books, and
their mail domains are reserved for examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from loyaltycore import (
    Address,
    CardCosts,
    CardTemplate,
    DeliveryTarget,
    DispatchCycle,
    Loyalty,
    Money,
    ValidityPeriod,
)

DATA: Final = Path(__file__).parent / "data"

GOLD: Final = CardTemplate("gold", "Goldkarte", "optik-gold-2026")
BASIC: Final = CardTemplate("basic", "Kundenkarte", "optik-basic-2026")
COSTS: Final = CardCosts(card=Money(120, "EUR"), print=Money(80, "EUR"), dispatch=Money(95, "EUR"))
VENDOR: Final = "Kartendruck Beispiel GmbH"
VENDOR_MAIL: Final = "vertrieb@kartendruck.example"
BOOKING: Final = {
    "first_name": "Karla",
    "last_name": "Beispiel",
    "email": "karla.beispiel@example.com",
    "phone": "030 23125077",
}
"""What somebody who is no customer yet fills in to book an appointment."""
CLOSED_EVERY: Final = ((12, 24), (12, 31))
"""Month and day on which no branch works."""


@frozen
class Shop:
    """One branch and the table with its customers."""

    key: str
    facts: Mapping[str, Any]
    """The other fields of the branch."""
    table: Path
    """The table, as the program before wrote it."""
    columns: Mapping[str, str]
    """Headers of the table that are not understood by themselves."""


SHOPS: Final = (
    Shop(
        "berlin",
        {
            "name": "Optik Beispiel Berlin",
            "subdivision": "BE",
            "address": Address("Kastanienallee 12", "10115", "Berlin", "DE"),
            "email": "berlin@optik.example",
            "phone": "030 23125000",
        },
        DATA / "kunden_berlin.csv",
        {},
    ),
    Shop(
        "muenchen",
        {
            "name": "Optik Beispiel München",
            "subdivision": "BY",
            "address": Address("Kapuzinerplatz 3", "80469", "München", "DE"),
            "email": "muenchen@optik.example",
            "phone": "089 99998000",
        },
        DATA / "kunden_muenchen.csv",
        {"Newsletter": "consent_email"},
    ),
)


def open_branches(loyalty: Loyalty) -> None:
    """Open both branches."""
    head_office = loyalty.session("zentrale")
    for shop in SHOPS:
        head_office.branches.create(shop.key, **shop.facts)


def set_up_card_service(loyalty: Loyalty) -> None:
    """Agree on the cards: daily dispatch for the chain, weekly for München."""
    setup = loyalty.session("zentrale").cards.setup
    terms: dict[str, Any] = {
        "provider": VENDOR,
        "contact_email": VENDOR_MAIL,
        "templates": [GOLD, BASIC],
        "costs": COSTS,
        "cover_letter": "begleitbrief-2026",
        "delivery_note": "sammellieferung-2026",
    }
    setup.save(**terms)
    setup.save(**terms, branch="muenchen", cycle=DispatchCycle.WEEKLY)


def wishes(today: date) -> Iterator[dict[str, Any]]:
    """What one customer after the other wants, for ever: every combination turns up.

    Args:
        today: The local date.
    """
    validities: tuple[dict[str, Any], ...] = (
        {},
        {"valid_for": ValidityPeriod(24, to_month_end=True)},
        {"valid_until": date(today.year + 3, 12, 31)},
    )
    templates = (GOLD, BASIC, BASIC, BASIC)
    home, shop = DeliveryTarget.CUSTOMER, DeliveryTarget.BRANCH
    targets = (home, home, shop, home, home)
    comments = (*[""] * 16, "Bitte mit Aufkleber in Blindenschrift")
    for choice in zip(cycle(templates), cycle(targets), cycle(validities), cycle(comments), strict=False):
        template, target, validity, comment = choice
        yield {"template": template.key, "target": target, "comment": comment, **validity}
