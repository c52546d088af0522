"""The HTTP card printer keeps the contract of the printer port, against the reference vendor and its real calls."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from loyaltycore.kernel.printing import EncodingKind, PrintState
from loyaltycore.testing.card_printer import Call, CardPrinterConformance, PrinterTestCapabilities
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor
from tests.adapters.cardprint.sink import webhook_sink

PATIENCE = 10


class HttpPrinter:
    """The hooks, with a vendor that serves all tests of a class."""

    capabilities = PrinterTestCapabilities()
    options: ClassVar[dict[str, Any]] = {}
    vendor: ClassVar[RunningVendor]
    sink: ClassVar[Any]
    stack: ClassVar[ExitStack]

    @classmethod
    def setup_class(cls) -> None:
        """Start the vendor, and something that receives its calls."""
        cls.stack = ExitStack()
        cls.sink = cls.stack.enter_context(webhook_sink())
        cls.vendor = cls.stack.enter_context(running_vendor(webhook_url=cls.sink.url))

    @classmethod
    def teardown_class(cls) -> None:
        cls.stack.close()

    def open(self) -> AbstractContextManager[HttpCardPrinter]:
        return closing(self.make(self.vendor.url))

    def peek(self, printer: HttpCardPrinter, reference: str) -> int:
        return self.vendor.prints().count(reference)

    def move(self, printer: HttpCardPrinter, reference: str, state: PrintState) -> None:
        self.vendor.control("advance", reference=reference, state=state.value)

    def call(self, printer: HttpCardPrinter, reference: str) -> Call:
        deadline = time.monotonic() + PATIENCE
        while True:
            found = [(headers, body) for headers, body in self.sink.calls if reference.encode() in body]
            if found:
                headers, body = found[-1]
                return Call(headers, body, datetime.now(UTC))
            assert time.monotonic() < deadline, "the vendor did not call"
            time.sleep(0.02)

    @contextmanager
    def open_unreachable(self) -> Iterator[HttpCardPrinter]:
        with socket.socket() as nobody_listens:
            nobody_listens.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}/v1"
            with closing(self.make(url)) as printer:
                yield printer

    def make(self, url: str) -> HttpCardPrinter:
        """A printer as a shop would set it up."""
        return HttpCardPrinter(
            base_url=url, token=self.vendor.token, webhook_secrets=(self.vendor.secret,), **self.options
        )


class TestHttpCardPrinter(HttpPrinter, CardPrinterConformance):
    pass


class TestHttpCardPrinterOfFewCodes(HttpPrinter, CardPrinterConformance):
    options: ClassVar[dict[str, Any]] = {"encodings": frozenset({EncodingKind.TEXT, EncodingKind.EAN13})}
