"""Delivers an outbox with so many worker processes and prints how many orders were handed over in how many seconds."""

from __future__ import annotations

import sys
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from loyaltycore import Loyalty
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_sql import SqlStorage


def deliver(url: str, vendor: str, token: str, ready: Barrier) -> int:
    """Deliver what is due as one worker; begin when all are ready."""
    storage = SqlStorage(url)
    loyalty = Loyalty(storage, card_printer=HttpCardPrinter(base_url=vendor, token=token))
    worker = loyalty.worker()
    ready.wait()
    done = worker.run_pass().done
    storage.close()
    return done


def _work(url: str, vendor: str, token: str, ready: Barrier, answers: object) -> None:
    answers.put(deliver(url, vendor, token, ready))  # type: ignore[attr-defined]  # a queue


def main(url: str, vendor: str, token: str, count: int) -> None:
    """Start the workers, let them go at once, and wait for all."""
    context = get_context("spawn")
    ready, answers = context.Barrier(count + 1), context.Queue()
    workers = [context.Process(target=_work, args=(url, vendor, token, ready, answers)) for _ in range(count)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    done = sum(answers.get() for _ in workers)
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    print(done, seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
