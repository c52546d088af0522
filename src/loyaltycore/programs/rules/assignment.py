"""What a customer has of a program, and its history."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import field, frozen

from loyaltycore.kernel.ledger import Move, Purse
from loyaltycore.kernel.showing import showing


class AssignmentState(Enum):
    """What an assignment is good for at a moment; it is not stored, it follows from the clock and the purse."""

    PLANNED = "planned"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    """It counts down, and nothing is left."""
    ENDED = "ended"


@frozen(repr=False)
class ProgramAssignment:
    """What one customer has of one program, or of one quota or module of it."""

    __repr__ = showing("id", "program", "customer_id")

    id: str
    program: str
    revision: int
    """Whose terms hold for it."""
    item: str
    """The quota or module; empty if there is one alone."""
    bundle: str
    """What was assigned together has the same one."""
    customer_id: str
    slot: str | None
    """What keeps a second one out, where a customer has the program once; after a merge each keeps his own."""
    card_id: str | None
    reference: str
    """The supply that it is for, such as a hearing aid; empty for any."""
    starts_at: datetime
    ends_at: datetime | None
    """From then on it is over; None for no end."""
    ended_why: str
    """Why it was ended by somebody; empty otherwise."""
    order_ref: str
    """The order or invoice that sold it; empty if it was assigned by hand."""
    line_ref: str
    purse: Purse | None
    """None where nothing is counted."""
    balance: int
    """What the purse held when it last changed, for queries."""
    next_expiry: datetime | None
    """When something of it expires, or has expired and is to be booked."""
    comment: str
    assigned_at: datetime
    assigned_by: str
    version: int = 1

    def state(self, now: datetime) -> AssignmentState:
        """What it is good for."""
        if now < self.starts_at:
            return AssignmentState.PLANNED
        if self.ends_at is not None and self.ends_at <= now:
            return AssignmentState.ENDED
        if self.purse is not None and self.purse.moves and self.purse.liability(now) <= 0:
            return AssignmentState.EXHAUSTED
        return AssignmentState.ACTIVE


@frozen(repr=False)
class ProgramMove(Move):
    """One line of history: what changed, by how much, who did it, where, when, and what was left."""

    __repr__ = showing("id", "holder_id", "seq", "kind")

    id: str = field(kw_only=True)
    holder_table: str = field(kw_only=True)
    holder_id: str = field(kw_only=True)
    """The record that embeds the purse."""
    customer_id: str | None = field(kw_only=True)
    balance: int = field(kw_only=True)
    """What the holder has afterwards, with what is set aside."""
    actor: str = field(kw_only=True)
    branch_id: str = field(kw_only=True)
    article: str = field(default="", kw_only=True)
    quantity: int = field(default=0, kw_only=True)
    order_ref: str = field(default="", kw_only=True)
    line_ref: str = field(default="", kw_only=True)
    rule: str = field(default="", kw_only=True)
    fact: str | None = field(default=None, kw_only=True)
    """A digest of what happened outside: what arrives under another key is recognised by it."""
    comment: str = field(default="", kw_only=True)
    version: int = field(default=1, kw_only=True)
