"""What every group of printer tests uses: the hooks, and orders that any vendor takes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from secrets import token_hex
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen

from loyaltycore.kernel import printing
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder, PrintState
from loyaltycore.ports import card_printing, messaging
from loyaltycore.ports.card_printing import CardPrinter, PrintStatus
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.suite import Ability, Conformance, hook, hook_for


@frozen(kw_only=True)
class PrinterTestCapabilities:
    """What the test can do with the vendor; a gap is a `Lacks` with a reason.

    The printer says in `PrinterCapabilities` what the vendor itself can do.
    """

    peekable: Ability = True
    """The test can count cards without the printer; needs `peek`."""
    movable: Ability = True
    """The test can move an order along in production; needs `move`."""
    webhooks: Ability = True
    """The test can get the calls that the vendor makes; needs `call`."""
    unreachable: Ability = True
    """The test can have a printer whose vendor does not answer; needs `open_unreachable`."""


@frozen
class Call:
    """A call from the vendor, as received."""

    headers: Mapping[str, str]
    """The HTTP headers."""
    body: bytes
    """The body, byte for byte."""
    at: datetime


class PrinterChecks(Conformance, kit=True):
    """The hooks of the printer suite."""

    contract = (card_printing, printing, messaging)
    capabilities: ClassVar[PrinterTestCapabilities]
    capabilities_type = PrinterTestCapabilities
    product: ClassVar[str] = "gold"
    """A design that the vendor offers."""
    ship_to: ClassVar[PostalAddress] = PostalAddress(
        "Erika Größ", ("Lindenstraße 5",), "10969", "Berlin", "DE"
    )
    """An address that it sends to."""
    way: ClassVar[tuple[PrintState, ...]] = (
        PrintState.ACCEPTED,
        PrintState.IN_PRODUCTION,
        PrintState.PRODUCED,
        PrintState.DISPATCHED,
        PrintState.DELIVERED,
    )
    """The states of its cards after `PrintState.RECEIVED` if nothing goes wrong, without those that the vendor does not
    distinguish; production and dispatch are among them."""

    @hook
    def open(self) -> AbstractContextManager[CardPrinter]:
        """Return a context manager that yields a printer whose vendor works; it may have orders of other tests."""
        raise NotImplementedError

    @hook_for("peekable")
    def peek(self, printer: Any, reference: str) -> int:
        """Return how many cards the vendor has made under a reference, or will make from accepted orders."""
        raise NotImplementedError

    @hook_for("movable")
    def move(self, printer: Any, reference: str, state: PrintState) -> None:
        """Move an order through production up to a state, and return when it is there."""
        raise NotImplementedError

    @hook_for("webhooks")
    def call(self, printer: Any, reference: str) -> Call:
        """Return the vendor's last call about an order; wait for it if necessary."""
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[CardPrinter]:
        """Return a context manager that yields a printer whose vendor does not answer."""
        raise NotImplementedError

    def an_order(self, printer: CardPrinter, **changes: Any) -> PrintOrder:
        """An order that the vendor takes, with a new reference."""
        kinds = printer.capabilities.encodings
        wanted = EncodingKind.TEXT if EncodingKind.TEXT in kinds else min(kinds, key=str)
        order = PrintOrder(
            reference=f"kit-{token_hex(8)}",
            product=self.product,
            encodings=(Encoding(wanted, _VALUES.get(wanted, "1234"), "number"),),
            ship_to=self.ship_to,
        )
        return evolve(order, **changes)

    def placed(self, printer: CardPrinter, **changes: Any) -> PrintOrder:
        """An order that the vendor has taken."""
        order = self.an_order(printer, **changes)
        receipt = printer.submit(order, key_of(order)).receipt
        assert receipt.status is DeliveryStatus.ACCEPTED, f"a right order was not accepted: {receipt}"
        return order

    def cards(self, printer: CardPrinter, order: PrintOrder) -> int:
        """How many cards an order has made; the test moves it to the end if it can."""
        if self.capabilities.movable and self.status(printer, order).state in printing.BEFORE_PRODUCTION:
            self.move(printer, order.reference, PrintState.DISPATCHED)
        return self.peek(printer, order.reference)

    def status(self, printer: CardPrinter, order: PrintOrder) -> PrintStatus:
        """What `find` says about an order that must be there."""
        if not printer.capabilities.lookup:
            pytest.skip("the vendor finds no orders")
        found = printer.find(order.reference)
        assert found is not None, "an order that was accepted is not found"
        return found


def key_of(order: PrintOrder) -> str:
    """The idempotency key of an order."""
    return f"{order.reference}.submit"


_VALUES = {EncodingKind.TEXT: "Erika Größ", EncodingKind.EAN13: "4006381333931"}
