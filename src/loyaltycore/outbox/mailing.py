"""Hands over mails and texts."""

from __future__ import annotations

from attrs import evolve, frozen

from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.outbox.handler import Outcome, Verdict, outcome_of
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt, SmsGateway
from loyaltycore.storing.codec import from_json, to_json
from loyaltycore.work.unit import Unit


@frozen
class MailHandler:
    """Mails: a repetition carries the same Message-ID."""

    mailer: Mailer
    kind: str = "email.send"
    """``email.send``."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one mail over, but not again to recipients who have it.

        Refused recipients stay in the mail while others wait, so that in the end the refusal decides and is not lost.
        """
        email = from_json(message.payload, Email)
        if not email.to:
            return Outcome(Verdict.DEAD, code="no_recipient", detail="the mail names nobody")
        receipts = self.mailer.send(email)
        outcome = outcome_of(_worst(receipts))
        taken = {receipt.recipient for receipt in receipts if receipt.status is DeliveryStatus.ACCEPTED}
        if outcome.verdict is Verdict.AGAIN and taken:
            left = tuple(address for address in email.to if address not in taken)
            return evolve(outcome, payload=to_json(evolve(email, to=left)))
        return outcome

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """A mail has no further effect."""


@frozen
class SmsHandler:
    """Texts."""

    gateway: SmsGateway
    kind: str = "sms.send"
    """``sms.send``."""
    at_once: int = 1
    """One: when a worker dies, at most one text is in doubt."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one text over; after an unknown outcome it is sent again unless that was ruled out."""
        sms = from_json(message.payload, SmsText)
        if sms.at_most_once and message.attempts > 1 and not message.code:
            # The try before this one ended without a word: it may have been sent.
            return Outcome(Verdict.DEAD, code="outcome_unknown", detail="a worker ended while it was sending")
        receipt = self.gateway.send(sms)
        outcome = outcome_of(receipt)
        if receipt.status is DeliveryStatus.UNKNOWN and sms.at_most_once:
            return evolve(outcome, verdict=Verdict.DEAD, code=outcome.code or "outcome_unknown")
        return outcome

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """A text has no further effect."""


def _worst(receipts: tuple[Receipt, ...]) -> Receipt:
    """The receipt that decides: one that still waits, else a refusal, else success."""
    rank = {
        DeliveryStatus.UNKNOWN: 0,
        DeliveryStatus.NOT_SENT: 0,
        DeliveryStatus.REJECTED: 1,
        DeliveryStatus.ACCEPTED: 2,
    }
    return min(receipts, key=lambda receipt: rank[receipt.status])
