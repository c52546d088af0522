"""Conformance classes for adapters in memory, honest ones and liars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Any, ClassVar, cast

from loyaltycore.kernel.printing import PrintOrder, PrintState
from loyaltycore.memory import FixedClock
from loyaltycore.testing.calendar import CalendarConformance
from loyaltycore.testing.card_printer import Call, CardPrinterConformance, PrinterTestCapabilities, Trouble
from loyaltycore.testing.limiter import LimiterConformance
from loyaltycore.testing.mailer import MailerCapabilities, MailerConformance
from loyaltycore.testing.renderer import MessageRendererConformance
from loyaltycore.testing.sms import SmsCapabilities, SmsGatewayConformance
from loyaltycore.testing.storage import StorageCapabilities, StorageConformance
from loyaltycore.testing.suite import Conformance
from tests.testing.liars.honest_calendar import OTHER
from tests.testing.liars.honest_vendor import WORDS

Make = Callable[..., Any]


def storage_trial(make: Make) -> type[Conformance]:
    """The storage suite on a storage with something like a disk; what other processes must see is on a `FileDisk`."""

    class Trial(StorageConformance):
        capabilities = StorageCapabilities()

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def reopen(self, storage: Any) -> AbstractContextManager[Any]:
            return nullcontext(storage.reopened())

        def open_unreachable(self) -> AbstractContextManager[Any]:
            storage = make()
            storage.disk.unplugged = True
            return nullcontext(storage)

        def peek(self, storage: Any, table: str) -> int:
            return int(storage.count_rows(table))

        def trouble(self, storage: Any, trouble: Trouble) -> AbstractContextManager[object]:
            return cast("AbstractContextManager[object]", storage.disk.in_trouble(trouble))

    return Trial


def mailer_trial(make: Make) -> type[Conformance]:
    """The mailer suite on a mailer in memory."""

    class Trial(MailerConformance):
        capabilities = MailerCapabilities()

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def open_unreachable(self) -> AbstractContextManager[Any]:
            return nullcontext(make(reachable=False))

        def peek(self, mailer: Any, address: str) -> Any:
            return mailer.received(address)

        def trouble(self, mailer: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[object]:
            return mailer.post.in_trouble(trouble, about)

    return Trial


def gateway_trial(make: Make) -> type[Conformance]:
    """The suite for text messages on a gateway in memory."""

    class Trial(SmsGatewayConformance):
        capabilities = SmsCapabilities(recognises=True)

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def open_unreachable(self) -> AbstractContextManager[Any]:
            return nullcontext(make(reachable=False))

        def peek(self, gateway: Any, number: str) -> Any:
            return gateway.received(number)

        def trouble(self, gateway: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[object]:
            return gateway.post.in_trouble(trouble, about)

    return Trial


def printer_trial(make: Make) -> type[Conformance]:
    """The printer suite on a printer whose vendor is in memory, or on a disk."""

    class Trial(CardPrinterConformance):
        capabilities = PrinterTestCapabilities()
        words: ClassVar = WORDS

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def reopen(self, printer: Any) -> AbstractContextManager[Any]:
            return nullcontext(make(printer.vendor))

        def open_unreachable(self) -> AbstractContextManager[Any]:
            return nullcontext(make(reachable=False))

        def peek(self, printer: Any, reference: str) -> Sequence[PrintOrder]:
            return list(printer.vendor.cards(reference))

        def move(self, printer: Any, reference: str, state: PrintState) -> None:
            printer.vendor.move(reference, state)

        def say(self, printer: Any, reference: str, word: str, at: datetime) -> None:
            printer.vendor.say(reference, word, at)

        def call(self, printer: Any, reference: str) -> Call:
            return cast("Call", printer.vendor.last_call(reference))

        def trouble(self, printer: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[object]:
            return cast("AbstractContextManager[object]", printer.vendor.in_trouble(trouble, about))

    return Trial


def calendar_trial(make: Make) -> type[Conformance]:
    """The calendar suite."""

    class Trial(CalendarConformance):
        known: ClassVar = {
            date(2026, 1, 1): False,
            date(2026, 1, 2): True,
            date(2026, 1, 3): False,
            date(2026, 1, 4): False,
        }

        other_known: ClassVar = {date(2026, 1, 1): True, date(2026, 1, 2): False, date(2026, 1, 3): True}

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def open_other(self) -> AbstractContextManager[Any]:
            return nullcontext(make(OTHER))

    return Trial


def renderer_trial(make: Make) -> type[Conformance]:
    """The suite for message renderers."""

    class Trial(MessageRendererConformance):
        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

    return Trial


def limiter_trial(make: Make) -> type[Conformance]:
    """The suite for rate limiters."""

    class Trial(LimiterConformance):
        def open(self, clock: FixedClock) -> AbstractContextManager[Any]:
            return nullcontext(make()(clock))

        def reopen(self, limiter: Any, clock: FixedClock) -> AbstractContextManager[Any]:
            return nullcontext(limiter.another())

    return Trial
