"""The vendor's news: states, revisions, and the list of events."""

from __future__ import annotations

from itertools import pairwise

import pytest

from loyaltycore.kernel.printing import PrintEvent, PrintState
from loyaltycore.ports.card_printing import CardPrinter, SupportsEvents
from loyaltycore.testing.card_printer_checks.base import PrinterChecks
from loyaltycore.testing.suite import needs

_MOST_PAGES = 10_000


def with_events(printer: CardPrinter) -> SupportsEvents:
    """The printer as one whose events can be read."""
    if not isinstance(printer, SupportsEvents):
        pytest.skip("the vendor keeps no list of events")
    return printer


def all_events(printer: SupportsEvents, limit: int) -> list[PrintEvent]:
    """Every event, page by page from the beginning."""
    found: list[PrintEvent] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        page = printer.events_after(cursor, limit)
        assert len(page.events) <= limit, "a page is longer than its limit"
        found += page.events
        if not page.more:
            return found
        cursor = page.cursor
    raise AssertionError("the list of events does not end")


class NewsChecks(PrinterChecks, kit=True):
    """What the vendor says while a card is made."""

    @needs("movable")
    def test_every_state_is_translated(self) -> None:
        """Each step of production arrives in shared words: "A vendor's own words are translated into these"."""
        with self.open() as printer:
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
                assert self.status(printer, order).state is state

    @needs("movable")
    def test_newer_news_have_higher_revisions(self) -> None:
        """Every change counts: "the higher one is the newer one, whatever arrives first"."""
        with self.open() as printer:
            order = self.placed(printer)
            revisions = [self.status(printer, order).revision]
            for state in self.way:
                self.move(printer, order.reference, state)
                revisions.append(self.status(printer, order).revision)
        assert all(earlier < later for earlier, later in pairwise(revisions))

    @needs("movable")
    def test_every_event_is_listed(self) -> None:
        """The list of events has each step once and in order: "In the vendor's order"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
            told = [
                event.status for event in all_events(events, 100) if event.status.reference == order.reference
            ]
        states = [status.state for status in told if status.state is not PrintState.RECEIVED]
        assert states == list(self.way)
        assert [status.revision for status in told] == sorted({status.revision for status in told})

    @needs("movable")
    def test_pages_of_events_meet(self) -> None:
        """Short pages in a row are the whole list: "Read the events after `cursor`"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
            assert all_events(events, 2) == all_events(events, 100)

    @needs("movable")
    def test_events_can_be_read_again(self) -> None:
        """A cursor leads to the same place again, and to what has come since: "for catching up after a failure"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            before, after = self.way[:2]
            self.move(printer, order.reference, before)
            cursor = self._end(events)
            assert events.events_after(cursor).events == (), "an old event came again"
            self.move(printer, order.reference, after)
            first, second = events.events_after(cursor), events.events_after(cursor)
        assert [event.status.state for event in first.events] == [after]
        assert first.events == second.events

    @staticmethod
    def _end(events: SupportsEvents) -> str:
        page = events.events_after("")
        while page.more:
            page = events.events_after(page.cursor)
        return page.cursor

    @needs("movable")
    def test_event_ids_tell_events_apart(self) -> None:
        """An event has the same id whenever it is read, and no other has it: "The same for every repetition of the event"."""
        with self.open() as printer:
            events = with_events(printer)
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
            ids = [event.event_id for event in all_events(events, 100)]
            again = [event.event_id for event in all_events(events, 1)]
        assert ids == again
        assert len(ids) == len(set(ids)) >= len(self.way)
