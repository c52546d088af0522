"""Hands over mails and texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from attrs import evolve, frozen

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.fates import FateState
from loyaltycore.kernel.invitations import InvitationWriter
from loyaltycore.kernel.messages import Attachment, Email, SmsText
from loyaltycore.kernel.outbox import CODE_LENGTH, DETAIL_LENGTH, OutboxMessage
from loyaltycore.kernel.words import as_text, describe
from loyaltycore.outbox.following import is_on_its_way, note_hand_over
from loyaltycore.outbox.handler import Outcome, Verdict, is_receipt, outcome_of
from loyaltycore.ports.logs import Log, about
from loyaltycore.ports.messaging import DeliveryStatus, Mailer, Receipt, SmsGateway, SupportsBounces
from loyaltycore.storing.codec import from_json, to_json
from loyaltycore.work.unit import Unit

_log: Final = Log("outbox")

INVITATION_FILE: Final = "invite.ics"
"""The name that mail programs look for."""


@frozen
class MailHandler:
    """Mails: a repetition carries the same Message-ID."""

    mailer: Mailer
    invitations: InvitationWriter | None = None
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
        receipts = self.mailer.send(self._with_files(email))
        if not isinstance(receipts, tuple | list) or not receipts or not all(map(is_receipt, receipts)):
            return outcome_of(None)
        taken = _recipients(email, receipts, DeliveryStatus.ACCEPTED)
        outcome = evolve(outcome_of(_worst(receipts)), answer=tuple(sorted(taken)))
        left = _left(email, receipts)
        if outcome.verdict is Verdict.AGAIN and left != email.to:
            return evolve(outcome, payload=to_json(evolve(email, to=left)))
        return outcome

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Follow a mail to everybody who takes it, if it would be heard that it came back."""
        mailer = self.mailer
        if not (isinstance(mailer, SupportsBounces) and mailer.hears_bounces and outcome.answer):
            return
        own_id = from_json(message.payload, Email).message_id
        for address in outcome.answer:
            note_hand_over(unit, message, own_id, FateState.SUBMITTED, recipient=address)

    def _with_files(self, email: Email) -> Email:
        """The mail as a mailer takes it: what a calendar is told is a file."""
        told = email.invitation
        if told is None:
            return email
        files = email.attachments
        if self.invitations is not None:
            media_type = f"text/calendar; method={told.method.value}; charset=utf-8"
            files = (*files, Attachment(INVITATION_FILE, media_type, self.invitations.write(told)))
        return evolve(email, invitation=None, attachments=files)


@frozen
class SmsHandler:
    """Texts."""

    gateway: SmsGateway
    ask: Callable[[Callable[[Unit], bool]], bool] | None = None
    """Runs a question to the storage; None if nobody is to be asked."""
    kind: str = "sms.send"
    """``sms.send``."""
    at_once: int = 1
    """One: when a worker dies, at most one text is in doubt."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one text over; after an unknown outcome it is sent again, unless that was ruled out or it was reported."""
        sms = from_json(message.payload, SmsText)
        if sms.at_most_once and message.attempts > 1 and not message.code:
            # The try before this one ended without a word: it may have been sent.
            return _in_doubt("outcome_unknown", "a worker ended while it was sending")
        if message.attempts > 1 and self.ask and self.ask(partial(is_on_its_way, message_id=sms.message_id)):
            # The try before this one had no answer, and a report has come meanwhile.
            return Outcome(Verdict.DONE)
        try:
            receipt = self.gateway.send(sms)
        except DeliveryFailed:
            raise
        except Exception as error:
            if not sms.at_most_once:
                raise
            _log.error("adapter failed", kind=message.kind, message=message.id, **about(error))
            return _in_doubt("outcome_unknown", describe(error, DETAIL_LENGTH))
        outcome = outcome_of(receipt)
        if is_receipt(receipt) and receipt.status is DeliveryStatus.UNKNOWN and sms.at_most_once:
            code = as_text(receipt.code, CODE_LENGTH) or "outcome_unknown"
            return evolve(outcome, verdict=Verdict.DEAD, code=code, answer=DeliveryStatus.UNKNOWN)
        return outcome

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Follow a text that was taken, or may have been, so that it is known to whom reports belong."""
        in_doubt = outcome.answer is DeliveryStatus.UNKNOWN
        if outcome.verdict is Verdict.DONE or in_doubt:
            own_id = from_json(message.payload, SmsText).message_id
            state = FateState.UNKNOWN if in_doubt else FateState.SUBMITTED
            note_hand_over(unit, message, own_id, state, vendor_id=outcome.vendor_id)


def _in_doubt(code: str, detail: str) -> Outcome:
    """Given up, because it may have been sent."""
    return Outcome(Verdict.DEAD, code=code, detail=detail, answer=DeliveryStatus.UNKNOWN)


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
