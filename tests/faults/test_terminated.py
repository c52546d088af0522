"""The server ends connections at random moments under a mixed load: nothing is lost, nothing is done twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from secrets import token_hex
from typing import Self

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from loyaltycore import Loyalty
from loyaltycore.cards import OrderState
from loyaltycore.cards.rules.order import Cancellation, CardOrder
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import LoyaltyError
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, RetryPolicy
from loyaltycore.kernel.printing import PrintState
from loyaltycore.memory import MemoryMailer
from loyaltycore.work.ambient import SystemClock
from loyaltycore.work.journal import Activity
from loyaltycore_sql import SqlStorage
from tests.bounded import join, start
from tests.engines import fresh_database, server
from tests.faults.effort import FACTOR, patience
from tests.faults.racing import seeded, tell
from tests.faults.tills import LockedPrinter, Till, open_tills, work_at_once
from tests.house import House, build_house, dump

TILLS = 5
STEPS = 24 * FACTOR
KILLS = 60 * FACTOR
SOON = RetryPolicy(
    first_delay=timedelta(seconds=0.05), longest_delay=timedelta(seconds=0.2), lease=timedelta(seconds=2)
)

_VICTIMS = {
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE application_name = :name ORDER BY random() LIMIT 1",
    "mariadb": "SELECT id FROM information_schema.processlist WHERE db = :name ORDER BY RAND() LIMIT 1",
}
_WEAPONS = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL CONNECTION {}"}


class Killer:
    """Ends one of a shop's connections after the other, from the server's side."""

    def __init__(self, engine: str, name: str, chance: random.Random) -> None:
        self.kills = 0
        self._engine = engine
        self._name = name
        self._chance = chance
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self._thread = start(self._work)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        join(self._thread)

    def _work(self) -> None:
        engine = create_engine(server(self._engine), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            while self.kills < KILLS and not self._stop.wait(self._chance.uniform(0.005, 0.04)):
                victim = connection.execute(text(_VICTIMS[self._engine]), {"name": self._name}).scalar()
                if victim is not None:
                    with suppress(Exception):  # it may have gone by itself
                        connection.execute(text(_WEAPONS[self._engine].format(int(victim))))
                        self.kills += 1


@contextmanager
def _shop(engine: str) -> Iterator[tuple[House, str]]:
    """A house whose connections can be told from others', and the name by which they are."""
    with fresh_database(engine) as address:
        url = make_url(address)
        name = f"shop-{token_hex(4)}" if engine == "postgresql" else str(url.database)
        if engine == "postgresql":
            url = url.update_query_dict({"application_name": name})
        storage = SqlStorage(url.render_as_string(hide_password=False))
        house = build_house(storage, card_printer=LockedPrinter(), clock=SystemClock(), retry=SOON)
        house.set_up_cards()
        yield house, name
        storage.close()


@contextmanager
def _delivering(loyalty: Loyalty) -> Iterator[Counter[str]]:
    """Work through the outbox all the while, whatever comes; answers what was met."""
    stop = threading.Event()
    met: Counter[str] = Counter()

    def work() -> None:
        while not stop.wait(0.01):
            try:
                loyalty.deliver()
            except LoyaltyError as error:
                met[type(error).__name__] += 1

    threads = [start(work) for _ in range(2)]
    yield met
    stop.set()
    join(*threads)


@pytest.mark.parametrize("engine", list(_VICTIMS))
def test_connections_are_ended_under_a_mixed_load(engine: str) -> None:
    """Tills create, change, order and cancel, workers deliver, and connections are killed: each thing is done once."""
    chance = seeded()
    with _shop(engine) as (house, name):
        tills = open_tills(house.loyalty, TILLS, chance)
        with Killer(engine, name, chance) as killer, _delivering(house.loyalty) as met:
            work_at_once(tills, _do_some_things)
        for _ in patience("the outbox"):
            if not house.loyalty.session("outbox").outbox.status().messages[MessageState.PENDING]:
                break
            house.loyalty.deliver()
            time.sleep(0.02)
        _check(house, tills)
        faults = sum((till.faults for till in tills), Counter(met))
        tell(
            f"{engine}: {killer.kills} connections killed, {TILLS * STEPS} calls,"
            f" {sum(len(till.orders) for till in tills)} orders, seen by callers: {dict(faults)}"
        )
        assert killer.kills >= 10


def _do_some_things(till: Till) -> None:
    for _ in range(STEPS):
        till.step()


def _check(house: House, tills: list[Till]) -> None:
    """Compare what the tills were told with what is stored, printed and mailed."""
    everything = dump(house.loyalty)
    orders = {order.id: order for order in everything["card_orders"] if isinstance(order, CardOrder)}
    cancelled = {order for till in tills for order in till.cancelled}
    told = [order for till in tills for order in till.orders]
    assert sorted(orders) == sorted(told)
    assert len(everything["cards"]) == len(told)
    numbers = sorted(number for till in tills for number in till.numbers)
    pattern = NumberPattern.parse(NUMBER_PATTERN.default)
    assert numbers == sorted(pattern.render(2026, n) for n in range(1, len(numbers) + 1))
    # Both the till and the vendor say that an order is cancelled; nobody says anything twice.
    said = [a for a in everything["activities"] if isinstance(a, Activity) and a.action != "customer.changed"]
    assert set(Counter((a.action, a.subject_id, a.actor) for a in said).values()) == {1}
    messages = [message for message in everything["outbox"] if isinstance(message, OutboxMessage)]
    assert not [message for message in messages if message.state is MessageState.DEAD]
    assert isinstance(house.loyalty.card_printer, LockedPrinter)
    assert isinstance(house.loyalty.mailer, MemoryMailer)
    statuses = house.loyalty.card_printer.statuses
    for order in orders.values():
        status = statuses.get(order.id)
        if order.id in cancelled:
            assert (order.state, order.cancellation) == (OrderState.CANCELLED, Cancellation.CONFIRMED)
            assert status is None or status.state is PrintState.CANCELLED
        else:
            assert (order.state, order.cancellation) == (OrderState.PLACED, Cancellation.NONE)
            assert status is not None
            assert status.state is PrintState.RECEIVED
    mails = Counter(email.message_id for email in house.loyalty.mailer.sent)
    assert mails.keys() == {f"{order}.confirmation" for order in told}
    tell(f"{mails.total() - len(mails)} mails twice of {len(mails)}, {len(cancelled)} cancelled")
