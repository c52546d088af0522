"""The outbox: messages that are decided together with a change and leave after its commit.

States: pending -> done | dead | withdrawn; dead -> pending (requeued by a person). A worker takes a message by moving
its due time to the end of a lease, so a crashed worker's messages come due again by themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import as_text

LONGEST_SPAN: Final = timedelta(days=366)
"""Longest pause between two tries, and longest lease."""

MOST_ATTEMPTS: Final = 10_000


class MessageState(Enum):
    """Where a message is."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"
    """Given up: rejected for good, or tried too often. A person may requeue it."""

    WITHDRAWN = "withdrawn"
    """Called back before it left."""


@frozen(repr=False)
class OutboxMessage:
    """One message in the outbox."""

    __repr__ = showing("id", "kind", "state", "attempts")

    id: str
    """Sorts in the order of creation."""
    kind: str
    """The handler, for example ``email.send``."""
    key: str
    """Idempotency key; the vendor sees it."""
    payload: str
    state: MessageState
    due_at: datetime
    """When it may be tried; while a worker holds it, the end of its lease."""
    created_at: datetime
    about_table: str
    """The record that it belongs to."""
    about_key: str
    customer_id: str | None
    attempts: int = 0
    """How often it was tried."""
    leased_by: str = ""
    """The worker that holds it, or empty."""
    finished_at: datetime | None = None
    """When it was done, given up or withdrawn."""
    code: str = ""
    """Why the last try failed, as a stable word."""
    detail: str = ""
    vendor_id: str = ""
    """The other side's id, once known."""
    version: int = 1


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how fast a message is tried again."""

    first_delay: timedelta = field(default=timedelta(seconds=5))
    """Longest wait before the second try; doubles with each try."""
    longest_delay: timedelta = field(default=timedelta(hours=1))
    max_attempts: int = 16
    """After this many tries without success a message is given up."""
    lease: timedelta = field(default=timedelta(seconds=300))
    """How long a worker may hold what it took. A worker starts no message with less than half of it left, so half of it
    should be longer than the slowest hand-over."""

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            InvalidInput: Names every fault.
        """
        with Faults() as faults:
            for name in ("first_delay", "longest_delay", "lease"):
                span: object = getattr(self, name)
                if type(span) is not timedelta:
                    faults.note(name, "wrong_type", "must be a timedelta")
                elif not timedelta(0) < span <= LONGEST_SPAN:
                    faults.note(
                        name, "out_of_range", f"must be longer than nothing, at most {LONGEST_SPAN.days} days"
                    )
            faults.integer("max_attempts", self.max_attempts, least=1, most=MOST_ATTEMPTS, required=True)

    def delay(self, attempts: int, chance: float) -> timedelta:
        """How long to wait after this many tries.

        Args:
            attempts: At least 1.
            chance: Uniform in [0, 1); spreads the tries of many messages over the second half of the wait.
        """
        doubled = self.first_delay.total_seconds() * 2 ** min(attempts - 1, 30)
        ceiling = min(self.longest_delay, timedelta(seconds=min(doubled, LONGEST_SPAN.total_seconds())))
        return ceiling * (0.5 + chance / 2)


def lease(message: OutboxMessage, worker: str, until: datetime) -> OutboxMessage:
    """Take a message for a worker until an instant; this counts as a try."""
    return evolve(message, leased_by=worker, due_at=until, attempts=message.attempts + 1)


def finish(
    message: OutboxMessage,
    state: MessageState,
    now: datetime,
    *,
    code: str = "",
    detail: str = "",
    vendor_id: str = "",
) -> OutboxMessage:
    """End a message's journey."""
    return evolve(
        message,
        state=state,
        finished_at=now,
        leased_by="",
        code=as_text(code, CODE_LENGTH),
        detail=as_text(detail, DETAIL_LENGTH),
        vendor_id=as_text(vendor_id, VENDOR_ID_LENGTH) or as_text(message.vendor_id, VENDOR_ID_LENGTH),
    )


def postpone(
    message: OutboxMessage, due_at: datetime, *, code: str, detail: str, counts: bool = True
) -> OutboxMessage:
    """Put a message back until later.

    Args:
        message: A leased message.
        due_at: When it may be tried again.
        code: Why it was not delivered.
        detail: The reason in words.
        counts: False does not count the try, because the fault is not the message's.
    """
    attempts = message.attempts if counts else message.attempts - 1
    return evolve(
        message,
        due_at=due_at,
        leased_by="",
        attempts=attempts,
        code=as_text(code, CODE_LENGTH),
        detail=as_text(detail, DETAIL_LENGTH),
    )


def requeue(message: OutboxMessage, now: datetime) -> OutboxMessage:
    """Make a dead message pending again.

    It still counts as tried before, because the other side may have it.

    Raises:
        Refused: ``outbox.not_dead``.
    """
    if message.state is not MessageState.DEAD:
        raise Refused(
            "outbox.not_dead", "only a message that was given up can be requeued", state=message.state
        )
    return evolve(
        message,
        state=MessageState.PENDING,
        due_at=now,
        attempts=min(message.attempts, 1),
        finished_at=None,
        code="requeued",
        detail="",
    )


def is_leased(message: OutboxMessage, now: datetime) -> bool:
    """Whether a worker may be handing the message over at this moment."""
    return message.state is MessageState.PENDING and bool(message.leased_by) and message.due_at > now


DETAIL_LENGTH = 500
CODE_LENGTH = 60
VENDOR_ID_LENGTH = 200
"""What the other side says is shortened to this, and made storable; no word ever stops a delivery."""
