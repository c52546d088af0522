"""What rivals do to one another's records, in a thread or in a process."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from loyaltycore import Loyalty, Money, Refused
from loyaltycore.booking import Planner
from loyaltycore.desk import Desk
from loyaltycore.errors import Conflict, EditedMeanwhile, StorageBusy
from loyaltycore.kernel.decisions import Decision, Dispatch
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.outbox.handler import Outcome, Verdict
from loyaltycore.sales import Order, OrderLine
from loyaltycore.work.unit import Unit
from tests.faults.effort import patience
from tests.faults.racing import until_done

_TEXTS = (
    "last_name",
    "first_name",
    "company",
    "title",
    "name_extension",
    "notes",
    "external_number",
    "email",
)
_DATES = ("birth_date", "customer_since")
FIELDS = (*_TEXTS, *_DATES)
"""One field of the customer for each rival."""


class _ChangedMind(Exception):
    """Leaves a block without keeping anything."""


def value_of(field: str, round_number: int) -> Any:
    """What a rival writes into its field in a round, from 1."""
    if field in _DATES:
        return date(2000, 1, 1) + timedelta(days=round_number)
    return f"v{round_number}@example.org" if field == "email" else f"v{round_number}"


def change_own_field(desk: Desk, customer_id: str, number: int, rounds: int) -> int:
    """Change the field of one's own again and again; answers how often."""
    field: Any = FIELDS[number]
    for round_number in range(1, rounds + 1):
        desk.customers.change(customer_id, **{field: value_of(field, round_number)})
    return rounds


def count_in_notes(desk: Desk, customer_id: str, number: int, rounds: int) -> int:
    """Add one to the number in the notes, in one of the two ways in which a caller may; answers how often in vain."""
    lost = 0
    for _ in range(rounds):
        if number % 2:
            until_done(lambda: _count_in_block(desk, customer_id))
            continue
        for _ in patience("a count"):
            seen = desk.customers.get(customer_id)
            try:
                desk.customers.change(
                    customer_id, expected_version=seen.version, notes=str(int(seen.notes) + 1)
                )
                break
            except EditedMeanwhile:
                lost += 1
    return lost


def _count_in_block(desk: Desk, customer_id: str) -> None:
    with desk.transaction():
        seen = desk.customers.get(customer_id)
        desk.customers.change(customer_id, notes=str(int(seen.notes) + 1))


def create_customers(desk: Desk, number: int, rounds: int) -> list[str]:
    """Take customers on and, in between, change one's mind after the number was given; answers the numbers kept."""
    kept = []
    for round_number in range(rounds):
        kept.append(desk.customers.create(last_name=f"Muster {number}-{round_number}").number)
        until_done(lambda: _create_and_regret(desk))
    return kept


def _create_and_regret(desk: Desk) -> None:
    with suppress(_ChangedMind), desk.transaction():
        desk.customers.create(last_name="Nobody")
        raise _ChangedMind


@frozen
class Probe:
    """A handler that writes the key of each message behind the others in a file, which any process may do."""

    file: Path
    poison: str = ""
    """The key of a message that cannot be survived."""
    kind: str = "test.probe"

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand over; the poisonous one kills the process that tries it."""
        if message.key == self.poison:
            os.kill(os.getpid(), signal.SIGKILL)
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(f"{message.key}\n")
        return Outcome(Verdict.DONE)

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """There is no further effect."""

    def keys(self) -> list[str]:
        """What was handed over, by anybody, in order."""
        return self.file.read_text("utf-8").split()


def dispatch_probes(desk: Desk, count: int) -> list[str]:
    """Put messages into the outbox; answers their keys."""
    keys = [f"probe-{number}" for number in range(count)]
    with desk.transaction() as unit:
        messages = tuple(Dispatch("test.probe", {"key": key}, key, desk.branch) for key in keys)
        unit.apply(Decision(None, dispatch=messages))
    return keys


def deliver_probes(loyalty: Loyalty) -> int:
    """Work through the outbox in small portions, as a worker; answers how many messages were handed over."""
    worker, done = loyalty.worker(), 0
    for _ in patience("the outbox"):
        report = worker.run_pass(limit=5)
        if not report.tried:
            break
        done += report.done
    return done


def deliver_to_the_end(loyalty: Loyalty) -> None:
    """Work through the outbox until nothing waits any more, as a worker that watches."""
    worker, outbox = loyalty.worker(), loyalty.session("outbox").outbox
    for _ in patience("the outbox"):
        if not outbox.status().messages[MessageState.PENDING]:
            break
        worker.run_pass()
        time.sleep(0.02)


def half_hours(first: datetime, count: int) -> list[datetime]:
    """So many times, half an hour apart."""
    return [first + number * timedelta(minutes=30) for number in range(count)]


def tell_customer(loyalty: Loyalty, appointment_id: str) -> str:
    """Tell the customer of an appointment by a mail; answers the id of the notice."""
    appointments = loyalty.session("anna", "berlin").appointments
    return until_done(lambda: appointments.notify(appointment_id, by="email").id)


def book_anything(planner: Planner, starts: list[datetime], number: int) -> tuple[int, int]:
    """Try to book each of these times, in an order of one's own; answers how often it was had, and how often it was taken."""
    had = taken = 0
    for each in random.Random(number).sample(starts, len(starts)):  # noqa: S311  no secret
        for _ in patience("a booking"):
            try:
                planner.book(
                    each,
                    first_name="E",
                    last_name=f"R{number}",
                    email=f"{number}.{each:%d.%H.%M}@example.org",
                    phone="0170 1234567",
                )
                had += 1
            except Refused as refusal:
                taken += refusal.code == "booking.slot_taken"
            except (Conflict, StorageBusy):
                continue
            break
    return had, taken


def order_limited(desk: Desk, number: int, rounds: int) -> list[int]:
    """Order what a promotion reduces a limited number of times, every third order by way of a reservation.

    Returns:
        How often it was reduced, and how often not.
    """
    lines = [OrderLine("1", "frame", Money(3000, "EUR"))]
    answers = [0, 0]
    for place in range(rounds):
        order = Order(f"{number}-{place}", None, lines)
        if place % 3 == 2:
            until_done(partial(desk.sales.reserve, order))
        sale = until_done(partial(desk.sales.settle, order))
        answers[not sale.discounts] += 1
    return answers
