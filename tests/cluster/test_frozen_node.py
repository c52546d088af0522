"""A node that hangs: its connections stay open and nobody answers, until it wakes and finds itself shut out."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from loyaltycore.desk import Desk
from loyaltycore.errors import CommitUnknown, StaleRecord, StorageBusy, StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage
from loyaltycore.work.journal import InboxEvent
from tests.bounded import join, start
from tests.cluster.conftest import Figure, Shop
from tests.cluster.galera import NODES
from tests.house import HOME

FROZEN = 3
WRITERS = 6
TIMEOUT = 2.0
SHUT_OUT = 8.0
"""Seconds after which the others have certainly gone on without it."""

NOW = datetime(2026, 1, 15, tzinfo=UTC)


class Writers:
    """Threads that add records one by one, and write down what became of each."""

    def __init__(self, storage: Storage) -> None:
        self.outcomes: dict[str, str] = {}
        self._storage = storage
        self._stop = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They work while the block lasts."""
        threads = [start(self._work, number) for number in range(WRITERS)]
        try:
            yield
        finally:
            self._stop.set()
            join(*threads)

    def _work(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            key = f"{number}-{turn}"
            self.outcomes[key] = self._add(key)

    def _add(self, key: str) -> str:
        try:
            with self._storage.transaction() as tx:
                tx.add(InboxEvent(key, "frozen", key, NOW))
        except StorageError as error:
            time.sleep(0.1)
            return type(error).__name__
        return "kept"


def test_nobody_is_told_the_wrong_thing(shop: Shop, figure: Figure) -> None:
    """Whatever a node had in hand when it froze: kept is kept, busy is not there, and only "unknown" may be either."""
    url = shop.cluster.url(FROZEN, shop.database, alone=True)
    writers = Writers(shop.opened_at(url, pool_size=WRITERS))
    with writers.at_work():
        time.sleep(1)
        shop.cluster.pause(FROZEN)
        time.sleep(SHUT_OUT)
        shop.cluster.resume(FROZEN)
        shop.cluster.await_nodes(*NODES)
    with shop.at(1).storage.transaction(read_only=True) as tx:
        stored = {event.id for event in tx.find(InboxEvent, Query()) if event.source == "frozen"}
    tally = Counter((outcome, key in stored) for key, outcome in writers.outcomes.items())
    figure(f"frozen: outcome of a unit, and whether it was kept: {dict(tally)}")
    assert tally["kept", True] > 0
    assert tally["kept", False] == 0
    assert {outcome for outcome, there in tally if there} <= {"kept", "CommitUnknown"}


def test_work_goes_on_elsewhere(shop: Shop, figure: Figure) -> None:
    """While a node hangs, its own clerks and the others' get their orders through; what it had begun is not kept."""
    near, far = (shop.at(node, timeout=TIMEOUT).session("anna", "berlin") for node in (1, FROZEN))
    erika = near.customers.create(last_name="Mustermann", addresses=[HOME])
    far.customers.get(erika.id)
    held = shop.at(FROZEN, timeout=TIMEOUT).storage.transaction()
    tx = held.__enter__()
    seen = tx.get(type(erika), erika.id)
    assert seen
    tx.save(seen)
    shop.cluster.pause(FROZEN)
    pauses = _together([near, far], erika.id)
    figure(
        f"frozen: an order took {pauses[0]:.1f} s at a node of the majority, {pauses[1]:.1f} s for clients of the frozen one"
    )
    begun = time.monotonic()
    far.cards.order(erika.id)
    figure(f"frozen: the next one {time.monotonic() - begun:.2f} s for clients of the frozen one")
    near.customers.change(erika.id, last_name="Neumann")
    shop.cluster.resume(FROZEN)
    figure(f"frozen: in step again {shop.cluster.await_nodes(*NODES):.1f} s after it woke")
    try:
        held.__exit__(None, None, None)
    except (StorageBusy, StaleRecord, CommitUnknown) as error:
        figure(f"frozen: what was begun there ended with {type(error).__name__}")
    else:
        raise AssertionError("a unit was kept although its record had been changed")
    assert far.customers.get(erika.id).last_name == "Neumann"
    assert far.customers.get(erika.id).version == erika.version + 1
    assert len(near.cards.orders_of(erika.id)) == len(near.cards.of_customer(erika.id)) == 3


def _together(desks: list[Desk], customer_id: str) -> list[float]:
    """Let each order a card at the same time; answers how long each took."""
    took = [0.0] * len(desks)

    def order(number: int) -> None:
        begun = time.monotonic()
        desks[number].cards.order(customer_id)
        took[number] = time.monotonic() - begun

    join(*(start(order, number) for number in range(len(desks))))
    return took
