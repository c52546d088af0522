"""The conformance suite of the card printer port.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import CardPrinterConformance, Lacks, PrinterTestCapabilities
    from shop_printing import SANDBOX, ShopPrinter

    class TestShopPrinter(CardPrinterConformance):
        capabilities = PrinterTestCapabilities(
            movable=Lacks("the sandbox moves by itself"),
            webhooks=Lacks("the vendor does not call"),
            unreachable=Lacks("nobody can switch the sandbox off"),
        )

        @contextmanager
        def open(self):
            yield ShopPrinter(SANDBOX)

        def peek(self, printer, reference):
            return SANDBOX.count_cards(reference)

It needs no conftest and no fixture.
"""

from __future__ import annotations

from loyaltycore.testing.card_printer_checks.base import Call, PrinterTestCapabilities
from loyaltycore.testing.card_printer_checks.news import NewsChecks
from loyaltycore.testing.card_printer_checks.orders import OrderChecks
from loyaltycore.testing.card_printer_checks.webhooks import WebhookChecks
from loyaltycore.testing.suite import Lacks

__all__ = ["Call", "CardPrinterConformance", "Lacks", "PrinterTestCapabilities"]


class CardPrinterConformance(WebhookChecks, NewsChecks, OrderChecks, kit=True):
    """Checks a printer against `loyaltycore.ports.card_printing`: subclass it, fill `open` and `capabilities`.

    Capabilities that are not declared as gaps need `peek`, `move`, `call` and `open_unreachable` as well. The printer
    itself says in `CardPrinter.capabilities` what the vendor cannot do at all.
    """
