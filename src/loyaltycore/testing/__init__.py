"""What hosts and authors of adapters test with (extra `testing`).

An author checks an adapter against its port by subclassing a class:

    from contextlib import nullcontext

    from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance
    from shop_storage import ShopStorage

    IN_MEMORY = Lacks("it lives as long as its object")

    class TestShopStorage(StorageConformance):
        capabilities = StorageCapabilities(
            durable=IN_MEMORY, shared=IN_MEMORY, peekable=IN_MEMORY, unreachable=IN_MEMORY
        )

        def open(self):
            return nullcontext(ShopStorage())

pytest does the rest: no conftest, no fixture. `storage`, `mailer`, `sms`, `card_printer` and `calendar` have a class
each, `machine` drives any storage and the one in memory through the same steps, and `strategies` has hypothesis
strategies for values and records. `verbs` names the commands of any capability, including a host's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.testing.calendar import (
        CalendarCapabilities as CalendarCapabilities,
        CalendarConformance as CalendarConformance,
    )
    from loyaltycore.testing.card_printer import (
        CardPrinterConformance as CardPrinterConformance,
        PrinterTestCapabilities as PrinterTestCapabilities,
    )
    from loyaltycore.testing.letters import ReceivedMail as ReceivedMail, read_mail as read_mail
    from loyaltycore.testing.machine import storage_machine as storage_machine
    from loyaltycore.testing.mailer import (
        MailerCapabilities as MailerCapabilities,
        MailerConformance as MailerConformance,
    )
    from loyaltycore.testing.storage import (
        StorageCapabilities as StorageCapabilities,
        StorageConformance as StorageConformance,
    )
    from loyaltycore.testing.suite import Lacks as Lacks, judge as judge
    from loyaltycore.testing.verbs import commands_of as commands_of, services_of as services_of
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".calendar": "CalendarCapabilities CalendarConformance",
            ".card_printer": "CardPrinterConformance PrinterTestCapabilities",
            ".letters": "ReceivedMail read_mail",
            ".machine": "storage_machine",
            ".mailer": "MailerCapabilities MailerConformance",
            ".storage": "StorageCapabilities StorageConformance",
            ".suite": "Lacks judge",
            ".verbs": "commands_of services_of",
        },
    )
