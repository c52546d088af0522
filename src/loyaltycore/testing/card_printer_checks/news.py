"""The vendor's news in our words: states, times and revisions, by whatever way they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Final

import pytest

from loyaltycore.kernel.printing import PrintEvent, PrintOrder, PrintState, PrintStatus
from loyaltycore.ports.card_printing import CardPrinter, SupportsEvents, SupportsWebhooks
from loyaltycore.testing.card_printer_checks.base import PrinterChecks
from loyaltycore.testing.card_printer_checks.events import end_of, events_from
from loyaltycore.testing.suite import Lacks, needs

_AT: Final = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
_ZONES: Final = tuple(
    timezone(timedelta(minutes=minutes)) for minutes in (0, 60, 120, -300, 330, -210, 765, -720)
)
"""Zones east and west of Greenwich, some of them not by whole hours."""


class NewsChecks(PrinterChecks, kit=True):
    """What the vendor says while a card is made."""

    @needs("movable")
    def test_every_state_is_translated(self) -> None:
        """Each step of production arrives in shared words: "A vendor's own words are translated into these"."""
        with self.open() as printer:
            order = self.placed(printer)
            for state in self.way:
                self.move(printer, order.reference, state)
                found = self.status(printer, order)
                assert found.state is state, (
                    f"the card was moved to {state.name}, and the vendor's {found.raw_state!r} is read as {found.state}"
                )
                assert found.occurred_at.tzinfo is not None, "an instant without a time zone"

    @needs("words")
    def test_every_word_is_translated(self) -> None:
        """Each word of the vendor, good news or bad, is read as what it means, by whatever way it comes: "A vendor's own words are translated into these" and "The vendor's own word for it"."""
        with self.open() as printer:
            for word, state in self.words.items():
                for way, status in self._told(printer, word):
                    assert status.state is state, f"{way} {word!r} is read as {status.state}"
                    assert status.raw_state == word, f"{way} {word!r} is passed on as {status.raw_state!r}"

    @needs("words")
    def test_a_card_may_come_back(self) -> None:
        """What is said of a card after it has arrived counts too: "the higher one is the newer one"."""
        with self.open() as printer:
            order = self.placed(printer)
            for wanted in (*self.way, PrintState.RETURNED):
                word = next((word for word, state in self.words.items() if state is wanted), None)
                if word is None or isinstance(self.say(printer, order.reference, word, _AT), Lacks):
                    continue
                for status in self._found(printer, order):
                    assert status.state is wanted, (
                        f"after it was on its way {word!r} is read as {status.state}"
                    )

    @needs("words")
    def test_an_unknown_word_is_no_state(self) -> None:
        """A word that the vendor has not used before is passed on, and is neither success nor failure: "None if the vendor's word is unknown"."""
        with self.open() as printer:
            for word in new_words(tuple(self.words)):
                for way, status in self._told(printer, word):
                    assert status.state is None, (
                        f"{way} {word!r}, which nobody knows, is read as {status.state}"
                    )
                    assert status.raw_state == word, f"{way} {word!r} is passed on as {status.raw_state!r}"

    @needs("words")
    def test_instants_are_the_same_in_any_zone(self) -> None:
        """What happened is dated right wherever the vendor's clock stands: "an aware instant, the same one in whatever zone the vendor writes it"."""
        with self.open() as printer:
            word = next(iter(self.words))
            for zone in _ZONES:
                at = _AT.astimezone(zone)
                for way, status in self._told(printer, word, at):
                    assert status.occurred_at.tzinfo is not None, f"{way} an instant without a time zone"
                    assert status.occurred_at == at, (
                        f"{way} {at.isoformat()} is read as {status.occurred_at.isoformat()}"
                    )

    @needs("movable")
    def test_all_ways_say_the_same(self) -> None:
        """A look-up, the list of events and a call say the same of one change, and name it alike: "it says what `find` would have said then", "says what `find` would have said then" and "The same for every repetition of the event"."""
        with self.open() as printer:
            order = self.placed(printer)
            for state in self.way:
                start = end_of(printer) if isinstance(printer, SupportsEvents) else ""
                self.move(printer, order.reference, state)
                found = self._found(printer, order)
                told = [*self._listed(printer, order, start), *self._called(printer, order)]
                for event in told:
                    assert event == told[0], "one event has two ids, or two contents"
                    assert event.status in (found or [event.status]), (
                        "an event says something else than a look-up"
                    )

    @needs("movable")
    def test_newer_news_have_higher_revisions(self) -> None:
        """Every change counts: "the higher one is the newer one, whatever arrives first"."""
        with self.open() as printer:
            order = self.placed(printer)
            revisions = [self.status(printer, order).revision]
            for state in self.way:
                self.move(printer, order.reference, state)
                revisions.append(self.status(printer, order).revision)
        assert all(earlier < later for earlier, later in pairwise(revisions)), (
            f"revisions do not rise: {revisions}"
        )

    def _told(self, printer: CardPrinter, word: str, at: datetime = _AT) -> Iterator[tuple[str, PrintStatus]]:
        """What is read, by each way, of a word that the vendor uses for a new order."""
        order = self.placed(printer)
        start = end_of(printer) if isinstance(printer, SupportsEvents) else ""
        lacking = self.say(printer, order.reference, word, at)
        if isinstance(lacking, Lacks):
            if word in self.words:
                pytest.skip(lacking.reason)
            return
        yield from (("looked up,", status) for status in self._found(printer, order))
        yield from (("listed,", event.status) for event in self._listed(printer, order, start))
        called = self._called(printer, order)
        if word in self.words and self.capabilities.webhooks and isinstance(printer, SupportsWebhooks):
            assert called, f"a call says nothing of {word!r}"
        yield from (("called,", event.status) for event in called)

    def _found(self, printer: CardPrinter, order: PrintOrder) -> Sequence[PrintStatus]:
        return [self.status(printer, order)] if printer.capabilities.lookup else []

    def _listed(self, printer: CardPrinter, order: PrintOrder, start: str) -> Sequence[PrintEvent]:
        """The last event of an order after a place in the list."""
        if not isinstance(printer, SupportsEvents):
            return []
        listed = [
            event
            for event in events_from(printer, start, 100)[0]
            if event.status.reference == order.reference
        ]
        assert listed, "what has happened is not in the list of events"
        return listed[-1:]

    def _called(self, printer: CardPrinter, order: PrintOrder) -> Sequence[PrintEvent]:
        """What the vendor's last call about an order says."""
        if not (self.capabilities.webhooks and isinstance(printer, SupportsWebhooks)):
            return []
        call = self.call(printer, order.reference)
        return printer.parse_webhook(call.headers, call.body, call.at)


def new_words(known: Sequence[str]) -> Iterator[str]:
    """Words that the vendor does not have, some of them like those that it has."""
    made = ("kit_new", *(f"{word}_2" for word in known), *(word[:-1] for word in known), f"un{known[0]}")
    yield from (word for word in dict.fromkeys(made) if word and word not in known)
