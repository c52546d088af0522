"""The conformance suite of the card printer port.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import CardPrinterConformance, Lacks, PrinterTestCapabilities
    from shop_printing import SANDBOX, ShopPrinter

    class TestShopPrinter(CardPrinterConformance):
        capabilities = PrinterTestCapabilities(
            movable=Lacks("the sandbox moves by itself"),
            words=Lacks("the sandbox chooses its words"),
            webhooks=Lacks("the vendor does not call"),
            trouble=Lacks("the sandbox has none"),
            unreachable=Lacks("nobody can switch the sandbox off"),
        )

        @contextmanager
        def open(self):
            yield ShopPrinter(SANDBOX)

        def peek(self, printer, reference):
            return [order_of(card) for card in SANDBOX.cards(reference)]

        def reopen(self, printer):
            return self.open()

It needs no conftest and no fixture. `peek` returns what the vendor has as `PrintOrder`, one for each card: `order_of`
reads the vendor's own form, and is written from the vendor's manual, not from the adapter.
"""

from __future__ import annotations

from loyaltycore.testing.card_printer_checks.base import Call, PrinterTestCapabilities
from loyaltycore.testing.card_printer_checks.cancelling import CancelChecks
from loyaltycore.testing.card_printer_checks.events import EventChecks
from loyaltycore.testing.card_printer_checks.keys import KeyChecks
from loyaltycore.testing.card_printer_checks.news import NewsChecks
from loyaltycore.testing.card_printer_checks.orders import OrderChecks
from loyaltycore.testing.card_printer_checks.troubles import TroubleChecks
from loyaltycore.testing.card_printer_checks.webhooks import WebhookChecks
from loyaltycore.testing.suite import Lacks
from loyaltycore.testing.trouble import Trouble

__all__ = ["Call", "CardPrinterConformance", "Lacks", "PrinterTestCapabilities", "Trouble"]


class CardPrinterConformance(
    WebhookChecks, EventChecks, NewsChecks, TroubleChecks, CancelChecks, KeyChecks, OrderChecks, kit=True
):
    """Checks a printer against `loyaltycore.ports.card_printing`: subclass it, fill `open` and `capabilities`.

    Capabilities that are not declared as gaps need hooks of their own. The printer itself says in
    `CardPrinter.capabilities` what the vendor cannot do at all.
    """
