"""A mailer and an SMS gateway that keep what they are given."""

from __future__ import annotations

from collections import deque

from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt


class MemoryMailer:
    """Takes every mail, unless a test has prepared other answers."""

    def __init__(self) -> None:
        self.sent: list[Email] = []
        """The mails that were accepted."""
        self.answers: deque[DeliveryStatus] = deque()
        """Answers for the next mails, in order."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Keep one mail."""
        status = self.answers.popleft() if self.answers else DeliveryStatus.ACCEPTED
        if status is DeliveryStatus.ACCEPTED:
            self.sent.append(email)
        code = "" if status is DeliveryStatus.ACCEPTED else "told_to"
        return tuple(Receipt(status, recipient=address, code=code) for address in email.to)


class MemorySmsGateway:
    """Takes every text."""

    def __init__(self) -> None:
        self.sent: list[SmsText] = []
        """The texts that were accepted."""

    def send(self, sms: SmsText) -> Receipt:
        """Keep one text."""
        self.sent.append(sms)
        return Receipt(DeliveryStatus.ACCEPTED, recipient=sms.to)
