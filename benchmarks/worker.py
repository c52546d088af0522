"""Worker processes that deliver an outbox until so many orders have their receipt."""

from __future__ import annotations

import sys
import time
from multiprocessing import get_context
from typing import Any

from loyaltycore import Loyalty
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_sql import SqlStorage

PAUSE = 0.1
"""How long a worker rests who found nothing, in seconds."""


def deliver(url: str, vendor: str, token: str, wanted: int, ready: Any, delivered: Any) -> None:
    """Deliver what is due, pass after pass, until all workers together have delivered what is wanted."""
    storage = SqlStorage(url)
    loyalty = Loyalty(storage, card_printer=HttpCardPrinter(base_url=vendor, token=token))
    worker = loyalty.worker()
    ready.wait()
    while delivered.value < wanted:
        done = worker.run_pass().done
        if not done:
            time.sleep(PAUSE)
        with delivered.get_lock():
            delivered.value += done
    storage.close()


def main(url: str, vendor: str, token: str, workers: int, wanted: int) -> None:
    """Say when all workers are ready, and how many orders were delivered when they have ended."""
    context = get_context("spawn")
    ready, delivered = context.Barrier(workers + 1), context.Value("i", 0)
    arguments = (url, vendor, token, wanted, ready, delivered)
    running = [context.Process(target=deliver, args=arguments) for _ in range(workers)]
    for worker in running:
        worker.start()
    ready.wait()
    print("ready", flush=True)
    for worker in running:
        worker.join()
    print(delivered.value, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
