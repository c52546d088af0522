"""A vendor with two places on its cards, and little else that it can do, keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from loyaltycore.kernel.printing import PrintOrder, PrintState
from loyaltycore.testing.card_printer import CardPrinterConformance, Lacks, PrinterTestCapabilities, Trouble
from tests.testing.fixed_slots import WORDS, Machine, MachinePrinter


class TestMachinePrinter(CardPrinterConformance):
    capabilities = PrinterTestCapabilities(webhooks=Lacks("the machine does not call"))
    way: ClassVar = (PrintState.IN_PRODUCTION, PrintState.DISPATCHED)
    words: ClassVar = WORDS

    @contextmanager
    def open(self) -> Iterator[MachinePrinter]:
        with TemporaryDirectory() as folder:
            printer = MachinePrinter(Path(folder, "machine.db"))
            printer.machine.install()
            yield printer

    def reopen(self, printer: MachinePrinter) -> AbstractContextManager[MachinePrinter]:
        return nullcontext(MachinePrinter(printer.machine.file))

    def open_unreachable(self) -> AbstractContextManager[MachinePrinter]:
        return nullcontext(MachinePrinter(Path("/nowhere/machine.db")))

    def peek(self, printer: MachinePrinter, reference: str) -> Sequence[PrintOrder]:
        return Machine(printer.machine.file).cards(reference)

    def move(self, printer: MachinePrinter, reference: str, state: PrintState) -> None:
        (word,) = (word for word, meant in WORDS.items() if meant is state)
        printer.machine.move(reference, word, datetime.now(UTC))

    def say(self, printer: MachinePrinter, reference: str, word: str, at: datetime) -> None:
        printer.machine.move(reference, word, at)

    def trouble(
        self, printer: MachinePrinter, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        if trouble is Trouble.FAIL:
            return printer.machine.jammed()
        return Lacks("the machine works, or it does not")
