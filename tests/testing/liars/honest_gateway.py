"""The honest gateway that liars are made from."""

from __future__ import annotations

from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.other_side import Answer, OtherSide, receipt_of


class HonestGateway:
    """Hands every text over with its id, by which the other side recognises a repetition."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.post: OtherSide[SmsText] = OtherSide(reachable=reachable)

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over."""
        try:
            self.post.take(sms.to, self.taken(sms))
        except (Answer, OSError) as fault:
            return self.read(fault, sms)
        return Receipt(DeliveryStatus.ACCEPTED, recipient=sms.to)

    def taken(self, sms: SmsText) -> SmsText:
        """What the other side is given."""
        return sms

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        """What a fault of the other side means."""
        return receipt_of(fault, sms.to)

    def received(self, number: str) -> list[str]:
        """The texts that a phone has got, each id once."""
        return list({sms.message_id: sms.text for sms in self.post.things(number)}.values())
