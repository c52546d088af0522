"""What is said about what a customer has."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from loyaltycore.cards.rules.card import Presentation
from loyaltycore.kernel.ledger import Purse
from loyaltycore.programs.rules.assignment import AssignmentState, ProgramAssignment
from loyaltycore.programs.rules.issuer import Issuer
from loyaltycore.programs.rules.tiers import Standing


@frozen
class Due:
    """What expires at one time."""

    amount: int
    expires_at: datetime | None
    """None for never."""
    starts_at: datetime


@frozen
class Balance:
    """What a purse says of a moment, in its unit: points, articles, or cents of a currency."""

    unit: str
    at: datetime
    balance: int
    """What is there, with what is set aside and less what is owed."""
    available: int
    """What can be used."""
    held: int
    pending: int
    """What will be there later."""
    owed: int
    lots: tuple[Due, ...]
    """What is there or pending, soonest expiry first."""
    tier: Standing | None = None
    """The level, in programs with tiers."""


@frozen
class Offer:
    """What one assignment offers at this moment."""

    assignment_id: str
    program: str
    item: str
    state: AssignmentState
    unit: str
    """Empty where nothing is counted."""
    available: int
    used: int = 0
    """What presenting the card has used."""
    refused: str = ""
    """The code of the rule that kept the card's action from running; empty otherwise."""


@frozen
class Presented:
    """What presenting a card came to, with what the customer's programs offer."""

    card: Presentation
    offers: tuple[Offer, ...] = ()
    issuer: Issuer | None = None
    """Who issued a card that is not one's own, if that is known."""


def balance_of(purse: Purse, at: datetime, tier: Standing | None = None) -> Balance:
    """Read a purse as of a moment."""
    lots = [lot for lot in purse.lots if not lot.has_expired(at)]
    dues = [Due(lot.left, lot.expires_at, lot.starts_at) for lot in lots]
    return Balance(
        purse.unit,
        at,
        purse.balance(at),
        purse.available(at),
        purse.held(at),
        purse.pending(at),
        purse.deficit,
        tuple(sorted(dues, key=lambda due: (due.expires_at is None, due.expires_at or due.starts_at))),
        tier,
    )


def offer_of(row: ProgramAssignment, now: datetime, *, used: int = 0, refused: str = "") -> Offer:
    """What an assignment offers."""
    return Offer(
        row.id,
        row.program,
        row.item,
        row.state(now),
        row.purse.unit if row.purse else "",
        row.purse.available(now) if row.purse else 0,
        used,
        refused,
    )
