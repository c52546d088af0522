"""The conformance suite of the port for text messages.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import Lacks, SmsCapabilities, SmsGatewayConformance
    from shop_sms import ShopGateway, running_sandbox

    class TestShopGateway(SmsGatewayConformance):
        capabilities = SmsCapabilities(trouble=Lacks("the sandbox takes every text"))

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

from loyaltycore.testing.sms_checks.base import SmsCapabilities
from loyaltycore.testing.sms_checks.texts import TextChecks
from loyaltycore.testing.sms_checks.troubles import TroubleChecks
from loyaltycore.testing.suite import Lacks

__all__ = ["Lacks", "SmsCapabilities", "SmsGatewayConformance"]


class SmsGatewayConformance(TroubleChecks, TextChecks, kit=True):
    """Checks a gateway against `loyaltycore.ports.messaging.SmsGateway`: subclass it, fill `open`, `peek` and `capabilities`.

    Capabilities that are not declared as gaps need `trouble` and `open_unreachable` as well.
    """
