"""Hands over mails and texts."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from attrs import evolve, frozen

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.outbox import CODE_LENGTH, DETAIL_LENGTH, OutboxMessage
from loyaltycore.kernel.words import as_text, describe
from loyaltycore.outbox.handler import Outcome, Verdict, is_receipt, outcome_of
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt, SmsGateway
from loyaltycore.storing.codec import from_json, to_json
from loyaltycore.work.unit import Unit

_log = logging.getLogger(__name__)


@frozen
class MailHandler:
    """Mails: a repetition carries the same Message-ID."""

    mailer: Mailer
    kind: str = "email.send"
    """``email.send``."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one mail over, but not again to recipients who have it.

        Refused recipients stay in the mail while others wait, so that in the end the refusal decides and is not lost;
        they come last, because a slow server may leave no time for those after them.
        """
        email = from_json(message.payload, Email)
        if not email.to:
            return Outcome(Verdict.DEAD, code="no_recipient", detail="the mail names nobody")
        receipts = self.mailer.send(email)
        if not isinstance(receipts, tuple | list) or not receipts or not all(map(is_receipt, receipts)):
            return outcome_of(None)
        outcome = outcome_of(_worst(receipts))
        left = _left(email, receipts)
        if outcome.verdict is Verdict.AGAIN and left != email.to:
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
        try:
            receipt = self.gateway.send(sms)
        except DeliveryFailed:
            raise
        except Exception as error:
            if not sms.at_most_once:
                raise
            _log.exception("the gateway failed with %s", message.id)
            return Outcome(Verdict.DEAD, code="outcome_unknown", detail=describe(error, DETAIL_LENGTH))
        outcome = outcome_of(receipt)
        if is_receipt(receipt) and receipt.status is DeliveryStatus.UNKNOWN and sms.at_most_once:
            code = as_text(receipt.code, CODE_LENGTH) or "outcome_unknown"
            return evolve(outcome, verdict=Verdict.DEAD, code=code)
        return outcome

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """A text has no further effect."""


def _left(email: Email, receipts: Sequence[Receipt]) -> tuple[str, ...]:
    """Who has no mail yet, those who were refused last."""
    taken = _recipients(email, receipts, DeliveryStatus.ACCEPTED)
    refused = _recipients(email, receipts, DeliveryStatus.REJECTED)
    left = [address for address in email.to if address not in taken]
    return tuple(sorted(left, key=lambda address: address in refused))


def _recipients(email: Email, receipts: Sequence[Receipt], status: DeliveryStatus) -> set[str]:
    """Whom these receipts are about: as they say or, if they name nobody of the mail, by their place."""
    found = set()
    for place, receipt in enumerate(receipts):
        if receipt.status is not status:
            continue
        if type(receipt.recipient) is str and receipt.recipient in email.to:
            found.add(receipt.recipient)
        elif len(receipts) == len(email.to):
            found.add(email.to[place])
    return found


def _worst(receipts: Sequence[Receipt]) -> Receipt:
    """The receipt that decides: one that still waits, else a refusal, else success."""
    rank = {
        DeliveryStatus.UNKNOWN: 0,
        DeliveryStatus.NOT_SENT: 0,
        DeliveryStatus.REJECTED: 1,
        DeliveryStatus.ACCEPTED: 2,
    }
    return min(receipts, key=lambda receipt: rank[receipt.status])
