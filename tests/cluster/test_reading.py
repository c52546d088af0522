"""What another node knows of a commit, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from loyaltycore.desk import Desk
from tests.bounded import join, start
from tests.cluster.conftest import Figure, Shop

ROUNDS = 150
BATCH = 50


@contextmanager
def _kept_busy(desk: Desk) -> Iterator[None]:
    """Large transactions all the while, so that the other nodes always have something to catch up with."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with desk.transaction():
                for number in range(BATCH):
                    desk.customers.create(last_name=f"Muster {number}")

    working = start(work)
    try:
        yield
    finally:
        stop.set()
        join(working)


@pytest.mark.parametrize("sync_wait", [1, 0])
def test_what_was_committed_is_read_elsewhere(shop: Shop, figure: Figure, *, sync_wait: int) -> None:
    """Whoever waits for what was committed elsewhere reads it at once; who does not wait may read what was before."""
    writing = shop.at(1).session("anna", "berlin")
    reading = [shop.at(node, wsrep_sync_wait=sync_wait).session("bert", "berlin") for node in (2, 3)]
    erika = writing.customers.create(last_name="Mustermann")
    stale, waited = 0, 0.0
    with _kept_busy(shop.at(1).session("clara", "berlin")):
        for number in range(ROUNDS):
            writing.customers.change(erika.id, notes=str(number))
            for desk in reading:
                notes, took = _timed(lambda desk=desk: desk.customers.get(erika.id).notes)
                stale += notes != str(number)
                waited += took
    reads = ROUNDS * len(reading)
    figure(
        f"wsrep_sync_wait={sync_wait}: {stale} of {reads} reads elsewhere stale, {1000 * waited / reads:.1f} ms each"
    )
    if sync_wait:
        assert stale == 0


def _timed(read: Callable[[], str]) -> tuple[str, float]:
    begun = time.monotonic()
    return read(), time.monotonic() - begun
