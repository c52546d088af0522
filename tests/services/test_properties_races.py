"""Rivals at one property and at one customer: what must never be both is not, on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from loyaltycore import Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage
from loyaltycore.properties import CustomerProperty, PropertyType, PropertyValue
from loyaltycore.properties.defining import use_property
from tests.bounded import at_once
from tests.faults.meeting import MeetingStorage
from tests.house import House, build_house

pytestmark = pytest.mark.every_engine

VALUES = [PropertyValue(key) for key in "abcd"]
ROUNDS = 3


@pytest.fixture
def meeting(storage: Storage) -> MeetingStorage:
    """A storage on which rivals meet between reading and writing."""
    return MeetingStorage(storage)


@pytest.fixture
def shop(meeting: MeetingStorage) -> House:
    """A house on it."""
    return build_house(meeting)


def rows(house: House, cls: type[Any]) -> list[Any]:
    """All records of a class."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return list(tx.find(cls, Query()))


def race(meeting: MeetingStorage, *works: Callable[[], Any]) -> list[Any]:
    """Let the works read before one of them writes; what each of them came to."""
    meeting.meet(len(works))
    return at_once(len(works), lambda number: works[number]())


def _assigning(house: House, customer_id: str, value: str, key: str = "p") -> Callable[[], Any]:
    return lambda: house.desk.properties.assign(customer_id, key, value)


def _assign(house: House, key: str) -> Callable[[], Any]:
    return _assigning(house, house.customer().id, "a", key)


def _use(house: House, key: str) -> Callable[[], Any]:
    def use() -> None:
        with house.desk.transaction() as unit:
            use_property(unit, key)

    return use


@pytest.mark.parametrize("first_use", [_assign, _use])
def test_a_deletion_and_a_first_use_do_not_both_succeed(
    shop: House, meeting: MeetingStorage, first_use: Callable[[House, str], Callable[[], Any]]
) -> None:
    """Whoever comes first wins: the property is gone and nothing refers to it, or it is there, used, and stays."""
    for number in range(ROUNDS):
        key = f"p{number}"
        shop.desk.properties.define(key, name=key, values=VALUES)
        use = first_use(shop, key)
        deleted, used = race(meeting, lambda key=key: shop.desk.properties.delete(key), use)
        kinds = [kind for kind in rows(shop, PropertyType) if kind.id == key]
        if kinds:
            assert isinstance(deleted, Refused)
            assert [kind.used for kind in kinds] == [True]
        else:
            assert deleted is None
            assert isinstance(used, Exception)
    kept = {kind.id for kind in rows(shop, PropertyType)}
    assert {row.property for row in rows(shop, CustomerProperty)} <= kept


def test_of_several_who_assign_at_once_one_value_is_current(shop: House, meeting: MeetingStorage) -> None:
    """Four tills give four values of a single-valued property: one is current, the others are history."""
    shop.desk.properties.define("p", name="P", values=VALUES)
    for _ in range(ROUNDS):
        erika = shop.customer()
        answers = race(meeting, *(_assigning(shop, erika.id, value.key) for value in VALUES))
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        history = [row for row in rows(shop, CustomerProperty) if row.customer_id == erika.id]
        assert sorted(row.value for row in history) == list("abcd")
        assert [row.slot for row in history if row.ended_at is None] == [""]


def test_the_same_value_from_several_tills_is_assigned_once(shop: House, meeting: MeetingStorage) -> None:
    """Three who say the same, of a property with one value or several, get the same assignment."""
    for key, multi_valued in (("one", False), ("many", True)):
        shop.desk.properties.define(key, name=key, values=VALUES, multi_valued=multi_valued)
        erika = shop.customer()
        answers = race(meeting, *[_assigning(shop, erika.id, "a", key)] * 3)
        assert len({answer.id for answer in answers}) == 1
        assert len(shop.desk.properties.history_of(erika.id).items) == 1


def test_cardinality_does_not_change_under_a_first_assignment(shop: House, meeting: MeetingStorage) -> None:
    """A property that becomes multi-valued while it is first assigned is one of the two, and its slot agrees."""
    for number in range(ROUNDS):
        key = f"p{number}"
        shop.desk.properties.define(key, name=key, values=VALUES)
        erika = shop.customer()
        race(
            meeting,
            lambda key=key: shop.desk.properties.change(key, multi_valued=True),
            _assigning(shop, erika.id, "a", key),
        )
        kind = shop.desk.properties.get(key)
        (row,) = shop.desk.properties.of_customer(erika.id)
        assert row.slot == ("a" if kind.multi_valued else "")


def test_values_that_are_added_at_once_are_all_kept(shop: House, meeting: MeetingStorage) -> None:
    """Three who extend one property lose nothing; two who add the same key are told apart."""
    shop.desk.properties.define("p", name="P")
    add = [lambda key=key: shop.desk.properties.add_value("p", key) for key in ("x", "y", "z", "z")]
    answers = race(meeting, *add)
    refused = Counter(type(answer) for answer in answers if isinstance(answer, Exception))
    assert refused == {Refused: 1}
    assert sorted(value.key for value in shop.desk.properties.get("p").values) == ["x", "y", "z"]


def test_an_end_and_a_new_value_meet(shop: House, meeting: MeetingStorage) -> None:
    """Taking a value away while another one takes its place: both in some order, nothing lost."""
    shop.desk.properties.define("p", name="P", values=VALUES)
    for _ in range(ROUNDS):
        erika = shop.customer()
        shop.desk.properties.assign(erika.id, "p", "a")
        ended, assigned = race(
            meeting,
            lambda customer=erika: shop.desk.properties.unassign(customer.id, "p", "a"),
            _assigning(shop, erika.id, "b"),
        )
        assert [row.value for row in shop.desk.properties.of_customer(erika.id)] == ["b"]
        assert isinstance(assigned, CustomerProperty)
        assert isinstance(ended, CustomerProperty | Refused)
        assert len(shop.desk.properties.history_of(erika.id).items) == 2
