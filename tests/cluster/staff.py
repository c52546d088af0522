"""What the people in the shop do, each in a process of its own: ``python -m tests.cluster.staff ROLE OPTIONS``.

Options come as JSON; what happens is told on the standard output, one JSON object a line. Clerks end by themselves; the
others end when their standard input does.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import field, frozen

from loyaltycore import Loyalty
from loyaltycore.errors import CommitUnknown, Conflict, DeliveryFailed, StorageError
from loyaltycore.kernel.outbox import RetryPolicy
from loyaltycore.ports.messaging import DeliveryStatus, Email, Receipt
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import PARTS, THINGS
from tests.bounded import join, start
from tests.cluster.counting import CountingStorage
from tests.hosting import hosted
from tests.house import HOME

R = TypeVar("R")

PATIENCE: Final = 90.0
"""Seconds for which a clerk repeats one call under its key."""

RETRY: Final = RetryPolicy(
    first_delay=timedelta(seconds=0.2), longest_delay=timedelta(seconds=1), lease=timedelta(seconds=20)
)


@frozen
class MailLog:
    """A mailer that writes the id of each mail behind the others in a file, which any process may do."""

    file: Path

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Write it down."""
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(f"{email.message_id}\n")
        return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)


@frozen
class Staff:
    """One of the staff."""

    options: dict[str, Any]
    """What was said on the command line."""
    storage: CountingStorage = field()

    @storage.default
    def _open(self) -> CountingStorage:
        return CountingStorage(SqlStorage(self.options["url"], timeout=self.options.get("timeout", 5.0)))

    def clerk(self) -> None:
        """Take customers on and order cards, each call under a key, until it is answered."""
        desk = Loyalty(self.storage).session(self.options["name"], "berlin")
        shared = self.options.get("customers", [])
        say(ready=True)
        for number in range(self.options["orders"]):
            begun = time.monotonic()
            key = f"{self.options['name']}-{number}"
            if shared and number % 2:
                customer_id = shared[number % len(shared)]
            else:
                create = desk.keyed(f"{key}-c").customers.create
                email = f"{key}@example.org"
                customer_id = until_answered(partial(create, last_name=key, email=email, addresses=[HOME])).id
            order = until_answered(partial(desk.keyed(f"{key}-o").cards.order, customer_id))
            say(order=order.id, at=time.time(), took=round(time.monotonic() - begun, 3))
        say(ends=self.storage.ends)

    def opener(self) -> None:
        """Open the database, with record types of the host's own."""
        begun = time.monotonic()
        Loyalty(self.storage, capabilities=[hosted(records=[THINGS, PARTS])])
        say(ready=True, took=time.monotonic() - begun)

    def worker(self) -> None:
        """Hand print orders and mails over."""
        printer = HttpCardPrinter(
            base_url=self.options["vendor"], token=self.options["token"], timeouts=(2, 5), deadline=6
        )
        mailer = MailLog(Path(self.options["mails"]))
        loyalty = Loyalty(self.storage, card_printer=printer, mailer=mailer, retry=RETRY)
        stop = threading.Event()
        watching = start(loyalty.worker().watch, stop, poll_seconds=0.1)
        say(ready=True)
        until_told()
        stop.set()
        join(watching)
        say(ends=self.storage.ends)

    def reporter(self) -> None:
        """Take in what the vendor reports, again and again."""
        printer = HttpCardPrinter(
            base_url=self.options["vendor"], token=self.options["token"], timeouts=(2, 5)
        )
        loyalty = Loyalty(self.storage, card_printer=printer)
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                try:
                    loyalty.catch_up()
                except (StorageError, DeliveryFailed):
                    logging.getLogger(__name__).exception("could not catch up")
                stop.wait(0.3)

        watching = start(watch)
        say(ready=True)
        until_told()
        stop.set()
        join(watching)
        say(ends=self.storage.ends)


def until_answered(call: Callable[[], R]) -> R:
    """Repeat a keyed call until it has an answer, as a till does."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except (StorageError, CommitUnknown, Conflict) as error:
            say(repeated=type(error).__name__, at=time.time())
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def until_told() -> None:
    """Wait for the end of the standard input."""
    while os.read(0, 4096):
        pass


def say(**facts: Any) -> None:
    """Tell whoever has started this process."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    getattr(Staff(json.loads(sys.argv[2])), sys.argv[1])()
