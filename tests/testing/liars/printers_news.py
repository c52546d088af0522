"""Card printers that are wrong about what the vendor says while a card is made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintEvent, PrintState, PrintStatus
from loyaltycore.ports.card_printing import UNKNOWN_CURSOR, EventPage
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.honest_vendor import WORDS, Document


class SkipsAState(HonestPrinter):
    """Does not know that a card can be produced and not dispatched yet."""

    def state(self, word: str) -> PrintState | None:
        """Read fewer words."""
        return super().state("printing" if word == "printed" else word)


class ForgetsReturns(HonestPrinter):
    """Takes a card that came back for one that arrived."""

    def state(self, word: str) -> PrintState | None:
        """Read without bad news."""
        return super().state("arrived" if word == "came_back" else word)


class ForgetsPauses(HonestPrinter):
    """Takes an order that waits for one that goes on."""

    def state(self, word: str) -> PrintState | None:
        """Read without pauses."""
        return super().state("checked" if word == "waiting" else word)


class TakesARefusalForACancellation(HonestPrinter):
    """Does not tell who ended an order."""

    def state(self, word: str) -> PrintState | None:
        """Read one end for another."""
        return super().state("called_off" if word == "turned_down" else word)


class TakesNewWordsForProgress(HonestPrinter):
    """Takes a word that it does not know for work on the card."""

    def state(self, word: str) -> PrintState | None:
        """Read, or guess."""
        return WORDS.get(word, PrintState.IN_PRODUCTION)


class TakesNewWordsForSuccess(HonestPrinter):
    """Takes a word that it does not know for a card on its way."""

    def state(self, word: str) -> PrintState | None:
        """Read, or hope."""
        return WORDS.get(word, PrintState.DISPATCHED)


class KnowsWordsByTheirBeginning(HonestPrinter):
    """Takes a word for another one that begins like it."""

    def state(self, word: str) -> PrintState | None:
        """Read the first letters."""
        return next((state for known, state in WORDS.items() if word.startswith(known)), None)


class StumblesOverNewWords(HonestPrinter):
    """Fails on a word that it does not know."""

    def state(self, word: str) -> PrintState | None:
        """Read, or fail."""
        return WORDS[word]


class ForgetsTheWord(HonestPrinter):
    """Does not tell the vendor's own word."""

    def read(self, document: Document) -> PrintStatus:
        """Read it in our words."""
        found = super().read(document)
        return evolve(found, raw_state=found.state.value if found.state else "unknown")


class ListsOtherWords(HonestPrinter):
    """Reads the vendor's words in the list of events otherwise than in an answer."""

    def event(self, event: str, document: Document) -> PrintEvent:
        """Read without bad news."""
        found = super().event(event, document)
        good = PrintState.DELIVERED if found.status.state is PrintState.RETURNED else found.status.state
        return evolve(found, status=evolve(found.status, state=good))


class DropsOffsets(HonestPrinter):
    """Takes the hands of the vendor's clock for UTC."""

    def instant(self, text: str) -> datetime:
        """Read without the offset."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)


class ForgetsZones(HonestPrinter):
    """Gives instants that belong to no time zone."""

    def instant(self, text: str) -> datetime:
        """Read without a zone."""
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


class ReadsItsWatch(HonestPrinter):
    """Takes the moment at which it hears of something for the moment at which it happened."""

    def instant(self, text: str) -> datetime:
        """Look at the clock."""
        return datetime.now(UTC)


class DropsZonesOfEvents(HonestPrinter):
    """Reads instants right in an answer, and wrongly in events."""

    def event(self, event: str, document: Document) -> PrintEvent:
        """Read without the offset."""
        found = super().event(event, document)
        at = found.status.occurred_at.replace(tzinfo=UTC)
        return evolve(found, status=evolve(found.status, occurred_at=at))


class CountsNoRevisions(HonestPrinter):
    """Gives all news of an order the same number."""

    def read(self, document: Document) -> PrintStatus:
        """Read, without counting."""
        return evolve(super().read(document), revision=1)


class HidesRefusals(HonestPrinter):
    """Does not tell that the vendor refuses to cancel."""

    def read(self, document: Document) -> PrintStatus:
        """Read, without refusals."""
        return evolve(super().read(document), cancellation_refused=False)


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
        page = super().events_after(cursor, limit)
        number = int(cursor.rpartition("-")[2] or 0)
        if not number:
            return page
        again = super().events_after(f"{cursor.rpartition('-')[0]}-{number - 1}", 1).events
        return evolve(page, events=(*again, *page.events)[:limit])


class StopsAtAPage(HonestPrinter):
    """Says that there is nothing more after every page."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read a page."""
        return evolve(super().events_after(cursor, limit), more=False)


