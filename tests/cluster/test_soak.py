"""The main job on a cluster that loses a node: every order reaches the vendor, and every card is made once."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

from loyaltycore.cards import OrderState
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import MessageState
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor
from tests.bounded import join, start
from tests.cluster.conftest import Figure, Shop
from tests.cluster.galera import NODES
from tests.cluster.hiring import Employee, Team, longest_pause, slowest
from tests.house import HOME

ORDERS = 120
"""Of each of three clerks."""

VICTIM = 2
PATIENCE = 60.0


def _orders(clerks: list[Employee]) -> list[str]:
    return [word["order"] for clerk in clerks for word in clerk.orders]


def _await_orders(clerks: list[Employee], count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(_orders(clerks)) < count:
        assert time.monotonic() < end, f"{len(_orders(clerks))} of {count} orders"
        time.sleep(0.02)


def test_no_order_is_lost_and_none_is_made_twice(shop: Shop, tmp_path: Path, figure: Figure) -> None:
    """Three clerks, two workers and a reporter at three nodes; one node is killed half way and comes back."""
    head = shop.at(1)
    desk = head.session("anna", "berlin")
    regulars = [desk.customers.create(last_name=f"Stamm {n}", addresses=[HOME]).id for n in range(5)]
    mails = tmp_path / "mails"
    mails.touch()
    with running_vendor(step_seconds=0.05) as vendor, Team(tmp_path) as team:
        there = {"vendor": vendor.url, "token": vendor.token, "mails": str(mails)}
        others = [team.hire("worker", url=shop.url(node), **there) for node in (VICTIM, 3)]
        others.append(team.hire("reporter", url=shop.url(1), **there))
        clerks = [
            team.hire("clerk", url=shop.url(node), name=f"clerk-{node}", orders=ORDERS, customers=regulars)
            for node in NODES
        ]
        for employee in (*others, *clerks):
            employee.await_ready()
        _await_orders(clerks, len(NODES) * ORDERS // 2)
        shop.cluster.kill(VICTIM)
        killed = time.time()
        _await_orders(clerks, len(NODES) * ORDERS * 2 // 3)
        back: list[float] = []
        rejoining = start(lambda: back.append(shop.cluster.rejoin(VICTIM)))
        for clerk in clerks:
            clerk.finish()
        join(rejoining, patience=600)
        shop.cluster.await_nodes(*NODES)
        missed = shop.cluster.events_received(VICTIM)
        orders = _orders(clerks)
        _await_vendor(shop, vendor, len(orders))
        for other in others:
            other.finish()
        head.card_printer = HttpCardPrinter(base_url=vendor.url, token=vendor.token)
        head.catch_up()

        assert len(set(orders)) == len(orders) == len(NODES) * ORDERS
        assert sorted(vendor.prints()) == sorted(orders)
    messages = desk.outbox.status().messages
    assert {state: count for state, count in messages.items() if count} == {
        MessageState.DONE: sum(messages.values())
    }
    with head.storage.transaction(read_only=True) as tx:
        stored = {order.id: order for order in tx.find(CardOrder, Query())}
        assert tx.count(Customer, Query()) == len(regulars) + len(NODES) * ORDERS // 2
    assert stored.keys() == set(orders)
    assert {order.state for order in stored.values()} <= {OrderState.DISPATCHED, OrderState.DELIVERED}
    sent = Counter(mails.read_text("utf-8").split())
    addressed = sum(1 for order in stored.values() if order.customer_id not in regulars)
    assert len(sent) == addressed
    shop.cluster.assert_equal_contents(shop.database)

    ends: Counter[str] = sum((employee.ends for employee in (*clerks, *others)), Counter())
    repeated: Counter[str] = sum((clerk.repeated for clerk in clerks), Counter())
    figure(f"soak: {len(orders)} orders, each made once, {sum(sent.values()) - len(sent)} mails twice")
    figure(f"soak: units {dict(ends)}; calls that clerks had to repeat {dict(repeated)}")
    figure(f"soak: {_rate(clerks, before=killed):.1f} orders/s before the kill")
    figure(
        f"soak: longest pause of all {longest_pause(clerks):.1f} s, of each clerk "
        + ", ".join(f"{slowest(clerk):.1f} s" for clerk in clerks)
    )
    figure(
        f"soak: the killed node was back after {back[0]:.1f} s, having been given {missed} writes that it had missed"
    )


def _await_vendor(shop: Shop, vendor: RunningVendor, count: int) -> None:
    """Wait until everything is handed over and made."""
    outbox = shop.at(3).session("anna").outbox
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not outbox.status().messages[MessageState.PENDING] and len(vendor.prints()) >= count:
            return
        time.sleep(0.2)
    raise AssertionError(f"{outbox.status()}, {len(vendor.prints())} cards of {count}")


def _rate(clerks: list[Employee], *, before: float = float("inf")) -> float:
    times: list[float] = sorted(
        word["at"] for clerk in clerks for word in clerk.orders if word["at"] < before
    )
    return (len(times) - 1) / (times[-1] - times[0])


def test_orders_per_second(shop: Shop, tmp_path: Path, figure: Figure) -> None:
    """The same three clerks with all of them at one node, and with each at a node of its own: both get through."""
    for spread, where in ((False, "one node"), (True, "three nodes")):
        with Team(tmp_path) as team:
            clerks = [
                team.hire(
                    "clerk", url=shop.url(node if spread else 1), name=f"{spread}-{node}", orders=ORDERS // 2
                )
                for node in NODES
            ]
            for clerk in clerks:
                clerk.finish()
        ends: Counter[str] = sum((clerk.ends for clerk in clerks), Counter())
        lost: Any = {name: count for name, count in ends.items() if name != "kept"}
        figure(
            f"{where}: {_rate(clerks):.1f} orders/s (each with a new customer), units that ran again {lost}"
        )
        assert len(set(_orders(clerks))) == len(NODES) * ORDERS // 2
