"""The adapters in memory keep the contracts of their ports: they are what every other adapter is held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from loyaltycore.kernel.printing import PrintOrder, PrintState
from loyaltycore.memory import MemoryCardPrinter, MemoryMailer, MemorySmsGateway, MemoryStorage
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.card_printer import CardPrinterConformance, PrinterTestCapabilities
from loyaltycore.testing.letters import delivered
from loyaltycore.testing.machine import storage_machine
from loyaltycore.testing.mailer import MailerCapabilities, MailerConformance, ReceivedMail
from loyaltycore.testing.sms import SmsCapabilities, SmsGatewayConformance
from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance

IN_MEMORY = Lacks("it ends with the object")
ALWAYS_THERE = Lacks("nothing stands between it and the test")


class TestMemoryStorage(StorageConformance):
    capabilities = StorageCapabilities(
        durable=IN_MEMORY, shared=IN_MEMORY, unreachable=ALWAYS_THERE, trouble=ALWAYS_THERE
    )

    def open(self) -> AbstractContextManager[MemoryStorage]:
        return nullcontext(MemoryStorage())

    def peek(self, storage: MemoryStorage, table: str) -> int:
        return len(storage._rows[table])


TestMemoryStorageMachine = storage_machine(lambda: nullcontext(MemoryStorage()))


class TestMemoryMailer(MailerConformance):
    capabilities = MailerCapabilities(trouble=ALWAYS_THERE)

    def open(self) -> AbstractContextManager[MemoryMailer]:
        return nullcontext(MemoryMailer())

    def peek(self, mailer: MemoryMailer, address: str) -> Sequence[ReceivedMail]:
        return [delivered(email, address) for email in mailer.sent if address in email.to]

    @contextmanager
    def open_unreachable(self) -> Iterator[MemoryMailer]:
        mailer = MemoryMailer()
        mailer.answers.extend([DeliveryStatus.NOT_SENT] * 10)
        yield mailer


class TestMemorySmsGateway(SmsGatewayConformance):
    capabilities = SmsCapabilities(unreachable=ALWAYS_THERE, trouble=ALWAYS_THERE)

    def open(self) -> AbstractContextManager[MemorySmsGateway]:
        return nullcontext(MemorySmsGateway())

    def peek(self, gateway: MemorySmsGateway, number: str) -> Sequence[str]:
        return [sms.text for sms in gateway.sent if sms.to == number]


class TestMemoryCardPrinter(CardPrinterConformance):
    capabilities = PrinterTestCapabilities(
        words=Lacks("it has the words of the port alone"),
        durable=IN_MEMORY,
        webhooks=Lacks("it makes no calls"),
        trouble=ALWAYS_THERE,
        unreachable=ALWAYS_THERE,
    )

    def open(self) -> AbstractContextManager[MemoryCardPrinter]:
        return nullcontext(MemoryCardPrinter())

    def peek(self, printer: MemoryCardPrinter, reference: str) -> Sequence[PrintOrder]:
        status = printer.statuses.get(reference)
        made = status is not None and status.state is not PrintState.CANCELLED
        return [printer.orders[reference]] if made else []

    def move(self, printer: MemoryCardPrinter, reference: str, state: PrintState) -> None:
        printer.move(reference, state)
