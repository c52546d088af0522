"""What every group of printer tests uses: the hooks, and orders that the vendor takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar, Final

import pytest
from attrs import asdict, evolve, field, frozen

from loyaltycore.kernel import printing
from loyaltycore.kernel.printing import (
    Encoding,
    EncodingKind,
    PostalAddress,
    PrintCancellation,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.ports import card_printing, messaging
from loyaltycore.ports.card_printing import CardPrinter, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.receipts import said
from loyaltycore.testing.suite import Ability, Conformance, Lacks, fact_for, hook, hook_for
from loyaltycore.testing.trouble import Trouble, possible
from loyaltycore.work.ambient import TimeOrderedIds

_IDS: Final = TimeOrderedIds()
_NEEDED: Final = (PrintState.IN_PRODUCTION, PrintState.DISPATCHED)
"""Where tests move orders."""
_WISH: Final = "set it to every word that the vendor has for the state of an order, with what it means"


@frozen(kw_only=True)
class PrinterTestCapabilities:
    """What the test can do with the vendor; a gap is a `Lacks` with a reason.

    The printer says in `PrinterCapabilities` what the vendor itself can do.
    """

    peekable: Ability = True
    """The test can see without the printer which cards the vendor makes; needs `peek`."""
    movable: Ability = True
    """The test can move an order along in production; needs `move`."""
    words: Ability = True
    """The test can have the vendor use any of its words, at any time; needs `say` and `words`."""
    durable: Ability = True
    """A printer that is opened anew, in this process or another one, has the same vendor; needs `reopen`."""
    webhooks: Ability = True
    """The test can get the calls that the vendor makes; needs `call`."""
    trouble: Ability = True
    """The test can have things go wrong at the vendor; needs `trouble`."""
    unreachable: Ability = True
    """The test can have a printer whose vendor does not answer; needs `open_unreachable`."""


@frozen
class Call:
    """A call from the vendor, as received."""

    headers: Mapping[str, str]
    """The HTTP headers, as the vendor spells them; each name once."""
    body: bytes
    """The body, byte for byte."""
    at: datetime = field()
    """When the vendor makes it, an aware instant: what `parse_webhook` gets as `now`, give or take what a test adds."""

    @at.validator
    def _check_at(self, _attribute: Any, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("`Call.at` is an aware instant: datetime.now(UTC), and not datetime.now()")


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
    letter: ClassVar[str] = "welcome"
    """A letter that it encloses, with values for ``name`` and ``card_number``, if it encloses any."""
    way: ClassVar[tuple[PrintState, ...]] = (
        PrintState.ACCEPTED,
        PrintState.IN_PRODUCTION,
        PrintState.PRODUCED,
        PrintState.DISPATCHED,
        PrintState.DELIVERED,
    )
    """The states of its cards after `PrintState.RECEIVED` if nothing goes wrong, without those that the vendor does not
    distinguish; production and dispatch are among them."""
    words: ClassVar[Mapping[str, PrintState]] = fact_for("words", _WISH)
    """Every word that the vendor has for the state of an order, bad news included, with what it means."""

    def __init_subclass__(cls, *, kit: bool = False, **rest: Any) -> None:
        """Look at the facts about the vendor, too.

        Raises:
            TypeError: No vendor is like that.
        """
        super().__init_subclass__(kit=kit, **rest)
        if not kit:
            _check_facts(cls)

    @hook
    def open(self) -> AbstractContextManager[CardPrinter]:
        """Return a context manager that yields a printer whose vendor works; it may have orders of other tests."""
        raise NotImplementedError

    @hook_for("peekable")
    def peek(self, printer: Any, reference: str) -> Sequence[PrintOrder]:
        """Return the cards that the vendor has made under a reference, or will make from accepted orders.

        Each stands as the order that the vendor has: a `PrintOrder` made from what is written there, not from what was
        ordered. Two copies of a card stand there twice, and a cancelled order not at all.
        """
        raise NotImplementedError

    @hook_for("movable")
    def move(self, printer: Any, reference: str, state: PrintState) -> None:
        """Move an order through production up to a state, and return when it is there.

        Args:
            state: One of `way`, later than where the order is. Tests that look at events leave none out; where one is
                left out, the vendor may go through it or not.
        """
        raise NotImplementedError

    @hook_for("words")
    def say(self, printer: Any, reference: str, word: str, at: datetime) -> Lacks | None:
        """Have the vendor use a word for the state of an order, as of an instant.

        Return when it is said, or a `Lacks` with the reason if the vendor cannot be made to say this word. Some words are
        none of the vendor's own: a later version of its system might use them.

        Args:
            at: Whole minutes. The vendor writes it in its own way, in this zone if it writes zones at all.
        """
        raise NotImplementedError

    @hook_for("durable")
    def reopen(self, printer: Any) -> AbstractContextManager[CardPrinter]:
        """Return a context manager that yields another printer with the same vendor, as a new process would open it.

        It is also called in a second process, which is a copy of the first.
        """
        raise NotImplementedError

    @hook_for("webhooks")
    def call(self, printer: Any, reference: str) -> Call:
        """Return the vendor's call about the last event of an order; wait for it if necessary."""
        raise NotImplementedError

    @hook_for("trouble")
    def trouble(
        self, printer: Any, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        """Return a context manager as long as whose block the vendor is in trouble, or a `Lacks` for one it cannot have.

        Args:
            about: The reference of the order that the vendor refuses in `Trouble.REFUSE`, whatever is asked about it;
                with the other ones, empty: they are about every call.
        """
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[CardPrinter]:
        """Return a context manager that yields a printer whose vendor does not answer."""
        raise NotImplementedError

    def skip_without(self, capability: str) -> None:
        """Skip a test that needs one more capability."""
        held = getattr(self.capabilities, capability)
        if isinstance(held, Lacks):
            pytest.skip(held.reason)

    def an_order(self, printer: CardPrinter, **changes: Any) -> PrintOrder:
        """An order that the vendor takes, with a new reference and a value in each of its places."""
        order = PrintOrder(
            reference=a_reference(),
            product=self.product,
            encodings=_filled(printer.capabilities),
            ship_to=self.ship_to,
        )
        return evolve(order, **changes)

    def placed(self, printer: CardPrinter, **changes: Any) -> PrintOrder:
        """An order that the vendor has taken."""
        order = self.an_order(printer, **changes)
        accepted(printer.submit(order, key_of(order)), order)
        return order

    def cards(self, printer: CardPrinter, order: PrintOrder) -> int:
        """How many cards an order has made; the test moves it to the end if it can."""
        if self.capabilities.movable and self.status(printer, order).state in printing.BEFORE_PRODUCTION:
            self.move(printer, order.reference, PrintState.DISPATCHED)
        return len(self.peek(printer, order.reference))

    def status(self, printer: CardPrinter, order: PrintOrder) -> PrintStatus:
        """What `find` says about an order that must be there."""
        if not printer.capabilities.lookup:
            pytest.skip("the vendor finds no orders")
        found = printer.find(order.reference)
        assert found is not None, "an order that was accepted is not found"
        return found

    def troubles(
        self, printer: CardPrinter, *wanted: Trouble
    ) -> Iterator[tuple[Trouble, AbstractContextManager[object]]]:
        """Those of some troubles that the vendor can have; the test is skipped if it can have none."""
        return possible(lambda trouble: self.trouble(printer, trouble), *wanted)

    def assert_works(self, printer: CardPrinter) -> None:
        """Demand that what went wrong before is over."""
        order = self.placed(printer)
        if printer.capabilities.lookup:
            assert self.status(printer, order).reference == order.reference, "another order was found"


def _check_facts(cls: type[PrinterChecks]) -> None:
    """Demand facts with which the tests can begin."""
    if cls.capabilities.movable:
        if PrintState.RECEIVED in cls.way:
            raise TypeError(
                f"{cls.__name__} has RECEIVED in `way`: an order is there when it is placed, `way` is what follows"
            )
        if lacking := [state.name for state in _NEEDED if state not in cls.way]:
            raise TypeError(
                f"{cls.__name__} lacks {' and '.join(lacking)} in `way`: no card goes without them"
            )
    if cls.capabilities.words:
        if not cls.words:
            raise TypeError(
                f"{cls.__name__} has no `words`: {_WISH}, or declare `words=Lacks(...)` with the reason"
            )
        for word, state in cls.words.items():
            if not isinstance(state, PrintState):
                raise TypeError(
                    f"{cls.__name__} says in `words` that {word!r} means {state!r}, which is no PrintState"
                )


def a_reference() -> str:
    """A new reference, made as the library makes them: no printer can tell that it is tested."""
    return _IDS.new()


def key_of(order: PrintOrder) -> str:
    """The idempotency key of an order."""
    return f"{order.reference}.submit"


def a_key() -> str:
    """A new idempotency key, for an order whose reference may hold anything."""
    return f"{a_reference()}.submit"


def cancellation(order: PrintOrder, vendor_id: str = "") -> PrintCancellation:
    """The request to cancel an order."""
    return PrintCancellation(order.reference, vendor_id, "ordered by mistake")


def accepted(answer: PrintReceipt, order: PrintOrder) -> PrintStatus:
    """The status in an answer that accepts an order."""
    assert answer.receipt.status is DeliveryStatus.ACCEPTED, (
        f"a right order was not accepted, but {spoken(answer)}: {in_full(order)}"
    )
    assert answer.status is not None, "an accepted order has no status"
    assert answer.status.reference == order.reference, "another order was accepted"
    return answer.status


def spoken(answer: PrintReceipt) -> str:
    """What an answer says, in full."""
    faults = "".join(f"; {fault}" for fault in answer.faults)
    return f"{said(answer.receipt)}{faults}"


def in_full(order: PrintOrder) -> str:
    """An order with all that its representation keeps to itself, but for what is empty."""
    return str({name: value for name, value in asdict(order).items() if value})


def needs_keys(printer: CardPrinter) -> None:
    """Skip the test if the vendor has no keys."""
    if not printer.capabilities.idempotent:
        pytest.skip("the vendor does not recognise a repetition")


def needs_cancellation(printer: CardPrinter) -> None:
    """Skip the test if the vendor cancels nothing."""
    if not printer.capabilities.cancellation:
        pytest.skip("the vendor cancels nothing")


def _filled(capabilities: card_printing.PrinterCapabilities) -> tuple[Encoding, ...]:
    """A value for every place of the vendor's cards, or for one if an order may name any."""
    if capabilities.slots is None:
        return (_encoding(capabilities.encodings, "number"),)
    return tuple(_encoding(slot.kinds, slot.name) for slot in capabilities.slots)


def _encoding(kinds: frozenset[EncodingKind], slot: str) -> Encoding:
    kind = EncodingKind.TEXT if EncodingKind.TEXT in kinds else min(kinds, key=str)
    return Encoding(kind, "4006381333931" if kind is EncodingKind.EAN13 else "1234", slot)
