"""The list of the vendor's events: read in pages, from any place, as often as wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintEvent, PrintOrder, PrintState
from loyaltycore.ports.card_printing import UNKNOWN_CURSOR, CardPrinter, SupportsEvents
from loyaltycore.testing.card_printer_checks.base import PrinterChecks
from loyaltycore.testing.suite import needs

_MOST_PAGES: Final = 10_000
_MORE_THAN_A_PAGE: Final = 105
_UNKNOWN_CURSORS: Final = (
    *("kit-never", "a/../b?c=d&e#f", "ä ö", "x" * 300, "\r\nX-Injected: yes"),
    *("-1", "999999999", "٣", " ", "null"),
)


def with_events(printer: CardPrinter) -> SupportsEvents:
    """The printer as one whose events can be read."""
    if not isinstance(printer, SupportsEvents):
        pytest.skip("the vendor keeps no list of events")
    return printer


def events_from(printer: SupportsEvents, cursor: str, limit: int) -> tuple[list[PrintEvent], str]:
    """Every event after a cursor, page by page, and the cursor of the last page."""
    found: list[PrintEvent] = []
    for _ in range(_MOST_PAGES):
        page = printer.events_after(cursor, limit)
        assert len(page.events) <= limit, f"a page of {limit} has {len(page.events)} events"
        assert page.cursor != cursor or not (page.events or page.more), "the cursor does not move on"
        found += page.events
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("the list of events does not end")


def names(states: Iterable[PrintState | None]) -> list[str]:
    """What states are called."""
    return [str(state and state.name) for state in states]


def end_of(printer: SupportsEvents) -> str:
    """The cursor behind the last event."""
    return events_from(printer, "", 100)[1]


class EventChecks(PrinterChecks, kit=True):
    """`events_after`, as long as the vendor answers."""

    @needs("movable")
    def test_every_event_is_listed(self) -> None:
        """The list of events has each step once and in order: "In the vendor's order"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
            listed, _ = events_from(events, "", 100)
            told = [event.status for event in listed if event.status.reference == order.reference]
        states = [status.state for status in told if status.state is not PrintState.RECEIVED]
        assert states == list(self.way), (
            f"the order went through {names(self.way)}, and the events say {names(states)}"
        )
        revisions = [status.revision for status in told]
        assert revisions == sorted(set(revisions)), "the revisions of the listed events do not rise"

    @needs("movable")
    def test_pages_of_events_meet(self) -> None:
        """More events than a page holds come once and in the vendor's order, for pages of any size: "From page to page, of any size, each event comes once"."""
        with self.open() as printer:
            events = with_events(printer)
            orders = [self.placed(printer) for _ in range(1 + _MORE_THAN_A_PAGE // len(self.way))]
            start = end_of(events)
            happened = self._moved(printer, orders)
            ours = {order.reference for order in orders}
            read = {limit: events_from(events, start, limit) for limit in (100, 1, 2, 7, 1000)}
            for limit, (listed, _) in read.items():
                told = [
                    (event.status.reference, event.status.state)
                    for event in listed
                    if event.status.reference in ours
                ]
                assert told == happened, f"in pages of {limit} events are missing, twice, or in another order"
                assert listed == read[100][0], f"pages of {limit} and of 100 have different events"
            for limit, (_, end) in read.items():
                assert events.events_after(end).events == (), (
                    f"behind the last page of {limit} there are old events"
                )

    def _moved(self, printer: CardPrinter, orders: list[PrintOrder]) -> list[tuple[str, PrintState]]:
        """Move all orders side by side to the end of their way."""
        steps = [(order.reference, state) for state in self.way for order in orders]
        for reference, state in steps:
            self.move(printer, reference, state)
        return steps

    @needs("movable")
    def test_events_can_be_read_again(self) -> None:
        """A cursor leads to the same place again, and to what has come since: "Leads to what comes after the last of these events, now or later"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            before, after = self.way[:2]
            self.move(printer, order.reference, before)
            cursor = end_of(events)
            assert events.events_after(cursor).events == (), "an old event came again"
            self.move(printer, order.reference, after)
            first, second = events.events_after(cursor), events.events_after(cursor)
        assert [event.status.state for event in first.events] == [after], "not what has come since"
        assert first.events == second.events, "read again, there are other events"

    @needs("durable")
    def test_a_cursor_outlives_the_printer(self) -> None:
        """A printer that is opened anew goes on where the one before it stopped: "for catching up after a failure"."""
        self.skip_without("movable")
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            cursor = end_of(events)
            self.move(printer, order.reference, self.way[0])
            with self.reopen(printer) as another:
                again = events_from(with_events(another), cursor, 100)[0]
            assert again == events_from(events, cursor, 100)[0], "opened anew, it reads other events"
            assert again, "opened anew, it misses an event"

    def test_an_unknown_cursor_is_said(self) -> None:
        """A cursor of another vendor does not pass for a place in the list: "an empty page would hide news"."""
        with self.open() as printer:
            events = with_events(printer)
            for cursor in _UNKNOWN_CURSORS:
                with pytest.raises(DeliveryFailed) as caught:
                    events.events_after(cursor)
                answer = caught.value.code, caught.value.permanent
                assert answer == (UNKNOWN_CURSOR, True), f"{cursor!r} was given by nobody, and gets {answer}"

    @needs("movable")
    def test_event_ids_tell_events_apart(self) -> None:
        """An event has the same id whenever it is read, and no other has it: "The same for every repetition of the event"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            start = end_of(events)
            for state in self.way:
                self.move(printer, order.reference, state)
            ids, again = (
                [(event.source, event.event_id) for event in events_from(events, start, limit)[0]]
                for limit in (100, 1)
            )
        assert ids == again, "read again, an event has another id"
        assert len(ids) == len(set(ids)), "two events have one id"
        assert len(ids) >= len(self.way), "there are fewer events than steps"
