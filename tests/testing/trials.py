"""Conformance classes for adapters in memory, honest ones and liars."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any, ClassVar

from loyaltycore.kernel.printing import PrintState
from loyaltycore.testing.calendar import CalendarConformance
from loyaltycore.testing.card_printer import Call, CardPrinterConformance, PrinterTestCapabilities
from loyaltycore.testing.mailer import MailerCapabilities, MailerConformance
from loyaltycore.testing.sms import SmsCapabilities, SmsGatewayConformance
from loyaltycore.testing.storage import StorageCapabilities, StorageConformance
from loyaltycore.testing.suite import Conformance

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

    return Trial


def gateway_trial(make: Make) -> type[Conformance]:
    """The suite for text messages on a gateway in memory."""

    class Trial(SmsGatewayConformance):
        capabilities = SmsCapabilities()

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def open_unreachable(self) -> AbstractContextManager[Any]:
            return nullcontext(make(reachable=False))

        def peek(self, gateway: Any, number: str) -> Any:
            return gateway.received(number)

    return Trial


def printer_trial(make: Make) -> type[Conformance]:
    """The printer suite on a printer in memory."""

    class Trial(CardPrinterConformance):
        capabilities = PrinterTestCapabilities()

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

        def open_unreachable(self) -> AbstractContextManager[Any]:
            return nullcontext(make(reachable=False))

        def peek(self, printer: Any, reference: str) -> int:
            return int(printer.made.count(reference))

        def move(self, printer: Any, reference: str, state: PrintState) -> None:
            printer.move(reference, state)

        def call(self, printer: Any, reference: str) -> Call:
            return printer.last_call(reference)

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

        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(make())

    return Trial
