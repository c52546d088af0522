"""Ports for mail and text messages, and the receipt that every vendor's answer becomes."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from attrs import field, frozen

from loyaltycore.kernel.messages import Attachment, Email, SmsText

__all__ = ["Attachment", "DeliveryStatus", "Email", "Mailer", "Receipt", "SmsGateway", "SmsText"]


class DeliveryStatus(Enum):
    """What became of a hand-over; the same words for all vendors."""

    ACCEPTED = "accepted"
    """The other side has taken it over."""

    REJECTED = "rejected"
    """The other side refuses for good: the same message will never be taken."""

    NOT_SENT = "not_sent"
    """Certainly not taken: nothing left the machine, or the other side says so. Try again later."""

    UNKNOWN = "unknown"
    """The connection broke at a moment that proves nothing: it may have been taken."""


@frozen
class Receipt:
    """The answer to a hand-over.

    The other side's words may be anything: the outbox shortens them and makes them storable.
    """

    status: DeliveryStatus
    """One of the shared words."""
    recipient: str = field(default="", kw_only=True)
    """The address or number that this receipt is about; empty where there is only one."""
    vendor_id: str = field(default="", kw_only=True)
    """The other side's id, or empty."""
    code: str = field(default="", kw_only=True)
    """Stable word for the reason if it was not accepted, for example ``mailbox_full``."""
    detail: str = field(default="", kw_only=True)
    retry_after: float | None = field(default=None, kw_only=True)
    """Seconds after which trying again makes sense, or None."""
    raw: str = field(default="", kw_only=True)
    """The vendor's own reply, shortened to what a person needs to see."""


class Mailer(Protocol):
    """Hands mails over to a mail server."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Hand one mail over.

        Never raises for what the network or the server does: that is what receipts are for. Takes a bounded time and
        bounded memory, whatever the server does. The Message-ID is made from `email.message_id` alone, so a repetition
        carries the same one.

        Args:
            email: The mail; its texts may hold anything, and none of it may become a header of its own.

        Returns:
            One receipt per address in `email.to`, in that order, each naming its recipient.

        Raises:
            DeliveryFailed: The adapter is set up wrongly, so that no mail can leave. Raised only while no copy of this
                mail has been handed over; afterwards the rest is `NOT_SENT`.
        """
        ...


class SmsGateway(Protocol):
    """Hands text messages over to a gateway."""

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over; never raises for what the network or the gateway does.

        Takes a bounded time and bounded memory, whatever the gateway does.

        Raises:
            DeliveryFailed: The adapter is set up wrongly.
        """
        ...
