"""Merges at the same moment as everything else that is written about the two customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.desk import Desk
from loyaltycore.errors import EditedMeanwhile, LoyaltyError, NotFound, Refused, StorageBusy
from loyaltycore.kernel.criteria import Query
from loyaltycore.merging import Merge, MergeState
from loyaltycore.privacy import Erasure
from loyaltycore.properties import PropertyValue
from loyaltycore.storing.registry import OnMerge
from loyaltycore.work.journal import Alias
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once, join, start
from tests.faults.effort import FACTOR
from tests.house import House, build_house

pytestmark = pytest.mark.every_engine

ROUNDS: Final = 4 * FACTOR


@pytest.fixture
def house(url: str) -> Iterator[House]:
    """A house with cards and a property."""
    storage = SqlStorage(url)
    built = build_house(storage)
    built.set_up_cards()
    built.desk.properties.define("frame", name="Frame", values=[PropertyValue("round")])
    yield built
    storage.close()


def _merge(desk: Desk, survivor: str, loser: str) -> Merge:
    return desk.merging.execute(desk.merging.plan(survivor=survivor, loser=loser))


def _all_at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each came to: a result, or the refusal."""
    outcomes = at_once(len(works), lambda number: works[number]())
    for each in outcomes:
        if isinstance(each, Exception) and not isinstance(each, Refused | EditedMeanwhile | NotFound):
            raise each
    return outcomes


def _require_whole(house: House) -> None:
    """Whatever a merge moves refers to somebody who is there, and every alias leads to one."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        people = {each.id for each in tx.find(Customer, Query())}
        aliases = list(tx.find(Alias, Query()))
        # What stays of somebody who was erased names an id that is nobody's.
        erased = {each.id for each in aliases if each.customer_id is None}
        for record_type in house.loyalty.registry:
            link = record_type.customer
            if link is None or link.merge is not OnMerge.MOVE:
                continue
            for record in tx.find(record_type.cls, Query()):
                assert getattr(record, link.field) in {*people, *erased, None}, record_type.table
        assert people.isdisjoint(each.id for each in aliases)


WRITING: Final[dict[str, Callable[[Desk, str], Any]]] = {
    "card": lambda desk, who: desk.cards.order(who, template="gold"),
    "change": lambda desk, who: desk.customers.change(who, notes="meanwhile"),
    "property": lambda desk, who: desk.properties.assign(who, "frame", "round"),
}


@pytest.mark.parametrize("side", ["survivor", "loser"])
def test_what_is_written_meanwhile_ends_with_the_survivor(house: House, side: str) -> None:
    """Against orders, edits and properties for either customer: nothing is lost, and nothing points to somebody gone."""
    desk = house.desk
    for _ in range(ROUNDS):
        survivor, loser = house.customer(), house.customer(first_name="Erica")
        who = survivor.id if side == "survivor" else loser.id
        works: list[Callable[[], Any]] = [partial(_merge, desk, survivor.id, loser.id)]
        works += [partial(write, desk, who) for write in WRITING.values()]
        merged, order, changed, _property = _all_at_once(*works)
        if isinstance(merged, LoyaltyError):
            assert isinstance(merged, EditedMeanwhile | Refused)
            _merge(desk, survivor.id, loser.id)
        _require_whole(house)
        assert [each.id for each in desk.cards.orders_of(survivor.id)] == [order.id]
        assert not isinstance(changed, LoyaltyError)
        assert len(desk.properties.of_customer(survivor.id)) == 1


def test_what_was_decided_on_somebody_who_is_merged_meanwhile_is_not_kept(house: House, engine: str) -> None:
    """A unit that has read the loser, and writes about it when the merge is over, keeps nothing."""
    if engine == "sqlite":
        pytest.skip("SQLite lets no merge in between")
    survivor, loser = house.customer(), house.customer(first_name="Erica")
    with pytest.raises((StorageBusy, Refused)), house.desk.transaction():
        house.desk.customers.get(loser.id)
        join(start(lambda: _merge(house.desk, survivor.id, loser.id)))
        house.desk.cards.order(loser.id, template="gold")
    assert house.desk.cards.orders_of(survivor.id) == ()
    _require_whole(house)


def test_a_merge_waits_for_what_is_being_written(house: House) -> None:
    """An order that is not committed yet when the merge begins is moved by it, or the merge runs again and moves it."""
    survivor, loser = house.customer(), house.customer(first_name="Erica")
    plan = house.desk.merging.plan(survivor=survivor.id, loser=loser.id)
    with house.desk.transaction():
        order = house.desk.cards.order(loser.id, template="gold")
        merging = start(lambda: house.desk.merging.execute(plan))
        merging.join(0.3)
        assert merging.is_alive()
    join(merging)
    assert [each.id for each in house.desk.cards.orders_of(survivor.id)] == [order.id]
    _require_whole(house)


def test_crosswise_merges_leave_one(house: House) -> None:
    """Each is merged into the other at the same moment: one merge is kept, and one customer is left."""
    for _ in range(ROUNDS):
        one, two = house.customer(), house.customer(first_name="Erica")
        outcomes = _all_at_once(
            partial(_merge, house.desk, one.id, two.id), partial(_merge, house.desk, two.id, one.id)
        )
        assert sum(isinstance(each, Merge) for each in outcomes) == 1
        assert house.desk.customers.get(one.id) == house.desk.customers.get(two.id)
        _require_whole(house)


def test_a_plan_is_carried_out_once_whoever_asks(house: House) -> None:
    """The same plan, executed and undone twice at the same moment: one merge, one undo."""
    for _ in range(ROUNDS):
        one, two = house.customer(), house.customer(first_name="Erica")
        plan = house.desk.merging.plan(survivor=one.id, loser=two.id)
        work = partial(house.desk.merging.execute, plan)
        done = [each for each in _all_at_once(work, work) if isinstance(each, Merge)]
        assert len(done) == 1
        undo = partial(house.desk.merging.undo, done[0].id)
        undone = [each for each in _all_at_once(undo, undo) if isinstance(each, Merge)]
        assert [each.state for each in undone] == [MergeState.UNDONE]
        assert house.desk.customers.get(two.id) == two
        _require_whole(house)


def _erase(desk: Desk, who: str) -> Erasure:
    return desk.privacy.erase(who, confirm=desk.privacy.preview(who).confirmation)


def test_a_merge_and_an_erasure_leave_no_half(house: House) -> None:
    """The loser is erased while it is merged, and the survivor too: whoever is first, nothing points to somebody gone."""
    for number in range(ROUNDS):
        one, two = house.customer(), house.customer(first_name="Erica")
        gone = (one, two)[number % 2]
        outcomes = _all_at_once(
            partial(_merge, house.desk, one.id, two.id), partial(_erase, house.desk, gone.id)
        )
        assert any(isinstance(each, Merge | Erasure) for each in outcomes)
        _require_whole(house)


def test_an_erasure_sees_what_was_being_written(house: House) -> None:
    """An order that is not committed yet when the erasure begins forbids it."""
    person = house.customer()
    confirmation = house.desk.privacy.preview(person.id).confirmation
    refused: list[Refused] = []

    def erase() -> None:
        try:
            house.desk.privacy.erase(person.id, confirm=confirmation)
        except Refused as error:
            refused.append(error)

    with house.desk.transaction():
        house.desk.cards.order(person.id, template="gold")
        erasing = start(erase)
        erasing.join(0.3)
        assert erasing.is_alive()
    join(erasing)
    assert [each.code for each in refused] == ["erase.card_on_order"]
    assert house.desk.customers.get(person.id) == person