class StopsAtAHundred(HonestPrinter):
    """Says that there is nothing more after a full page of a hundred."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read a page."""
        page = super().events_after(cursor, limit)
        return evolve(page, more=page.more and len(page.events) < 100)


class ReadsFifty(HonestPrinter):
    """Gives fifty events of a page of a hundred, and goes on after the hundred."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and cut."""
        page = super().events_after(cursor, limit)
        return evolve(page, events=page.events[:50])


class CutsAPage(HonestPrinter):
    """Reads ten events, gives as many as were asked for, and goes on after the ten."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and cut."""
        page = super().events_after(cursor, max(limit, 10))
        return evolve(page, events=page.events[:limit])


class IgnoresTheLimit(HonestPrinter):
    """Gives as many events as it likes."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read a hundred."""
        return super().events_after(cursor, 100)


class TurnsPagesRound(HonestPrinter):
    """Gives the newest event of a page first."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read backwards."""
        page = super().events_after(cursor, limit)
        return evolve(page, events=page.events[::-1])


class SortsByOrder(HonestPrinter):
    """Gives the events of a page order by order."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and sort."""
        page = super().events_after(cursor, limit)
        return evolve(page, events=tuple(sorted(page.events, key=lambda event: event.status.reference)))


class ForgetsItsPlace(HonestPrinter):
    """Gives no cursor once it has come to the end."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and begin again."""
        page = super().events_after(cursor, limit)
        return page if page.more else evolve(page, cursor="")


class TakesAnyCursor(HonestPrinter):
    """Finds nothing new after a cursor that it never gave."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, or find nothing."""
        try:
            return super().events_after(cursor, limit)
        except DeliveryFailed:
            return EventPage((), cursor, more=False)


class KnowsItsOwnCursors(HonestPrinter):
    """Takes cursors that it gave itself, and none that it gave before it was opened anew."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.given = {""}

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read from a known place."""
        if cursor not in self.given:
            raise DeliveryFailed(UNKNOWN_CURSOR, "that is no cursor of mine", permanent=True)
        page = super().events_after(cursor, limit)
        self.given.add(page.cursor)
        return page


class MakesFreshEventIds(HonestPrinter):
    """Gives an event another id whenever it is read."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.calls_made = 0

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, and number."""
        page = super().events_after(cursor, limit)
        self.calls_made += 1
        told = tuple(evolve(event, event_id=f"{event.event_id}.{self.calls_made}") for event in page.events)
        return evolve(page, events=told)


NEWS_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    SkipsAState,
    ForgetsReturns,
    ForgetsPauses,
    TakesARefusalForACancellation,
    TakesNewWordsForProgress,
    TakesNewWordsForSuccess,
    KnowsWordsByTheirBeginning,
    StumblesOverNewWords,
    ForgetsTheWord,
    ListsOtherWords,
    DropsOffsets,
    ForgetsZones,
    ReadsItsWatch,
    DropsZonesOfEvents,
    CountsNoRevisions,
    HidesRefusals,
    LosesAnEvent,
    RepeatsTheCursor,
    StopsAtAPage,
    StopsAtAHundred,
    ReadsFifty,
    CutsAPage,
    IgnoresTheLimit,
    TurnsPagesRound,
    SortsByOrder,
    ForgetsItsPlace,
    TakesAnyCursor,
    KnowsItsOwnCursors,
    MakesFreshEventIds,
)
