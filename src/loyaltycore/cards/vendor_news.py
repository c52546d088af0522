"""What the card vendor reports, by webhook, by catching up or by asking: the same end whatever the way and the order.

An event and its effect are written in one transaction. What an event says decides whether it is news, not its id: a
vendor that gives two events one id loses neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from loyaltycore.cards.printing import take_status
from loyaltycore.cards.rules.order import Cancellation, CardOrder, OrderState
from loyaltycore.cards.rules.production import is_news
from loyaltycore.errors import DeliveryFailed, InvalidInput
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.printing import PrintEvent
from loyaltycore.outbox.news import Intake
from loyaltycore.ports.card_printing import UNKNOWN_CURSOR, CardPrinter, SupportsEvents, SupportsWebhooks
from loyaltycore.ports.logs import Log, about, word
from loyaltycore.work.journal import Cursor, InboxEvent
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_log: Final = Log("cards")

_PORTION: Final = 100
_CURSOR: Final = "card_printer.events"
_OPEN: Final = (OrderState.PLACED, OrderState.IN_PRODUCTION, OrderState.DISPATCHED)


class VendorNews:
    """Takes in what the card vendor reports."""

    name: Final = "card-printer"

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _printer(self) -> CardPrinter | None:
        return self._session.house.card_printer

    @property
    def is_set_up(self) -> bool:
        """Whether there is a card printer."""
        return self._printer is not None

    @property
    def sends_webhooks(self) -> bool:
        """Whether the card printer can read calls of its vendor."""
        return isinstance(self._printer, SupportsWebhooks)

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call of the vendor."""
        printer = self._printer
        if not isinstance(printer, SupportsWebhooks):
            raise DeliveryFailed("no_webhooks", "this card printer sends no webhooks", permanent=True)
        events = printer.parse_webhook(headers, body, self._session.house.clock.now())
        return sum((self._take(event) for event in events), Intake())

    def catch_up(self) -> Intake:
        """Take in everything that the vendor has reported since the last time."""
        printer = self._printer
        if printer is None:
            return Intake()
        if not isinstance(printer, SupportsEvents):
            return self._ask(printer)
        cursor = run_query(self._session, lambda unit: unit.seek(Cursor, _CURSOR))
        position = cursor.position if cursor else ""
        try:
            return self._read(printer, position)
        except DeliveryFailed as failure:
            if failure.code != UNKNOWN_CURSOR or not position:
                raise
        # Another vendor, or one restored from a backup. Nothing counts twice, so its news is read from the beginning.
        _log.warning("cursor unknown to vendor", source=self.name)
        return self._read(printer, "")

    def _read(self, printer: SupportsEvents, position: str) -> Intake:
        """Take in all events after a position, page by page."""
        total, more = Intake(), True
        while more:
            page = printer.events_after(position, _PORTION)
            total = sum((self._take(event) for event in page.events), total)
            self._remember(page.cursor)
            more = page.more and page.cursor != position
            position = page.cursor
        return total

    def _ask(self, printer: CardPrinter) -> Intake:
        """Look up every open order, for a vendor that has no list of events."""
        total = Intake()
        after: tuple[str, ...] | None = None
        while True:
            orders = self._open_orders(after)
            for order in orders:
                total += self._look_up(printer, order)
            if len(orders) < _PORTION:
                return total
            after = (orders[-1].id, orders[-1].id)

    def _open_orders(self, after: tuple[str, ...] | None) -> list[CardOrder]:
        # A wish to cancel is open until the vendor has answered it, although the order is cancelled here already.
        where = stored("state").one_of(_OPEN) | (stored("cancellation") == Cancellation.REQUESTED)
        return run_query(
            self._session,
            lambda unit: list(unit.find(CardOrder, where, order_by=("id",), after=after, limit=_PORTION)),
        )

    def _look_up(self, printer: CardPrinter, order: CardOrder) -> Intake:
        status = printer.find(order.id)
        try:
            if status is None or not is_news(order, status):
                return Intake()
            run_command(self._session, "", "", lambda unit: take_status(unit, status))
        except InvalidInput as error:
            _log.error("news not taken in", order=order.id, **about(error))
            return Intake(unknown=1)
        return Intake(taken=1)

    def _take(self, event: PrintEvent) -> Intake:
        try:
            return run_command(self._session, "", "", lambda unit: self._taken(unit, event))
        except InvalidInput as error:
            # An event that cannot be kept must not hold up the news after it.
            _log.error("news not taken in", event_id=word(event.event_id), **about(error))
            return Intake(unknown=1)

    def _taken(self, unit: Unit, event: PrintEvent) -> Intake:
        known = (stored("source") == event.source) & (stored("event_id") == event.event_id)
        repeated = unit.count(InboxEvent, known) > 0
        if not repeated:
            unit.add(InboxEvent(unit.ids.new(), event.source, event.event_id, unit.now))
        order = take_status(unit, event.status)
        if repeated:
            return Intake(repeated=1)
        return Intake(taken=1) if order is not None else Intake(unknown=1)

    def _remember(self, position: str) -> None:
        def remember(unit: Unit) -> None:
            held = unit.seek(Cursor, _CURSOR, for_update=True)
            if held is None:
                unit.add(Cursor(_CURSOR, position))
            elif held.position != position:
                unit.save(evolve(held, position=position))

        run_command(self._session, "", "", remember)
