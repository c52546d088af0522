"""Tills that work on through every fault: a call that failed is repeated under its key until it is answered."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import define, field

from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore.errors import CommitUnknown, Refused, StorageBusy
from loyaltycore.kernel.printing import PrintCancellation, PrintOrder
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.ports.card_printing import CancelReceipt, PrintReceipt
from tests.bounded import all_at_once
from tests.faults.effort import LONG, patience
from tests.house import HOME


@define
class Till:
    """One till: it takes customers on, orders cards for them, and thinks better of some."""

    desk: Desk
    name: str
    chance: random.Random
    customers: list[str] = field(factory=list)
    """The ids of the customers that it took on."""
    numbers: list[str] = field(factory=list)
    orders: dict[str, str] = field(factory=dict)
    """The ids of the orders that it placed, with the customer's."""
    cancelled: set[str] = field(factory=set)
    too_late: set[str] = field(factory=set)
    """Those that it could not cancel, since their cards had left the vendor."""
    faults: Counter[str] = field(factory=Counter)
    """What its calls ended with before they were answered."""
    _keys: int = 0

    def step(self) -> None:
        """Do one thing."""
        doing: dict[Callable[[], object], int] = {self.create: 3}
        if self.customers:
            doing |= {self.order: 8, self.change: 3}
        if self.orders.keys() - self.cancelled - self.too_late:
            doing[self.cancel] = 2
        self.chance.choices(list(doing), list(doing.values()))[0]()

    def create(self) -> None:
        """Take a customer on."""
        number = len(self.customers)
        customer = self._call(
            lambda desk: desk.customers.create(
                last_name=f"{self.name}-{number}",
                email=self.address(number),
                addresses=[HOME],
            )
        )
        self.customers.append(customer.id)
        self.numbers.append(customer.number)

    def address(self, number: int) -> str:
        """The mail address of the customer who is taken on as the so-many-th, from 0."""
        return f"{self.name}.{number}@example.org"

    def change(self) -> None:
        """Write something into a customer's notes."""
        customer = self.chance.choice(self.customers)
        notes = f"note {self._keys}"
        self._call(lambda desk: desk.customers.change(customer, notes=notes))

    def order(self) -> str:
        """Order a card for one of the customers."""
        customer = self.chance.choice(self.customers)
        order: str = self._call(lambda desk: desk.cards.order(customer)).id
        assert order not in self.orders
        self.orders[order] = customer
        return order

    def cancel(self) -> None:
        """Cancel one of the orders."""
        order = self.chance.choice(sorted(self.orders.keys() - self.cancelled - self.too_late))
        try:
            self._call(lambda desk: desk.cards.cancel_order(order))
        except Refused as refusal:
            if refusal.code != "card_order.already_dispatched":
                raise
            self.too_late.add(order)
        else:
            self.cancelled.add(order)

    def _call(self, act: Callable[[Desk], Any]) -> Any:
        """Call under a key of its own, again and again until there is an answer."""
        self._keys += 1
        desk = self.desk.keyed(f"{self.name}.{self._keys}")
        for _ in patience("an answer"):
            try:
                return act(desk)
            except (StorageBusy, CommitUnknown) as error:
                self.faults[type(error).__name__] += 1
        raise AssertionError("unreachable")


def work_at_once(tills: list[Till], job: Callable[[Till], None]) -> None:
    """Let all tills do a job in threads of their own, to the end."""
    all_at_once(len(tills), lambda number: job(tills[number]), patience=5 * LONG)


class LockedPrinter(MemoryCardPrinter):
    """The vendor in memory for several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Take an order."""
        with self._lock:
            return super().submit(order, key)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Cancel."""
        with self._lock:
            return super().cancel(cancellation)


def open_tills(loyalty: Loyalty, count: int, chance: random.Random) -> list[Till]:
    """So many tills in Berlin."""
    return [
        Till(loyalty.session(f"till {number}", "berlin"), f"till-{number}", random.Random(chance.random()))  # noqa: S311  repeatable
        for number in range(count)
    ]
