"""The vendor takes an order and nobody hears of it: what is repeated is recognised, and what follows waits for it."""

from __future__ import annotations

from collections.abc import Callable

from loyaltycore.cards.rules.order import Cancellation
from loyaltycore.kernel.printing import PrintCancellation, PrintOrder
from loyaltycore.ports.card_printing import CancelReceipt, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.faults.scene import SilentVendor
from tests.house import House, build_house


class UnheardVendor(SilentVendor):
    """Takes orders, and its first answers are lost."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.keys: list[str] = []
        """The keys under which orders came."""
        self.cancelled: list[str] = []
        """The orders that it was asked to cancel."""
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens while it takes an order."""
        self._lost = lost

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Take an order."""
        self.keys.append(key)
        self.meanwhile()
        if len(self.keys) <= self._lost:
            return PrintReceipt(Receipt(DeliveryStatus.UNKNOWN, code="timeout"))
        return super().submit(order, key)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Cancel."""
        self.cancelled.append(cancellation.reference)
        return super().cancel(cancellation)


def _house(vendor: UnheardVendor) -> House:
    house = build_house(card_printer=vendor)
    house.set_up_cards()
    return house


def test_a_print_order_is_repeated_under_its_key() -> None:
    """However often nobody hears the vendor, it sees one key."""
    vendor = UnheardVendor(lost=3)
    house = _house(vendor)
    house.desk.cards.order(house.customer().id)
    for _ in range(5):
        house.loyalty.deliver()
        house.clock.advance(minutes=10)
    assert len(vendor.keys) == 4
    assert len(set(vendor.keys)) == 1


def test_a_wish_to_cancel_waits_for_an_order_that_is_under_way() -> None:
    """While one worker is handing the order over, another one does not overtake it with the wish, nor forgets it."""
    vendor = UnheardVendor(lost=1)
    house = _house(vendor)
    order = house.desk.cards.order(house.customer().id)

    overtaking: list[str] = []

    def cancel() -> None:
        house.desk.cards.cancel_order(order.id)
        house.clock.advance(seconds=5)
        house.loyalty.deliver()
        overtaking.extend(vendor.cancelled)

    vendor.meanwhile = cancel
    house.loyalty.deliver()
    vendor.meanwhile = lambda: None
    for _ in range(3):
        house.clock.advance(minutes=10)
        house.loyalty.deliver()
    assert overtaking == []
    assert vendor.cancelled == [order.id]
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.CONFIRMED
