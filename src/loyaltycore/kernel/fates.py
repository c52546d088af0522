"""What becomes of a message after it was handed over, in the same words for all vendors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import field, frozen

from loyaltycore.kernel.showing import showing


class FateState(Enum):
    """What is known of a message that was handed over, from the least telling word to the most telling."""

    UNKNOWN = "unknown"
    """Nobody knows whether the other side has taken it."""

    SUBMITTED = "submitted"
    """The gateway or the mail server has taken it."""

    QUEUED = "queued"
    """It waits at the operator or at a mail server, for example because the phone is off."""

    SENT = "sent"
    """The operator, or the next mail server, has taken it."""

    REJECTED = "rejected"
    """The operator has refused it."""

    EXPIRED = "expired"
    """The phone, or the mailbox, could not be reached in time."""

    UNDELIVERABLE = "undeliverable"
    """The operator, or a mail server, has given up."""

    DELIVERED = "delivered"
    """The phone, or the mailbox, has it."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to come."""
        return self in _FINAL


_ORDER: Final = {state: place for place, state in enumerate(FateState)}
_FINAL: Final = {FateState.REJECTED, FateState.EXPIRED, FateState.UNDELIVERABLE, FateState.DELIVERED}


def most_telling(states: Iterable[FateState]) -> FateState:
    """The word that counts when several were reported, in whatever order they came.

    A late "sent" never undoes "delivered", and what a phone has confirmed counts more than an operator that gave up.

    Example:
        >>> most_telling([FateState.DELIVERED, FateState.SENT])
        <FateState.DELIVERED: 'delivered'>
    """
    return max(states, key=_ORDER.__getitem__)


@frozen(repr=False)
class SmsReport:
    """What a gateway reports about one text."""

    __repr__ = showing("state", "raw")

    state: FateState | None
    """None for a word that has no meaning here."""
    raw: str
    """The gateway's own word, with the operator's behind it if there is one."""
    message_id: str = field(default="", kw_only=True)
    """Our own id of the message, if the call proves that the text is ours; otherwise empty."""
    vendor_id: str = field(default="", kw_only=True)
    """The gateway's id of the text, or empty."""
    at: datetime | None = field(default=None, kw_only=True)
    """When it happened, as the gateway says."""


@frozen(repr=False)
class MailReport:
    """What a mail server reports about one mail to one recipient."""

    __repr__ = showing("state")

    state: FateState | None
    """None for a word that has no meaning here."""
    raw: str
    """The server's own words: action, status and reason."""
    message_id: str = field(kw_only=True)
    """Our own id of the mail, which the report proves to be ours."""
    recipient: str = field(default="", kw_only=True)
    """The address, as the server writes it."""
    at: datetime | None = field(default=None, kw_only=True)
    """When it happened, as the server says."""


@frozen(repr=False)
class Reported:
    """One report, as it was taken in."""

    __repr__ = showing("state")

    state: FateState | None
    """None for a word that has no meaning here."""
    raw: str
    """The other side's own words."""
    at: datetime | None
    """When it happened, as the other side says."""


@frozen(repr=False)
class MessageFate:
    """What became of one message after it was handed over, for one recipient."""

    __repr__ = showing("id", "state")

    id: str
    message_id: str
    """Our own id of the message, as it was handed over."""
    recipient: str
    """The address, for a mail; empty for a text, which has one number."""
    state: FateState
    """The most telling word so far."""
    reports: tuple[Reported, ...]
    """What was reported, each once, in an order that does not depend on how it came; the first `MOST_REPORTS` of it."""
    vendor_id: str
    """The other side's id, or empty."""
    customer_id: str | None
    about_table: str
    """The record that the message belongs to."""
    about_key: str
    known_at: datetime
    """When something was known of it for the first time."""
    version: int = 1


MOST_REPORTS: Final = 20
RAW_LENGTH: Final = 200
MESSAGE_ID_LENGTH: Final = 128
RECIPIENT_LENGTH: Final = 320
