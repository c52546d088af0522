"""Gateways that take texts apart, and put them or their numbers together wrongly."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.liar import Liar
from tests.testing.liars.other_side import Answer

_PART: Final = 67


def _parts(text: str) -> list[str]:
    return [text[start : start + _PART] for start in range(0, len(text), _PART)]


class SortsParts(HonestGateway):
    """Puts the tenth message of a text before the second."""

    def taken(self, sms: SmsText) -> SmsText:
        parts = {str(number): part for number, part in enumerate(_parts(sms.text), 1)}
        return evolve(sms, text="".join(parts[number] for number in sorted(parts)))


class SendsParts(HonestGateway):
    """Sends a long text as several."""

    def send(self, sms: SmsText) -> Receipt:
        receipts = [
            super(SendsParts, self).send(evolve(sms, message_id=f"{sms.message_id}.{number}", text=part))
            for number, part in enumerate(_parts(sms.text))
        ]
        return receipts[0]


class NumbersParts(HonestGateway):
    """Writes before each message of a long text which one it is."""

    def taken(self, sms: SmsText) -> SmsText:
        parts = _parts(sms.text)
        if len(parts) < 3:
            return sms
        return evolve(sms, text="".join(f"({n}/{len(parts)}){part}" for n, part in enumerate(parts, 1)))


class DropsDoubleParts(HonestGateway):
    """Leaves out a message of a long text that is like another."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text="".join(dict.fromkeys(_parts(sms.text))))


class RejectsLongTexts(HonestGateway):
    """Rejects what takes more than two messages."""

    def send(self, sms: SmsText) -> Receipt:
        if len(sms.text) > 306:
            return Receipt(DeliveryStatus.REJECTED, recipient=sms.to, code="too_long")
        return super().send(sms)


class DropsThePlus(HonestGateway):
    """Writes a number without the sign before it."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, to=sms.to.lstrip("+"))

    def send(self, sms: SmsText) -> Receipt:
        return evolve(super().send(self.taken(sms)), recipient=sms.to)


class CountsNumbers(HonestGateway):
    """Keeps numbers as numbers of floating point."""

    def send(self, sms: SmsText) -> Receipt:
        number = f"+{int(float(sms.to[1:]) // 10 * 10)}"
        return evolve(super().send(evolve(sms, to=number)), recipient=sms.to)


class SignsTexts(HonestGateway):
    """Writes its name below a text that leaves room for it."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text=f"{sms.text} -- ShopSMS") if len(sms.text) < 20 else sms


class TrimsWhatIsOneMessage(HonestGateway):
    """Takes a blank away at the end of a text that fills its message."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text=sms.text.rstrip()) if len(sms.text) in {70, 160} else sms


class RejectsWithoutAnAnswer(HonestGateway):
    """Gives a text up whose connection broke."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=DeliveryStatus.REJECTED) if isinstance(fault, OSError) else receipt


class RaisesForARefusedNumber(HonestGateway):
    """Takes a refused number for a wrong set-up."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        if receipt.status is DeliveryStatus.REJECTED:
            raise DeliveryFailed(receipt.code, "refused", permanent=True)
        return receipt


class AnswersWithAStatus(HonestGateway):
    """Answers with a status in place of a receipt."""

    def send(self, sms: SmsText) -> Receipt:
        answer: object = super().send(sms).status
        return answer  # type: ignore[return-value]  # that is the lie


PART_LIARS: Final[tuple[Liar[HonestGateway], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        SortsParts,
        SendsParts,
        NumbersParts,
        DropsDoubleParts,
        RejectsLongTexts,
        DropsThePlus,
        CountsNumbers,
        SignsTexts,
        TrimsWhatIsOneMessage,
        RejectsWithoutAnAnswer,
        RaisesForARefusedNumber,
        AnswersWithAStatus,
    )
)
"""Gateways that take texts or numbers apart."""
