"""The honest mailers that liars are made from: one that keeps mails, and one that writes them as octets."""

from __future__ import annotations

from typing import Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.letters import ReceivedMail, delivered, read_mail
from loyaltycore_email.addresses import Mailbox, read_mailbox
from loyaltycore_email.headers import Unsendable
from loyaltycore_email.letter import Letterhead, compose
from tests.testing.liars.other_side import Answer, OtherSide, receipt_of

TAKEN: Final = frozenset({DeliveryStatus.ACCEPTED, DeliveryStatus.UNKNOWN})
_HEAD: Final = Letterhead(Mailbox("shop@example.org", "example.org"), "", "example.org")


class HonestMailer:
    """Hands each recipient's copy over by itself, and keeps what the receivers would see."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.post: OtherSide[ReceivedMail] = OtherSide(reachable=reachable)

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Hand one mail over."""
        receipts: dict[str, Receipt] = {}
        for address in email.to:
            if address not in receipts:
                receipts[address] = self.copy(email, address, receipts)
        return tuple(receipts[address] for address in email.to)

    def copy(self, email: Email, address: str, before: dict[str, Receipt]) -> Receipt:
        """Hand one copy over; a wrong set-up is an error as long as nobody has a copy, and a receipt afterwards."""
        if any(receipt.code == "shut_out" for receipt in before.values()):
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="shut_out")
        try:
            return self.hand_over(email, address)
        except DeliveryFailed:
            if not any(receipt.status in TAKEN for receipt in before.values()):
                raise
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="shut_out")

    def hand_over(self, email: Email, address: str) -> Receipt:
        """Hand one copy over, and say what became of it."""
        try:
            self.post.take(address, self.letter(email, address))
        except (Answer, OSError) as fault:
            return receipt_of(fault, address)
        return Receipt(DeliveryStatus.ACCEPTED, recipient=address)

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """What the receiver sees."""
        return delivered(email, address)

    def received(self, address: str) -> list[ReceivedMail]:
        """What has arrived for an address."""
        return self.post.things(address)


class HonestWriter(HonestMailer):
    """Writes a mail as octets, which its receiver reads."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        """Hand over what can be written."""
        try:
            return super().hand_over(email, address)
        except Unsendable as fault:
            return Receipt(DeliveryStatus.REJECTED, recipient=address, code=fault.code, detail=str(fault))

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """What the receiver reads."""
        return read_mail(self.octets(email, address))

    def octets(self, email: Email, address: str) -> bytes:
        """The mail as it goes over the wire."""
        return compose(email, _HEAD).to(read_mailbox(address, "to")).content
