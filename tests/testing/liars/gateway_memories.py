"""Gateways that give up for good, or know better than the text."""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

from attrs import evolve

from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.strategies.texting import EXTENSION, GSM
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.liar import Liar

_ENOUGH: Final = 10


class OpensTheCircuit(HonestGateway):
    """Sends no text any more after ten failures in a row."""

    _failures = 0

    def send(self, sms: SmsText) -> Receipt:
        if self._failures >= _ENOUGH:
            return Receipt(DeliveryStatus.NOT_SENT, code="circuit_open")
        receipt = super().send(sms)
        self._failures = self._failures + 1 if receipt.code in {"failed", "unreachable"} else 0
        return receipt


class BlocksWhoWasRefused(HonestGateway):
    """Gives a number up for good after ten refusals."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._refused: dict[str, int] = {}

    def send(self, sms: SmsText) -> Receipt:
        if self._refused.get(sms.to, 0) >= _ENOUGH:
            return Receipt(DeliveryStatus.REJECTED, code="unknown_recipient")
        receipt = super().send(sms)
        if receipt.status is DeliveryStatus.REJECTED:
            self._refused[sms.to] = self._refused.get(sms.to, 0) + 1
        return receipt


class NumbersItsTexts(HonestGateway):
    """Gives the other side a checksum of the id, because that wants a number."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, message_id=f"{crc32(sms.message_id.encode())}")


class ShortensLinks(HonestGateway):
    """Puts a short address in the place of each long one, to save room."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text=re.sub("https://[^ ]+", "https://s.example/1", sms.text))


class StripsTexts(HonestGateway):
    """Takes blanks at the ends away."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text=sms.text.strip(" "))


class LooksAtTheFirstMessage(HonestGateway):
    """Chooses the alphabet by the beginning of a text, and replaces what does not fit later."""

    def taken(self, sms: SmsText) -> SmsText:
        known = {*GSM, *EXTENSION}
        if not known.issuperset(sms.text[:160]):
            return sms
        return evolve(sms, text="".join(sign if sign in known else "?" for sign in sms.text))


MEMORY_LIARS: Final[tuple[Liar[HonestGateway], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        OpensTheCircuit,
        BlocksWhoWasRefused,
        NumbersItsTexts,
        ShortensLinks,
        StripsTexts,
        LooksAtTheFirstMessage,
    )
)
