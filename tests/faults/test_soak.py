"""The main job under everything at once: nothing is lost, no card is made twice, every customer gets a mail.

``-s`` shows the figures of the soaks, and `tests.faults.effort` says how they become longer.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from loyaltycore.kernel.outbox import MessageState
from tests.engines import fresh_database
from tests.faults.effort import FACTOR, wait_for
from tests.faults.havoc import Havoc
from tests.faults.ledger import Ledger
from tests.faults.moods import ANSWER_CUT, ANSWER_LOST, REQUEST_LOST, RESET_BEFORE
from tests.faults.prefork import Prefork
from tests.faults.racing import seeded, tell
from tests.faults.tills import Till, open_tills, work_at_once
from tests.faults.town import Town, open_town

TILLS = 4
AT_LEAST = {"workers": 8, "receivers": 4, "vendor": 3, "frozen": 1}
"""Strokes without which a soak would prove nothing: it goes on until there are so many, and every mood was felt."""


@pytest.mark.parametrize(("engine", "orders"), [("postgresql", 120), ("sqlite", 40), ("mariadb", 40)])
def test_everything_happens_once(engine: str, orders: int, forking: Prefork, tmp_path: Path) -> None:
    """Workers, vendor and receiver are killed, requests and answers are lost: each order is made, mailed and told once."""
    chance = seeded()
    start = time.monotonic()
    with fresh_database(engine) as url, open_town(url, tmp_path, forking, chance) as town:
        tills = open_tills(town.loyalty, TILLS, chance)
        for till in tills:
            _lose_some_answers_of_the_mail_server(town, till)
        havoc = Havoc(town, chance)
        with havoc:
            work_at_once(tills, lambda till: _order(till, orders * FACTOR // TILLS, chance))
            wait_for(lambda: havoc.tally >= Counter(AT_LEAST) and _was_felt(town), "havoc")
        calm = time.monotonic()
        assert not havoc.faults, havoc.faults
        _wait_for_the_end(town)
        ended = havoc.end_all()
        ledger = Ledger.read(town.loyalty, tills, tmp_path / "vendor.db", town.mail)
        _tell(engine, town, havoc, ledger, calm - start, time.monotonic() - start)
        ledger.check()
        assert ledger.vendor.repeated
        assert ledger.out_of_order()
        assert ended == [0] * len(ended)


def _lose_some_answers_of_the_mail_server(town: Town, till: Till) -> None:
    """Every fifth customer's first mail is stored, and its answer is lost."""
    for number in range(0, 40, 5):
        town.mail.answer(till.address(number), answer=["cut", "250 ok"])


def _order(till: Till, count: int, chance: random.Random) -> None:
    """Work until so many orders were placed, with pauses in which havoc can strike."""
    while len(till.orders) < count:
        till.step()
        time.sleep(chance.uniform(0, 0.06))


def _wait_for_the_end(town: Town) -> None:
    """Nothing is killed any more: the outbox empties itself, the vendor finishes, and the last news are fetched."""
    outbox = town.loyalty.session("outbox").outbox
    wait_for(lambda: not outbox.status().messages[MessageState.PENDING], "the outbox")
    at_rest = {"delivered", "cancelled"}
    wait_for(
        lambda: {order["state"] for order in town.vendor.control("orders")["orders"]} <= at_rest,
        "the vendor",
    )
    town.loyalty.catch_up()


def _was_felt(town: Town) -> bool:
    """Whether connections to the vendor broke both before a request was served and after it."""
    felt = town.to_vendor.tally
    return felt[RESET_BEFORE] + felt[REQUEST_LOST] > 0 and felt[ANSWER_LOST] + felt[ANSWER_CUT] > 0


def _tell(
    engine: str, town: Town, havoc: Havoc, ledger: Ledger, under_fire: float, altogether: float
) -> None:
    orders, cancelled = len(ledger.stored["card_orders"]), sum(len(till.cancelled) for till in ledger.tills)
    events, calls = len(ledger.vendor.events), ledger.vendor.calls
    tell(f"{engine}: {orders} orders, {cancelled} cancelled, {len(ledger.stored['customers'])} customers")
    tell(f"  killed: {dict(havoc.tally)}")
    tell(f"  towards the vendor: {dict(town.to_vendor.tally)}")
    tell(f"  towards the shop: {dict(town.to_shop.tally)}; {calls} webhook calls for {events} events")
    tell(
        f"  {ledger.out_of_order()} events came after a later one of their order, {ledger.vendor.repeated} repeatedly"
    )
    tell(f"  {ledger.twice()} of {len(ledger.mails)} mails came twice; most tries {ledger.most_attempts()}")
    tell(f"  {under_fire:.1f} s under fire, {altogether:.1f} s altogether")
