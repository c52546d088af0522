"""What every group of tests for gateways uses: the hooks, and how texts are sent and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Final

from attrs import frozen

from loyaltycore.kernel import messages
from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports import messaging
from loyaltycore.ports.messaging import DeliveryStatus, Receipt, SmsGateway
from loyaltycore.testing.receipts import check_receipt
from loyaltycore.testing.suite import Ability, Conformance, Lacks, hook, hook_for
from loyaltycore.testing.trouble import Trouble

ERIKA: Final = "+491701234567"
MAX: Final = "+436641234567"
READY: Final = "Ihre Karte ist da."
_UNKNOWN: Final = Lacks("the other side is not known to recognise a repetition")


@frozen(kw_only=True)
class SmsCapabilities:
    """What a gateway can do; a gap is a `Lacks` with a reason."""

    unicode: Ability = True
    """It sends characters of every plane."""
    long_texts: Ability = True
    """It sends texts that take several messages."""
    unreachable: Ability = True
    """The test can have a gateway that does not answer; needs `open_unreachable`."""
    trouble: Ability = True
    """The test can get the other side into trouble; needs `trouble`."""
    recognises: Ability = _UNKNOWN
    """The other side sends a text once that comes again under its id; rare, so it is a gap unless it is declared."""


def text(own_id: str = "id-1", to: str = ERIKA, words: str = READY, *, at_most_once: bool = True) -> SmsText:
    """A short text."""
    return SmsText(own_id, to, words, at_most_once=at_most_once)


class SmsChecks(Conformance, kit=True):
    """The hooks of the suite for text messages."""

    contract = (messaging, messages)
    capabilities: ClassVar[SmsCapabilities]
    capabilities_type = SmsCapabilities

    @hook
    def open(self) -> AbstractContextManager[SmsGateway]:
        """Return a context manager that yields a gateway that takes every text, and has none yet."""
        raise NotImplementedError

    @hook
    def peek(self, gateway: Any, number: str) -> Sequence[str]:
        """Return the texts that were taken for a number since `open`."""
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[SmsGateway]:
        """Return a context manager that yields a gateway that does not answer."""
        raise NotImplementedError

    @hook_for("trouble")
    def trouble(
        self, gateway: Any, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        """Return a context manager that makes the other side do this while its block lasts.

        Return a `Lacks` with the reason for what the other side cannot do: the test is skipped then. After the block
        the other side takes every text again, and the gateway must not make a pause of its own before it asks.

        Args:
            gateway: What `open` yielded; it may have sent texts before.
            trouble: `Trouble.BUSY` is never asked for.
            about: The number that is refused; empty for all.
        """
        raise NotImplementedError

    def send(self, gateway: SmsGateway, sms: SmsText) -> Receipt:
        """Send a text and look at the form of the answer."""
        receipt = gateway.send(sms)
        check_receipt(receipt, {"", sms.to})
        return receipt

    def deliver(self, gateway: SmsGateway, *texts: SmsText) -> None:
        """Send texts that every gateway takes."""
        for sms in texts:
            receipt = self.send(gateway, sms)
            assert receipt.status is DeliveryStatus.ACCEPTED, (
                f"a text that can be carried was not accepted: {receipt.status}, {receipt.detail!r}"
            )

    def compare(self, gateway: SmsGateway, sent: Sequence[SmsText]) -> None:
        """Demand that these texts have arrived as they are, and nothing else at their numbers."""
        for number in dict.fromkeys(sms.to for sms in sent):
            expected = Counter(sms.text for sms in sent if sms.to == number)
            found = Counter(self.peek(gateway, number))
            assert found == expected, (
                f"at {number} {shown(found - expected)} has arrived, and {shown(expected - found)} has not"
            )

    def check_truth(self, gateway: SmsGateway, receipt: Receipt, sms: SmsText) -> None:
        """Demand that a receipt says nothing else than what is so, for a number that had no text before."""
        taken = len(self.peek(gateway, sms.to))
        most = 0 if receipt.status in {DeliveryStatus.NOT_SENT, DeliveryStatus.REJECTED} else 1
        least = 1 if receipt.status is DeliveryStatus.ACCEPTED else 0
        assert least <= taken <= most, f"the receipt says {receipt.status}, and {taken} texts were taken"


def shown(texts: Counter[str]) -> str:
    """Some texts, short enough for a line."""
    found = [repr(each if len(each) < 80 else f"{each[:40]}…{each[-40:]}") for each in texts.elements()]
    return ", ".join(found[:3]) or "nothing else"
