"""Branches, settings, the card order service, and several verbs in one block."""

from __future__ import annotations

from typing import Final

from loyaltycore.cards.rules.options import INFORMATION_EMAIL, NUMBER_SCHEME
from tests.faults.verbs.verb import Run, Verb
from tests.house import BASIC, COSTS, GOLD


def _several(run: Run) -> None:
    desk = run.free
    with desk.transaction():
        customer = desk.customers.create(last_name="Neu", email="neu@example.org")
        desk.customers.change(customer.id, notes="in one block")
        desk.cards.cancel_order(run.facts["placed"])
        desk.settings.change(NUMBER_SCHEME, "luhn", branch="hamburg")


VERBS: Final = (
    Verb(
        "branch opened",
        lambda run: run.desk.branches.create("bonn", name="Optik Bonn"),
        "branches.create",
    ),
    Verb(
        "branch opened unless there is one",
        lambda run: run.desk.branches.ensure("bonn", name="Optik Bonn"),
        "branches.ensure",
    ),
    Verb(
        "branch changed",
        lambda run: run.desk.branches.change("berlin", name="Optik Mitte"),
        "branches.change",
    ),
    Verb("feed read", lambda run: run.desk.activities.since()),
    Verb(
        "first setting of a branch",
        lambda run: run.desk.settings.change(NUMBER_SCHEME, "ean13", branch="hamburg"),
        "settings.change",
    ),
    Verb(
        "setting changed",
        lambda run: run.desk.settings.change(INFORMATION_EMAIL, "karten@example.org"),
        "settings.change",
    ),
    Verb(
        "card service set up for a branch",
        lambda run: run.desk.cards.setup.save(
            provider="Druck", templates=[BASIC], costs=COSTS, branch="hamburg"
        ),
        "card_setup.save",
    ),
    Verb(
        "card service changed",
        lambda run: run.desk.cards.setup.save(
            provider="Kartendruck GmbH", templates=[GOLD, BASIC], costs=COSTS
        ),
        "card_setup.save",
    ),
    Verb("card service removed", lambda run: run.desk.cards.setup.remove(), "card_setup.remove"),
    Verb("several verbs in one block", _several, repeatable=False),
)
