"""Ports for mail and text messages, and the receipt that every vendor's answer becomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from loyaltycore.kernel.fates import FateState, MailReport, SmsReport
from loyaltycore.kernel.messages import Attachment, Email, SmsText
from loyaltycore.kernel.showing import showing

__all__ = [
    "Attachment",
    "DeliveryStatus",
    "Email",
    "FateState",
    "MailReport",
    "Mailer",
    "Receipt",
    "ReportCall",
    "SmsGateway",
    "SmsReport",
    "SmsText",
    "SupportsBounces",
    "SupportsSmsReports",
]


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


@frozen(repr=False)
class Receipt:
    """The answer to a hand-over.

    The other side's words may be anything: the outbox shortens them and makes them storable.
    """

    __repr__ = showing("status")

    status: DeliveryStatus
    """One of the shared words."""
    recipient: str = field(default="", kw_only=True)
    """The address or number that this receipt is about; empty where there is only one."""
    vendor_id: str = field(default="", kw_only=True)
    """The other side's id, or empty."""
    code: str = field(default="", kw_only=True)
    """Stable word for the reason if it was not accepted, for example ``mailbox_full``: the same for the same reason,
    whoever the message is for."""
    detail: str = field(default="", kw_only=True)
    retry_after: float | None = field(default=None, kw_only=True)
    """Seconds after which trying again makes sense, or None. If the other side asks to wait, what it asks for."""
    raw: str = field(default="", kw_only=True)
    """The vendor's own reply, shortened to what a person needs to see."""


class Mailer(Protocol):
    """Hands mails over to a mail server.

    Threads may share a mailer. Once the other side takes mails again, so does the mailer: it remembers no fault for good.
    """

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Hand one mail over.

        Never raises for what the network or the server does: that is what receipts are for. Takes a bounded time and
        bounded memory, whatever the server does. The Message-ID is made from `email.message_id` alone, so a repetition
        carries the same one; different ids make different ones. A repetition may be for some of the recipients alone, and
        reaches these.

        Each address gets one copy, even if it stands there twice, and no copy names another recipient. What is accepted
        arrives as `Email` says, and nothing of it in another mail; what cannot arrive like that is rejected. What may
        have been taken is never sent again by the mailer itself: that is for the caller to decide.

        Args:
            email: The mail; its texts may hold anything, and none of it may become a header of its own.

        Returns:
            One receipt per address in `email.to`, in that order, each naming its recipient.

        Raises:
            DeliveryFailed: The adapter is set up wrongly, so that no mail can leave: the other side does not let it in,
                for example. Raised only while no copy of this mail has been handed over; afterwards the rest is
                `NOT_SENT`.
        """
        ...


class SmsGateway(Protocol):
    """Hands text messages over to a gateway.

    Threads may share a gateway. Once the other side takes texts again, so does the gateway: it remembers no fault for
    good.
    """

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over; never raises for what the network or the gateway does.

        Takes a bounded time and bounded memory, whatever the gateway does. What is accepted arrives as `SmsText` says, at
        that number and no other; what cannot arrive like that is rejected. What may have been taken is never sent again
        by the adapter itself, whatever `sms.at_most_once` says: that is for the caller to decide.

        Raises:
            DeliveryFailed: The adapter is set up wrongly, so that no text can leave: the other side does not let it in,
                for example.
        """
        ...


@frozen(repr=False)
class ReportCall:
    """A call with which a gateway reports, as it came over HTTP."""

    __repr__ = showing("method")

    method: str = field(default="POST", kw_only=True)
    """``GET`` or ``POST``."""
    query: str = field(default="", kw_only=True)
    """What stood behind the question mark, not decoded."""
    headers: Mapping[str, str] = field(factory=dict, kw_only=True)
    """By their names, in any case."""
    body: bytes = field(default=b"", kw_only=True)
    """Byte for byte as received."""


@runtime_checkable
class SupportsSmsReports(Protocol):
    """A gateway that reports what becomes of the texts that it has taken."""

    def parse_report(self, call: ReportCall, now: datetime) -> tuple[SmsReport, ...]:
        """Prove that a call comes from the gateway, and read it.

        The same call gives the same reports whenever it comes. Several may come for one text, in any order and more
        than once.

        Args:
            now: The present instant, aware.

        Raises:
            WebhookRejected: Nothing is proved: ``bad_signature``, ``stale``, ``malformed`` or ``too_large``.
        """
        ...


@runtime_checkable
class SupportsBounces(Protocol):
    """A mailer that hears of mails that could not be delivered after they had been taken."""

    @property
    def hears_bounces(self) -> bool:
        """Whether it is set up for that."""
        ...

    def parse_bounce(self, raw: bytes) -> tuple[MailReport, ...]:
        """Prove that a mail came back to us, and read what it says.

        The same mail gives the same reports whenever it comes.

        Args:
            raw: A mail as it was delivered, headers included.

        Raises:
            WebhookRejected: Nothing is proved: ``bad_signature``, ``malformed`` or ``too_large``.
        """
        ...
