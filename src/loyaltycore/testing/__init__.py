"""What hosts and authors of adapters test with (extra `testing`).

For each port there is a class that holds an adapter to it. The author of the adapter subclasses it:

    from contextlib import nullcontext

    from loyaltycore.testing import Lacks, StorageCapabilities, StorageConformance
    from shop_storage import ShopStorage

    IN_MEMORY = Lacks("it lives as long as its object")

    class TestShopStorage(StorageConformance):
        capabilities = StorageCapabilities(
            durable=IN_MEMORY,
            shared=IN_MEMORY,
            peekable=IN_MEMORY,
            unreachable=IN_MEMORY,
            trouble=IN_MEMORY,
        )

        def open(self):
            return nullcontext(ShopStorage())

pytest does the rest: no conftest, no fixture. `storage_machine` drives any storage and the one in memory through the same
steps, and `commands_of` names the commands of a capability, one of the host's own included. The module `strategies` has
hypothesis strategies for values, records and queries; `from loyaltycore.testing import strategies` loads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.testing.calendar import (
        CalendarCapabilities as CalendarCapabilities,
        CalendarConformance as CalendarConformance,
    )
    from loyaltycore.testing.card_printer import (
        Call as Call,
        CardPrinterConformance as CardPrinterConformance,
        PrinterTestCapabilities as PrinterTestCapabilities,
    )
    from loyaltycore.testing.letters import ReceivedMail as ReceivedMail, read_mail as read_mail
    from loyaltycore.testing.limiter import (
        LimiterCapabilities as LimiterCapabilities,
        LimiterConformance as LimiterConformance,
    )
    from loyaltycore.testing.machine import storage_machine as storage_machine
    from loyaltycore.testing.mailer import (
        MailerCapabilities as MailerCapabilities,
        MailerConformance as MailerConformance,
    )
    from loyaltycore.testing.matcher import MatcherConformance as MatcherConformance
    from loyaltycore.testing.renderer import MessageRendererConformance as MessageRendererConformance
    from loyaltycore.testing.sms import (
        SmsCapabilities as SmsCapabilities,
        SmsGatewayConformance as SmsGatewayConformance,
    )
    from loyaltycore.testing.storage import (
        StorageCapabilities as StorageCapabilities,
        StorageConformance as StorageConformance,
    )
    from loyaltycore.testing.suite import Lacks as Lacks, judge as judge
    from loyaltycore.testing.trouble import WAIT as WAIT, Trouble as Trouble
    from loyaltycore.testing.verbs import commands_of as commands_of, services_of as services_of
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".calendar": "CalendarCapabilities CalendarConformance",
            ".card_printer": "Call CardPrinterConformance PrinterTestCapabilities",
            ".letters": "ReceivedMail read_mail",
            ".limiter": "LimiterCapabilities LimiterConformance",
            ".machine": "storage_machine",
            ".mailer": "MailerCapabilities MailerConformance",
            ".matcher": "MatcherConformance",
            ".renderer": "MessageRendererConformance",
            ".sms": "SmsCapabilities SmsGatewayConformance",
            ".storage": "StorageCapabilities StorageConformance",
            ".suite": "Lacks judge",
            ".trouble": "Trouble WAIT",
            ".verbs": "commands_of services_of",
        },
    )
