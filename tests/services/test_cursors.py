"""Reading a vendor's list of events: where to go on, and what happens if the vendor does not know the place."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore.cards import OrderState
from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintState
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.ports.card_printing import UNKNOWN_CURSOR, EventPage
from loyaltycore.work.journal import Cursor
from tests.house import House, dump
from tests.services.steps import ordered, report


class Forgetful(MemoryCardPrinter):
    """Gives cursors that it does not know, and forgets its first ones."""

    asked = 0

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, or refuse."""
        self.asked += 1
        if cursor:
            raise DeliveryFailed(UNKNOWN_CURSOR, "forgotten", permanent=True)
        return evolve(super().events_after(cursor, limit), cursor="lost", more=True)


def _position(house: House) -> str:
    (cursor,) = dump(house.loyalty)["cursors"]
    assert isinstance(cursor, Cursor)
    return cursor.position


def test_another_vendors_news_is_read_from_its_beginning(house: House) -> None:
    """A cursor of the old vendor means nothing to the new one: nothing is missed, and nothing counts twice."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    report(house, order, PrintState.ACCEPTED)
    assert _position(house) == "2"
    new = MemoryCardPrinter("new")
    new.statuses[order.id] = house.printer.statuses[order.id]
    new.move(order.id, PrintState.DISPATCHED)
    house.loyalty.card_printer = new
    taken = house.loyalty.catch_up()
    assert (taken.taken, _position(house)) == (1, "1")
    assert house.desk.cards.get_order(order.id).state is OrderState.DISPATCHED
    assert house.loyalty.catch_up().taken == 0


def test_a_vendor_restored_from_a_backup_is_read_again(house: House) -> None:
    """Its cursors have gone back: what was read before is recognised, and what it says anew is taken in."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    report(house, order, PrintState.ACCEPTED)
    report(house, order, PrintState.IN_PRODUCTION)
    del house.printer._events[1:]
    before = house.desk.cards.get_order(order.id)
    again = house.loyalty.catch_up()
    assert (again.taken, again.repeated) == (0, 1)
    assert house.desk.cards.get_order(order.id) == before


def test_a_vendor_that_knows_none_of_its_cursors_ends_the_reading(house: House) -> None:
    """It begins again once and not for ever; what was read by then is kept."""
    forgetful = Forgetful()
    house.loyalty.card_printer = forgetful
    for _ in range(2):
        before = forgetful.asked
        with pytest.raises(DeliveryFailed) as raised:
            house.loyalty.catch_up()
        assert raised.value.code == UNKNOWN_CURSOR
        assert forgetful.asked - before <= 3


def test_another_failure_keeps_the_place(house: House) -> None:
    """A vendor that does not answer is asked from the same place the next time."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    report(house, order, PrintState.ACCEPTED)
    place = _position(house)
    house.printer.events_after = _silent  # the same vendor, out of reach
    with pytest.raises(DeliveryFailed):
        house.loyalty.catch_up()
    assert _position(house) == place


def _silent(cursor: str, limit: int = 100) -> EventPage:
    raise DeliveryFailed("unreachable", f"nothing after {cursor!r}", permanent=False)
