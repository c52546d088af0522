"""Cards ordered, replaced and put out of use."""

from __future__ import annotations

from typing import Final

from tests.faults.verbs.verb import Verb

VERBS: Final = (
    Verb("card ordered", lambda run: run.desk.cards.order(run.facts["erika"]), "cards.order"),
    Verb(
        "card encoded",
        lambda run: run.desk.cards.encode(run.facts["erika"], "4711"),
        "cards.encode",
    ),
    Verb(
        "lost card replaced",
        lambda run: run.desk.cards.replace(run.facts["spare card"], reason="lost"),
        "cards.replace",
    ),
    Verb(
        "worn card replaced",
        lambda run: run.desk.cards.replace(run.facts["spare card"], keep_until_active=True),
        "cards.replace",
    ),
    Verb(
        "waiting order cancelled",
        lambda run: run.desk.cards.cancel_order(run.facts["placed"], reason="error"),
        "cards.cancel_order",
    ),
    Verb(
        "order at the vendor cancelled",
        lambda run: run.desk.cards.cancel_order(run.facts["sent"]),
        "cards.cancel_order",
    ),
    Verb(
        "following card activated",
        lambda run: run.desk.cards.activate(run.facts["follower card"]),
        "cards.activate",
    ),
    Verb(
        "card invalidated",
        lambda run: run.desk.cards.invalidate(run.facts["spare card"], reason="stolen"),
        "cards.invalidate",
    ),
    Verb(
        "information requested",
        lambda run: run.desk.cards.request_information("How?", to="karten@example.org"),
        "cards.request_information",
    ),
)
