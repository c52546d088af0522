"""Card printers that are wrong in one way each, around the one in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore.kernel.printing import EncodingKind, PrintState
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrintCancellation,
    PrinterCapabilities,
    PrintEvent,
    PrintOrder,
    PrintReceipt,
    PrintStatus,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_printer import HonestPrinter, read_call
from tests.testing.liars.liar import Liar


class PrintsTwice(HonestPrinter):
    """Makes a card for every call, and forgets the key."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place the order, and place it."""
        if order.reference in self.vendor.orders:
            self.made.append(order.reference)
        return super().submit(order, key)


class ChecksBeforeItLocks(HonestPrinter):
    """Recognises a repetition, unless two come at the same time."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Look, wait a little, and place."""
        known = order.reference in self.vendor.orders
        self.pause()
        if not known and order.reference in self.vendor.orders:
            self.made.append(order.reference)
        return super().submit(order, key)


class NumbersEveryCall(HonestPrinter):
    """Gives a repeated order another number."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, and count."""
        answer = super().submit(order, key)
        self.calls_made += 1
        return evolve(answer, status=answer.status and evolve(answer.status, vendor_id=f"v{self.calls_made}"))


class TakesOneOrderForAnother(HonestPrinter):
    """Makes one card for two orders that look alike."""

    def make(self, reference: str) -> None:
        """Make a card, unless there is one that looks like it."""
        if not self.made:
            super().make(reference)


class SaysNothing(HonestPrinter):
    """Accepts an order without a word about it."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, in silence."""
        return evolve(super().submit(order, key), status=None)


class RejectsLongComments(HonestPrinter):
    """Rejects what `validate` did not name."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place what is short."""
        if len(order.comment) > 100:
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="comment"))
        return super().submit(order, key)


class NamesWhatIsRight(HonestPrinter):
    """Finds fault with collective shipments that it offers."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name what is no fault."""
        return (Fault("bulk", "unwanted", "is unwanted"),) if order.bulk else super().validate(order)


class DropsWhatItCannotDo(HonestPrinter):
    """Offers no magnetic stripe, and says nothing when one is ordered."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """Texts and codes."""
        return PrinterCapabilities(encodings=frozenset({EncodingKind.TEXT, EncodingKind.CODE128}))

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name nothing."""
        return ()


class ChangesItsOffer(HonestPrinter):
    """Offers less once it has an order."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What it can do today."""
        return evolve(super().capabilities, bulk=not self.vendor.orders)


class FindsNothing(HonestPrinter):
    """Has forgotten every order."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look nowhere."""
        return None


class FindsTheLast(HonestPrinter):
    """Gives the last order for any reference that it does not know."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, and give something."""
        found = super().find(reference)
        return found or next(reversed(self.vendor.statuses.values()), None)


class RaisesForUnknownOrders(HonestPrinter):
    """Takes an unknown reference for a failure."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, or raise."""
        found = super().find(reference)
        if found is None:
            raise DeliveryFailed("not_found", "there is no such order", permanent=True)
        return found


class CancelsByVendorIdAlone(HonestPrinter):
    """Does not know an order whose vendor's id is not given."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back by the vendor's id."""
        if not cancellation.vendor_id:
            return CancelReceipt(CancelOutcome.UNKNOWN_ORDER)
        return super().cancel(cancellation)


class CancelsOnce(HonestPrinter):
    """Finds that a wish comes too late when it comes again."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back, once."""
        status = self.vendor.statuses.get(cancellation.reference)
        if status is not None and status.state is PrintState.CANCELLED:
            return CancelReceipt(CancelOutcome.TOO_LATE, status)
        return super().cancel(cancellation)


class MakesCancelledCards(HonestPrinter):
    """Agrees to cancel, and makes the card."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Agree."""
        answer = super().cancel(cancellation)
        self.make(cancellation.reference)
        return answer


class CancelsAnything(HonestPrinter):
    """Agrees to cancel what it never had, and what is on its way."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Agree to everything."""
        answer = super().cancel(cancellation)
        return evolve(answer, outcome=CancelOutcome.CANCELLED)


