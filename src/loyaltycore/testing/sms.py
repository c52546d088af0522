"""The conformance suite of the port for text messages.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import SmsCapabilities, SmsGatewayConformance
    from shop_sms import ShopGateway, running_sandbox

    class TestShopGateway(SmsGatewayConformance):
        capabilities = SmsCapabilities()

        @contextmanager
        def open(self):
            with running_sandbox() as sandbox:
                yield ShopGateway(sandbox.url)

        def peek(self, gateway, number):
            return gateway.sandbox.texts_to(number)

        @contextmanager
        def open_unreachable(self):
            yield ShopGateway("https://127.0.0.1:1")

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from attrs import frozen
from hypothesis import given

from loyaltycore.kernel import messages
from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports import messaging
from loyaltycore.ports.messaging import DeliveryStatus, Receipt, SmsGateway
from loyaltycore.testing.strategies.messages import sms_texts
from loyaltycore.testing.suite import Ability, Conformance, Lacks, examples, hook, hook_for, needs

__all__ = ["Lacks", "SmsCapabilities", "SmsGatewayConformance"]

ERIKA, MAX = "+491701234567", "+436641234567"


@frozen(kw_only=True)
class SmsCapabilities:
    """What a gateway can do; a gap is a `Lacks` with a reason."""

    unicode: Ability = True
    """It sends characters of every plane."""
    long_texts: Ability = True
    """It sends texts that take several messages."""
    unreachable: Ability = True
    """The test can have a gateway that does not answer; needs `open_unreachable`."""


class SmsGatewayConformance(Conformance, kit=True):
    """Checks a gateway against `loyaltycore.ports.messaging.SmsGateway`: subclass it, fill `open`, `peek` and `capabilities`."""

    contract = (messaging, messages)
    capabilities: ClassVar[SmsCapabilities]
    capabilities_type = SmsCapabilities

    @hook
    def open(self) -> AbstractContextManager[SmsGateway]:
        """Return a context manager that yields a gateway that takes every text, and has none yet."""
        raise NotImplementedError

    @hook
    def peek(self, gateway: Any, number: str) -> Sequence[str]:
        """Return the texts that were taken for a number since `open`, oldest first."""
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[SmsGateway]:
        """Return a context manager that yields a gateway that does not answer."""
        raise NotImplementedError

    def _deliver(self, gateway: SmsGateway, text: str, number: str = ERIKA) -> None:
        receipt = gateway.send(SmsText(f"id-{len(text)}", number, text))
        assert receipt.status is DeliveryStatus.ACCEPTED
        assert list(self.peek(gateway, number))[-1:] == [text]

    def test_what_was_accepted_was_taken_once(self) -> None:
        """One call is one text to one phone: "The other side has taken it over"."""
        with self.open() as gateway:
            self._deliver(gateway, "Ihre Karte ist da.")
            assert (len(self.peek(gateway, ERIKA)), len(self.peek(gateway, MAX))) == (1, 0)

    def test_the_answer_is_a_receipt(self) -> None:
        """The receipt names the number, or nobody because there is only one: "The answer to a hand-over"."""
        with self.open() as gateway:
            receipt = gateway.send(SmsText("id-1", ERIKA, "Ihre Karte ist da."))
        assert isinstance(receipt, Receipt)
        assert receipt.recipient in {"", ERIKA}

    def test_texts_arrive_to_the_letter(self) -> None:
        """Letters of the usual alphabet, line ends and signs arrive: "The text"."""
        with self.open() as gateway:
            for text in ["Größe: 100 %, @Café", "Zeile 1\nZeile 2", "a", '"quoted" & <signed>']:
                self._deliver(gateway, text)

    @needs("unicode")
    def test_any_character_arrives(self) -> None:
        """Generated texts of any language arrive to the letter: "Hand one text over"."""

        @examples(30)
        @given(sms_texts())
        def holds(sms: SmsText) -> None:
            with self.open() as gateway:
                assert gateway.send(sms).status is DeliveryStatus.ACCEPTED
                assert list(self.peek(gateway, sms.to)) == [sms.text]

        holds()

    @needs("long_texts")
    def test_long_texts_arrive_whole(self) -> None:
        """A text that takes several messages is not cut: "The text"."""
        with self.open() as gateway:
            self._deliver(gateway, "Ihre Karte ist da. " * 40)

    @needs("unreachable")
    def test_a_network_that_fails_is_a_receipt(self) -> None:
        """Nothing is raised and nothing is claimed: "never raises for what the network or the gateway does"."""
        with self.open_unreachable() as gateway:
            receipt = gateway.send(SmsText("id-1", ERIKA, "Ihre Karte ist da."))
        assert receipt.status in {DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN}
