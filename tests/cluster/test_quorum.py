"""Two of three nodes are gone: the third refuses everything, nothing wrong is written, and afterwards it goes on."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from loyaltycore.desk import Desk
from loyaltycore.errors import CommitUnknown, StorageBusy, StorageError
from tests.bounded import join
from tests.cluster.conftest import Figure, Shop
from tests.cluster.galera import NODES
from tests.house import HOME

SURVIVOR = 1
CLERKS = 4
BOUND = 30.0
"""Seconds after which a call has certainly ended, although nobody serves."""


class Clerk(threading.Thread):
    """Orders cards under keys until a call fails."""

    def __init__(self, desk: Desk, number: int, customer_id: str) -> None:
        super().__init__()
        self.answered: dict[str, str] = {}
        """Orders by key."""
        self.failed = ""
        """The key of the call that failed."""
        self.error: StorageError | None = None
        self._desk = desk
        self._number = number
        self._customer_id = customer_id

    def run(self) -> None:
        """Work."""
        turn = 0
        while self.error is None:
            turn += 1
            key = f"{self._customer_id[-20:]}-{self._number}-{turn}"
            try:
                self.answered[key] = self._desk.keyed(key).cards.order(self._customer_id).id
            except StorageError as error:
                self.failed, self.error = key, error


def test_without_a_majority_nothing_is_written(shop: Shop, figure: Figure) -> None:
    """Calls end with an error in bounded time; repeated under their keys after the repair, each was carried out once."""
    desk = shop.at(SURVIVOR).session("anna", "berlin")
    erika = desk.customers.create(last_name="Mustermann", addresses=[HOME])
    clerks = [
        Clerk(shop.at(NODES[number % 3]).session(f"clerk {number}", "berlin"), number, erika.id)
        for number in range(CLERKS)
    ]
    for clerk in clerks:
        clerk.start()
    time.sleep(2)
    for node in NODES:
        if node != SURVIVOR:
            shop.cluster.kill(node)
    begun = time.monotonic()
    for clerk in clerks:
        join(clerk, patience=2 * BOUND)
    ended = Counter(type(clerk.error).__name__ for clerk in clerks)
    figure(f"quorum lost: calls under way ended after {time.monotonic() - begun:.1f} s with {dict(ended)}")
    assert all(isinstance(clerk.error, StorageBusy | CommitUnknown) for clerk in clerks)

    for call in (lambda: desk.cards.order(erika.id), lambda: desk.customers.get(erika.id)):
        begun = time.monotonic()
        with pytest.raises(StorageBusy) as caught:
            call()
        took = time.monotonic() - begun
        figure(f"quorum lost: a call ended after {took:.1f} s with {type(caught.value).__name__}")
        assert took < BOUND
    assert "1047" in str(caught.value)

    shop.cluster.bootstrap(SURVIVOR)
    shop.cluster.await_nodes(SURVIVOR)
    answered = {key: order for clerk in clerks for key, order in clerk.answered.items()}
    stored = {order.id for order in desk.cards.orders_of(erika.id)}
    assert set(answered.values()) <= stored
    assert len(stored) - len(answered) <= sum(isinstance(clerk.error, CommitUnknown) for clerk in clerks)
    for clerk in clerks:
        answered[clerk.failed] = desk.keyed(clerk.failed).cards.order(erika.id).id
    orders = [order.id for order in desk.cards.orders_of(erika.id)]
    assert sorted(orders) == sorted(answered.values())
    assert len(set(orders)) == len(orders) == len(desk.cards.of_customer(erika.id))
