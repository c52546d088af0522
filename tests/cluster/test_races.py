"""Rivals at three nodes, where no row lock reaches the others: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from loyaltycore.cards import CardState
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.customers.rules.customer import NumberRange
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.desk import Desk
from loyaltycore.errors import Conflict, Refused, StorageBusy
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.work.journal import Activity
from tests.bounded import at_once
from tests.cluster.conftest import Figure, Shop
from tests.cluster.counting import CountingStorage
from tests.cluster.galera import NODES
from tests.house import HOME

NUMBERS = 20
CHANGES = 20
TURNS = 8
RANGE = "customers:#"

FIELDS = ("last_name", "first_name", "company", "title", "name_extension", "notes")


def _storages(desks: list[Desk]) -> list[Any]:
    return list({id(desk.house): desk.house.storage for desk in desks}.values())


@pytest.fixture
def desks(shop: Shop) -> list[Desk]:
    """Six clerks in Berlin, two at each node, whose lost races are counted."""
    houses = {node: shop.at(node, wrap=CountingStorage) for node in NODES}
    return [houses[node].session(f"clerk {node}{letter}", "berlin") for letter in "ab" for node in NODES]


def _losses(desks: list[Desk]) -> str:
    ends: Counter[str] = sum((storage.ends for storage in _storages(desks)), Counter())
    lost = sum(storage.lost for storage in _storages(desks))
    return f"{lost} of {sum(ends.values())} units ran again"


def _until_kept(block: Callable[[], None]) -> None:
    """Run a block again after a growing pause, as its caller has to: nothing is repeated for him."""
    for tries in range(1, 50):
        try:
            return block()
        except (StorageBusy, Conflict):
            time.sleep(random.uniform(0, min(0.25, 0.004 * 2**tries)))  # noqa: S311  no secret
    raise AssertionError("never got through")


def test_numbers_are_given_once_and_without_a_gap(desks: list[Desk], figure: Figure) -> None:
    """Six clerks at three nodes take customers on: consecutive numbers, each once."""
    before = _running(desks[0])

    def take_on(number: int) -> list[str]:
        desk = desks[number]
        names = [f"Muster {number}-{turn}" for turn in range(NUMBERS)]
        return [desk.customers.create(last_name=name).number for name in names]

    given = [number for numbers in at_once(len(desks), take_on) for number in _ok(numbers)]
    pattern = NumberPattern.parse(NUMBER_PATTERN.default)
    expected = range(before + 1, before + 1 + len(desks) * NUMBERS)
    assert sorted(given) == [pattern.render(2026, running) for running in expected]
    assert _running(desks[-1]) == before + len(given)
    figure(f"numbers from one range, six clerks at three nodes: {_losses(desks)}")


def test_changes_of_one_customer_add_up(desks: list[Desk], figure: Figure) -> None:
    """Six clerks change one customer again and again, each another field: every change is there, and told of once."""
    erika = desks[0].customers.create(last_name="v0")

    def change(number: int) -> None:
        customers: Any = desks[number].customers
        for turn in range(1, CHANGES + 1):
            customers.change(erika.id, **{FIELDS[number]: f"v{turn}"})

    for outcome in at_once(len(desks), change):
        _ok(outcome)
    after = desks[-1].customers.get(erika.id)
    assert {getattr(after, name) for name in FIELDS} == {f"v{CHANGES}"}
    changes = len(desks) * CHANGES
    assert after.version == erika.version + changes
    with desks[1].house.storage.transaction(read_only=True) as tx:
        told = stored("subject_id") == erika.id
        assert tx.count(Activity, Query(told & (stored("action") == "customer.changed"))) == changes
    figure(f"one customer, six clerks at three nodes: {_losses(desks)}")


def test_one_key_is_one_order(desks: list[Desk]) -> None:
    """All nodes get one command under one key at once: one order, and everybody is told that very one."""
    erika = desks[0].customers.create(last_name="Mustermann", addresses=[HOME])
    for turn in range(TURNS):
        key = f"{erika.id}-{turn}"
        outcomes = at_once(len(desks), lambda n, key=key: desks[n].keyed(key).cards.order(erika.id))
        assert len({_ok(order) for order in outcomes}) == 1
    orders = desks[-1].cards.orders_of(erika.id)
    assert len(orders) == len(desks[-1].cards.of_customer(erika.id)) == TURNS


@pytest.mark.parametrize("keep", [True, False])
def test_a_card_is_followed_by_one(desks: list[Desk], *, keep: bool) -> None:
    """Of six who replace one card at three nodes one orders its follower; the others are told that there is one."""
    erika = desks[0].customers.create(last_name="Mustermann", addresses=[HOME])
    for _ in range(TURNS):
        old = desks[0].cards.activate(desks[0].cards.order(erika.id).card_id)
        outcomes = at_once(
            len(desks),
            lambda n, old=old: desks[n].cards.replace(old.id, keep_until_active=keep),
        )
        refusals = Counter(each.code for each in outcomes if isinstance(each, Refused))
        assert refusals == {"card.already_replaced": len(desks) - 1}, outcomes
        (order,) = [each for each in outcomes if isinstance(each, CardOrder)]
        cards = desks[-1].cards.of_customer(erika.id)
        assert [card.order_id for card in cards if card.replaces == old.id] == [order.id]
        assert desks[-1].cards.get(old.id).state is (CardState.ACTIVE if keep else CardState.INVALID)


def test_a_block_is_kept_whole(desks: list[Desk]) -> None:
    """Blocks of several verbs on the same two customers, at three nodes: both customers tell the same story."""
    one, two = (desks[0].customers.create(last_name="v0") for _ in range(2))

    def rename(number: int) -> None:
        for turn in range(TURNS):
            _until_kept(partial(_rename_both, desks[number], [one.id, two.id], f"{number}-{turn}"))

    for outcome in at_once(len(desks), rename):
        _ok(outcome)
    first, second = (desks[-1].customers.get(customer.id) for customer in (one, two))
    assert first.last_name == second.last_name
    assert first.version == second.version == 1 + len(desks) * TURNS


def _rename_both(desk: Desk, keys: list[str], name: str) -> None:
    with desk.transaction():
        for key in keys:
            desk.customers.change(key, last_name=name)


def _running(desk: Desk) -> int:
    with desk.house.storage.transaction(read_only=True) as tx:
        held = tx.get(NumberRange, RANGE)
    return held.last if held else 0


def _ok(outcome: Any) -> Any:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
