"""Gateways for text messages that are wrong in one way each, around the one in memory."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.gateway_memories import MEMORY_LIARS
from tests.testing.liars.gateway_parts import PART_LIARS
from tests.testing.liars.gateway_troubles import TROUBLE_LIARS
from tests.testing.liars.gateway_words import WORD_LIARS
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.liar import Liar

_ONE_MESSAGE: Final = 160


class SendsTextsTwice(HonestGateway):
    """Sends a text again although it was taken."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, and send."""
        super().send(sms)
        return super().send(evolve(sms, message_id=f"{sms.message_id}.again"))


class SendsToAnother(HonestGateway):
    """Answers for another number."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, and name somebody."""
        return evolve(super().send(sms), recipient="+490000")


class LosesLineEnds(HonestGateway):
    """Puts a text on one line."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, flattened."""
        return super().send(evolve(sms, text=sms.text.replace("\n", " ")))


class KnowsLatinLetters(HonestGateway):
    """Puts question marks in the place of letters that it does not know."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, replaced."""
        return super().send(evolve(sms, text=sms.text.encode("latin-1", "replace").decode("latin-1")))


class CutsLongMessages(HonestGateway):
    """Sends the first message of a long text."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, cut."""
        return super().send(evolve(sms, text=sms.text[:_ONE_MESSAGE]))


class RaisesWhenSilent(HonestGateway):
    """Lets the network's error out."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, or raise."""
        receipt = super().send(sms)
        if receipt.code == "unreachable":
            raise TimeoutError
        return receipt


class ClaimsWhatNeverArrived(HonestGateway):
    """Says that a text was accepted whatever happened."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, and hope."""
        return evolve(super().send(sms), status=DeliveryStatus.ACCEPTED)


GATEWAY_LIARS: Final[tuple[Liar[HonestGateway], ...]] = (
    *(
        Liar.of(cls, cls)
        for cls in (
            SendsTextsTwice,
            SendsToAnother,
            LosesLineEnds,
            KnowsLatinLetters,
            CutsLongMessages,
            RaisesWhenSilent,
            ClaimsWhatNeverArrived,
        )
    ),
    *TROUBLE_LIARS,
    *WORD_LIARS,
    *PART_LIARS,
    *MEMORY_LIARS,
)
"""Gateways in memory that are wrong in one way each. Each says what was `received`; `reachable=False` cuts it off."""
