"""The HTTP card printer keeps the contract of the printer port, against the reference vendor, its real calls and troubles."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder, PrintState
from loyaltycore.testing.card_printer import (
    Call,
    CardPrinterConformance,
    Lacks,
    PrinterTestCapabilities,
    Trouble,
)
from loyaltycore.testing.trouble import WAIT
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor
from tests.adapters.cardprint.sink import webhook_sink
from tests.listening import nobody_listens

PATIENCE = 10
NEVER_MADE = ("cancelled", "rejected", "failed")
MISHAPS: dict[Trouble, dict[str, Any]] = {
    Trouble.REFUSE: {"status": 422, "code": "invalid_request"},
    Trouble.ASK_TO_WAIT: {"status": 429, "code": "throttled", "retry_after": WAIT},
    Trouble.FAIL: {"status": 500, "code": "internal"},
    Trouble.SHUT_OUT: {"status": 401, "code": "unauthorized"},
    Trouble.BREAK_BEFORE: {"answer": "cut"},
    Trouble.LOSE_ANSWER: {"answer": "cut", "act": True},
}
"""What the vendor is told to do, over real connections."""


class HttpPrinter:
    """The hooks, with a vendor that serves all tests of a class."""

    capabilities = PrinterTestCapabilities()
    words: ClassVar = {state.value: state for state in PrintState}
    options: ClassVar[dict[str, Any]] = {}
    agreement: ClassVar[Sequence[str]] = ()
    """Options of the vendor."""
    settings: ClassVar[dict[str, Any]] = {}
    vendor: ClassVar[RunningVendor]
    sink: ClassVar[Any]
    stack: ClassVar[ExitStack]

    @classmethod
    def setup_class(cls) -> None:
        """Start the vendor, and something that receives its calls."""
        cls.stack = ExitStack()
        cls.sink = cls.stack.enter_context(webhook_sink())
        cls.vendor = cls.stack.enter_context(running_vendor(webhook_url=cls.sink.url, options=cls.agreement))
        cls.vendor.control("settings", **cls.settings)

    @classmethod
    def teardown_class(cls) -> None:
        cls.stack.close()

    def open(self) -> AbstractContextManager[HttpCardPrinter]:
        return closing(self.make(self.vendor.url))

    def reopen(self, printer: HttpCardPrinter) -> AbstractContextManager[HttpCardPrinter]:
        return self.open()

    def peek(self, printer: HttpCardPrinter, reference: str) -> Sequence[PrintOrder]:
        orders = self.vendor.control("orders", reference=reference)["orders"]
        ordered = [as_ordered(json.loads(order["body"])) for order in orders]
        to_be_made = [order for order in orders if order["state"] not in NEVER_MADE]
        return ordered * max(self.vendor.prints().count(reference), len(to_be_made))

    def move(self, printer: HttpCardPrinter, reference: str, state: PrintState) -> None:
        self.vendor.control("advance", reference=reference, state=state.value)

    def say(self, printer: HttpCardPrinter, reference: str, word: str, at: datetime) -> None:
        self.vendor.control("advance", reference=reference, state=word, changed_at=at.isoformat())

    def call(self, printer: HttpCardPrinter, reference: str) -> Call:
        deadline = time.monotonic() + PATIENCE
        while self.vendor.control("webhooks")["owed"]:
            assert time.monotonic() < deadline, "the vendor did not call"
            time.sleep(0.02)
        found = [(headers, body) for headers, body in self.sink.calls if reference.encode() in body]
        headers, body = found[-1]
        return Call(headers, body, datetime.now(UTC))

    def trouble(
        self, printer: HttpCardPrinter, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        if trouble not in MISHAPS:
            return Lacks("nobody else holds anything at this vendor")
        return self._mishap(**MISHAPS[trouble])

    @contextmanager
    def _mishap(self, **facts: Any) -> Iterator[None]:
        self.vendor.control("mishap", count=100, **facts)
        yield
        self.vendor.control("mishap", count=0)

    @contextmanager
    def open_unreachable(self) -> Iterator[HttpCardPrinter]:
        with nobody_listens() as port:
            url = f"http://127.0.0.1:{port}/v1"
            with closing(self.make(url)) as printer:
                yield printer

    def make(self, url: str) -> HttpCardPrinter:
        """A printer as a shop would set it up."""
        return HttpCardPrinter(
            base_url=url, token=self.vendor.token, webhook_secrets=(self.vendor.secret,), **self.options
        )


def as_ordered(body: dict[str, Any]) -> PrintOrder:
    """What the vendor has on file, read as the contract says."""
    to, letter = body["shipping"]["to"], body.get("letter", {})
    return PrintOrder(
        reference=body["reference"],
        product=body["product"],
        encodings=tuple(
            Encoding(EncodingKind(entry["kind"]), entry["value"], entry.get("slot", ""))
            for entry in body["encodings"]
        ),
        ship_to=PostalAddress(
            to["name"],
            tuple(to["lines"]),
            to.get("postal_code", ""),
            to["city"],
            to["country"],
            to.get("company", ""),
        ),
        bulk=body["shipping"]["mode"] == "bulk",
        cover_letter=letter.get("template", ""),
        letter_variables=tuple((entry["name"], entry["value"]) for entry in letter.get("variables", ())),
        language=body.get("language", ""),
        comment=body.get("comment", ""),
    )


class TestHttpCardPrinter(HttpPrinter, CardPrinterConformance):
    pass


class TestHttpCardPrinterOfFewCodes(HttpPrinter, CardPrinterConformance):
    """Its vendor has few codes, and decides later whether an order is cancelled."""

    options: ClassVar[dict[str, Any]] = {"encodings": frozenset({EncodingKind.TEXT, EncodingKind.EAN13})}
    agreement: ClassVar = ("--encoding=text", "--encoding=ean13")
    settings: ClassVar[dict[str, Any]] = {"cancellations": "ask"}