class RaisesWhenCutOff(HonestPrinter):
    """Lets the network's error out of every method."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, or raise."""
        if not self.reachable:
            raise ConnectionResetError
        return super().submit(order, key)


class FindsNothingWhenCutOff(HonestPrinter):
    """Says that there is no order where it could not ask."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, if it can."""
        return super().find(reference) if self.reachable else None


class SkipsAState(HonestPrinter):
    """Does not know that a card can be produced and not dispatched yet."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, in fewer words."""
        found = super().find(reference)
        if found is not None and found.state is PrintState.PRODUCED:
            return evolve(found, state=PrintState.IN_PRODUCTION)
        return found


class CountsNoRevisions(HonestPrinter):
    """Gives all news of an order the same number."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, without counting."""
        found = super().find(reference)
        return found and evolve(found, revision=1)


class LosesAnEvent(HonestPrinter):
    """Leaves dispatches out of its list."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, with gaps."""
        page = super().events_after(cursor, limit)
        told = tuple(event for event in page.events if event.status.state is not PrintState.DISPATCHED)
        return evolve(page, events=told)


class RepeatsTheCursor(HonestPrinter):
    """Begins a page with the last event of the one before."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read one again."""
        start = max(0, int(cursor or 0) - 1)
        page = super().events_after(str(start), limit)
        return page if page.more or int(page.cursor) > int(cursor or 0) else evolve(page, more=False)


class StopsAtAPage(HonestPrinter):
    """Says that there is nothing more after every page."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read a page."""
        return evolve(super().events_after(cursor, limit), more=False)


class MakesFreshEventIds(HonestPrinter):
    """Gives an event another id whenever it is read."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and number."""
        page = super().events_after(cursor, limit)
        self.calls_made += 1
        return evolve(
            page,
            events=tuple(
                evolve(event, event_id=f"{event.event_id}.{self.calls_made}") for event in page.events
            ),
        )


class BelievesAnything(HonestPrinter):
    """Reads calls without proof."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read."""
        return read_call(body)


class BelievesOldCalls(HonestPrinter):
    """Reads genuine calls of any age."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read, as if it were then."""
        return super().parse_webhook(headers, body, self.instant_of(headers) or now)


class KnowsOneSpelling(HonestPrinter):
    """Looks for headers in the spelling of its framework."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read what is spelled right."""
        return super().parse_webhook(
            {name: headers[name] for name in headers if name == name.title()}, body, now
        )


class NumbersCalls(HonestPrinter):
    """Gives every call an id of its own, repeated ones too."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read, and number."""
        self.calls_made += 1
        events = super().parse_webhook(headers, body, now)
        return tuple(evolve(event, event_id=f"call-{self.calls_made}") for event in events)


class MisreadsCalls(HonestPrinter):
    """Takes every call for the first news."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read, with a fixed revision."""
        events = super().parse_webhook(headers, body, now)
        return tuple(evolve(event, status=evolve(event.status, revision=1)) for event in events)


PRINTER_LIARS: Final[tuple[Liar[HonestPrinter], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        PrintsTwice,
        ChecksBeforeItLocks,
        NumbersEveryCall,
        TakesOneOrderForAnother,
        SaysNothing,
        RejectsLongComments,
        NamesWhatIsRight,
        DropsWhatItCannotDo,
        ChangesItsOffer,
        FindsNothing,
        FindsTheLast,
        RaisesForUnknownOrders,
        CancelsByVendorIdAlone,
        CancelsOnce,
        MakesCancelledCards,
        CancelsAnything,
        RaisesWhenCutOff,
        FindsNothingWhenCutOff,
        SkipsAState,
        CountsNoRevisions,
        LosesAnEvent,
        RepeatsTheCursor,
        StopsAtAPage,
        MakesFreshEventIds,
        BelievesAnything,
        BelievesOldCalls,
        KnowsOneSpelling,
        NumbersCalls,
        MisreadsCalls,
    )
)
"""Printers in memory that are wrong in one way each; see `HonestPrinter` for what a test can do with them."""
